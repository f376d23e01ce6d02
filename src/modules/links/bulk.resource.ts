import { AppError } from "../../kernel/errors.ts";
import { defineRoute, type JsonObject, type JsonValue, type Route } from "../../platform/http/index.ts";
import {
  createLinks,
  MAX_PASSWORD_CHARACTERS,
  MAX_TAG_CHARACTERS,
  MAX_TAGS,
  MAX_TITLE_CHARACTERS,
  type LinkOutcome,
  type LinkRequest,
} from "./create-links.ts";
import type { LinkDeps } from "./deps.ts";
import { linkErrors } from "./errors.ts";
import { fullUrl, LINKS_PATH } from "./link.view.ts";

/** Links of one request. */
export const MAX_BULK_LINKS = 10_000;
/** With what a link adds to its URL, all of a request fits into one piece of the log. */
const MAX_BODY_OCTETS = 4 * 1024 * 1024;

/** `Links/Bulk`: many links at once, each made or refused for itself. */
export function bulkLinkRoutes(deps: LinkDeps): Route[] {
  return [
    defineRoute({
      product: "api",
      tag: "Links",
      access: "account",
      method: "POST",
      path: `${LINKS_PATH}/Bulk`,
      operationId: "CreateLinksInBulk",
      summary: "Make up to 10,000 short links at once",
      body: "json",
      maxBodyOctets: MAX_BODY_OCTETS,
      success: 201,
      errors: [linkErrors.bulkInvalid],
      run: (call) => createAll(deps, call.accountSid, call.json),
      view: viewOutcomes,
    }),
  ];
}

/** Requests that are links, and in their places those that are none. */
async function createAll(deps: LinkDeps, accountSid: string, json: JsonValue): Promise<readonly LinkOutcome[]> {
  const read = itemsOf(json).map((item) => readItem(item));
  const requests = read.filter((item): item is LinkRequest => !(item instanceof AppError));
  const made = await createLinks(deps, accountSid, requests);
  let next = 0;
  return read.map((item) => (item instanceof AppError ? item : (made[next++] ?? new AppError(linkErrors.linkInvalid))));
}

function itemsOf(json: JsonValue): readonly JsonValue[] {
  const links = typeof json === "object" && json !== null && "links" in json ? json["links"] : undefined;
  if (!Array.isArray(links) || links.length === 0 || links.length > MAX_BULK_LINKS) {
    throw new AppError(linkErrors.bulkInvalid, { max: MAX_BULK_LINKS });
  }
  return links as readonly JsonValue[];
}

/** One item with its types checked, or what is wrong with it. */
function readItem(item: JsonValue): LinkRequest | AppError {
  if (typeof item !== "object" || item === null || Array.isArray(item)) return invalid("it is no object");
  const fields = item as Readonly<Record<string, unknown>>;
  const targetUrl = fields["target_url"];
  if (typeof targetUrl !== "string") return invalid("target_url is no text");
  const texts: Record<string, string | undefined> = {};
  for (const [name, most] of TEXTS) {
    const value = fields[name];
    if (value === undefined || value === null || value === "") continue;
    if (typeof value !== "string" || value.length > most || value.includes("\0"))
      return invalid(`${name} is no text of at most ${most} characters`);
    texts[name] = value;
  }
  const expires = texts["date_expires"];
  const expiresAtMs = expires === undefined ? 0 : Date.parse(expires);
  // Farther dates are none to a database.
  if (!(expiresAtMs >= 0 && expiresAtMs <= LATEST_MS)) return invalid("date_expires is no date from 1970 to 9999");
  const tags = fields["tags"] ?? [];
  if (!isTags(tags)) return invalid(`tags is no list of at most ${MAX_TAGS} short texts`);
  return {
    url: targetUrl,
    domain: texts["domain_name"],
    slug: texts["slug"],
    expiresAtMs,
    password: texts["password"],
    title: texts["title"],
    tags,
    isPermanent: fields["permanent"] === true,
  };
}

const LATEST_MS = Date.UTC(9999, 11, 31);

const TEXTS: readonly (readonly [name: string, maxCharacters: number])[] = [
  ["domain_name", 253],
  ["slug", 64],
  ["date_expires", 40],
  ["password", MAX_PASSWORD_CHARACTERS],
  ["title", MAX_TITLE_CHARACTERS],
];

function isTags(value: unknown): value is string[] {
  if (!Array.isArray(value) || value.length > MAX_TAGS) return false;
  return value.every(
    (tag) => typeof tag === "string" && tag !== "" && tag.length <= MAX_TAG_CHARACTERS && !tag.includes("\0"),
  );
}

const invalid = (reason: string): AppError => new AppError(linkErrors.linkInvalid, { reason });

function viewOutcomes(outcomes: readonly LinkOutcome[]): JsonObject {
  const failed = outcomes.filter((outcome) => outcome instanceof AppError).length;
  return {
    created: outcomes.length - failed,
    failed,
    links: outcomes.map((outcome): JsonObject => {
      if (outcome instanceof AppError) return { sid: null, error_code: outcome.code, error_message: outcome.message };
      return { sid: outcome.sid, code: outcome.code, short_url: fullUrl(outcome), target_url: outcome.url };
    }),
  };
}
