import { assert } from "../../kernel/assert.ts";
import { AppError } from "../../kernel/errors.ts";
import { BAD_PAGE_TOKEN, INVALID_PARAMETER, PAGE_SIZE_TOO_LARGE } from "./errors.ts";
import type { Fields } from "./fields.ts";
import type { JsonObject } from "./json.ts";
import { refuse } from "./parameter.ts";
import type { PagePlace, Paging, ViewedPage } from "./route.ts";

/** The longest cursor that a module may use. */
export const MAX_CURSOR_CHARACTERS = 512;
const MAX_TOKEN_CHARACTERS = 2_100;
const MAX_PAGE_NUMBER = 1_000_000_000;
const WHOLE_NUMBER = /^\d{1,10}$/;

/** What the query of a list asks for: the module's part, and the page number for show. */
export interface RequestedPage extends PagePlace {
  /** Counted from 0. Only the token moves the list; the number goes along so that `start` and `end` can be told. */
  readonly page: number;
}

/**
 * Reads `PageSize`, `Page` and `PageToken`. Throws `PAGE_SIZE_TOO_LARGE` (20007)
 * above the maximum, `INVALID_PARAMETER` for what is no size or number, and
 * `BAD_PAGE_TOKEN` for a token that this list did not make.
 */
export function readPage(paging: Paging, operationId: string, fields: Fields): RequestedPage {
  const limit = readPageSize(paging, fields.first("PageSize"));
  const token = fields.first("PageToken") ?? "";
  const page = readPageNumber(fields.first("Page"), token);
  if (token === "") return { limit, page, cursor: undefined, direction: "next" };
  return { limit, page, ...decodeToken(operationId, token) };
}

function readPageSize(paging: Paging, text: string | undefined): number {
  if (text === undefined || text === "") return paging.defaultPageSize;
  const size = WHOLE_NUMBER.test(text) ? Number(text) : 0;
  if (size < 1) refuse(INVALID_PARAMETER, "PageSize", text, "it is no whole number above 0");
  if (size > paging.maxPageSize) throw new AppError(PAGE_SIZE_TOO_LARGE, { max: paging.maxPageSize });
  return size;
}

function readPageNumber(text: string | undefined, token: string): number {
  if (text === undefined || text === "") return 0;
  const page = WHOLE_NUMBER.test(text) ? Number(text) : -1;
  if (page < 0 || page > MAX_PAGE_NUMBER) refuse(INVALID_PARAMETER, "Page", text, "it is no whole number from 0");
  // Counting rows that move while they are counted would skip and repeat some.
  if (page > 0 && token === "")
    refuse(INVALID_PARAMETER, "Page", text, "a later page is reached by its PageToken only");
  return page;
}

/** `PA` (onwards) or `PB` (back), then a checksum and the cursor in base64url. */
function encodeToken(operationId: string, direction: "next" | "previous", cursor: string): string {
  assert(cursor.length <= MAX_CURSOR_CHARACTERS, `${operationId}: a cursor of ${cursor.length} characters`);
  const prefix = direction === "next" ? "PA" : "PB";
  return prefix + Buffer.from(checksum(`${prefix} ${operationId} ${cursor}`) + cursor, "utf8").toString("base64url");
}

function decodeToken(operationId: string, token: string): { cursor: string; direction: "next" | "previous" } {
  const prefix = token.slice(0, 2);
  if ((prefix === "PA" || prefix === "PB") && token.length <= MAX_TOKEN_CHARACTERS) {
    const text = Buffer.from(token.slice(2), "base64url").toString("utf8");
    const cursor = text.slice(CHECKSUM_DIGITS);
    const direction = prefix === "PA" ? "next" : "previous";
    const genuine = cursor.length <= MAX_CURSOR_CHARACTERS && encodeToken(operationId, direction, cursor) === token;
    if (genuine) return { cursor, direction };
  }
  throw new AppError(BAD_PAGE_TOKEN);
}

const CHECKSUM_DIGITS = 8;

/** FNV-1a over UTF-16 units. It finds slips and tokens of other lists; it is no signature, and none is needed: a cursor opens nothing. */
function checksum(text: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash >>> 0).toString(16).padStart(CHECKSUM_DIGITS, "0");
}

/** Where a list was asked for, to make the addresses of its neighbours. */
export interface PageAddress {
  readonly baseUrl: string;
  readonly pathname: string;
  readonly fields: Fields;
  readonly operationId: string;
  readonly requested: RequestedPage;
}

interface PageLinks {
  readonly self: string;
  readonly first: string;
  readonly next: string | null;
  readonly previous: string | null;
}

/** Addresses relative to the host. Filters are carried along; they are re-encoded, never echoed raw. */
function linksOf(address: PageAddress, page: ViewedPage): PageLinks {
  const { requested, operationId, fields } = address;
  let filters = "";
  for (let i = 0; i < fields.pairs.length; i += 2) {
    const name = fields.pairs[i] ?? "";
    if (name === "Page" || name === "PageSize" || name === "PageToken") continue;
    filters += `${encodeURIComponent(name)}=${encodeURIComponent(fields.pairs[i + 1] ?? "")}&`;
  }
  const link = (number: number, direction: "next" | "previous", cursor: string | undefined): string => {
    const token = cursor === undefined ? "" : `&PageToken=${encodeToken(operationId, direction, cursor)}`;
    return `${address.pathname}?${filters}PageSize=${requested.limit}&Page=${number}${token}`;
  };
  const { nextCursor, previousCursor } = page;
  return {
    self: link(requested.page, requested.direction, requested.cursor),
    first: link(0, "next", undefined),
    next: nextCursor === undefined ? null : link(requested.page + 1, "next", nextCursor),
    previous: previousCursor === undefined ? null : link(Math.max(0, requested.page - 1), "previous", previousCursor),
  };
}

/** What a 2010-04-01 list says beside its records; addresses are relative. */
export function legacyPageFields(address: PageAddress, page: ViewedPage): JsonObject {
  const { limit, page: number } = address.requested;
  const links = linksOf(address, page);
  const start = number * limit;
  return {
    page: number,
    page_size: limit,
    start,
    end: start + Math.max(0, page.records.length - 1),
    uri: links.self,
    first_page_uri: links.first,
    next_page_uri: links.next,
    previous_page_uri: links.previous,
  };
}

/** The `meta` of every other product's list; addresses are absolute. */
export function pageMeta(address: PageAddress, page: ViewedPage, collection: string): JsonObject {
  const { limit, page: number } = address.requested;
  const links = linksOf(address, page);
  const absolute = (link: string | null): string | null => (link === null ? null : address.baseUrl + link);
  return {
    key: collection,
    page: number,
    page_size: limit,
    url: absolute(links.self),
    first_page_url: absolute(links.first),
    next_page_url: absolute(links.next),
    previous_page_url: absolute(links.previous),
  };
}
