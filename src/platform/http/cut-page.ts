import { AppError } from "../../kernel/errors.ts";
import { isSid } from "../../kernel/ids.ts";
import { BAD_PAGE_TOKEN } from "./errors.ts";
import type { Page } from "./route.ts";

/** A stretch of a list. */
export interface Slice {
  readonly limit: number;
  /** The slice lies beyond it in the direction asked for; `undefined` for the beginning. */
  readonly cursor: string | undefined;
  /** `next`: after the cursor. `previous`: the `limit` records before it, in the list's usual order. */
  readonly direction: "next" | "previous";
}

/** Of one record more than `limit`, in the list's order: the page, and the cursors to both sides of it. */
export function cutPage<R>(records: readonly R[], asked: Slice, cursorOf: (record: R) => string): Page<R> {
  const { limit, cursor, direction } = asked;
  const isMore = records.length > limit;
  const forward = direction === "next";
  const page = !isMore ? records : forward ? records.slice(0, limit) : records.slice(1);
  const first = page[0];
  const last = page.at(-1);
  const follows = forward ? isMore : true;
  const precedes = forward ? cursor !== undefined : isMore;
  return {
    records: page,
    nextCursor: follows && last !== undefined ? cursorOf(last) : undefined,
    previousCursor: precedes && first !== undefined ? cursorOf(first) : undefined,
  };
}

/**
 * Reads a page of records whose cursors are their SIDs, asking `read` for one more to know
 * whether others follow. Throws `BAD_PAGE_TOKEN` for a cursor that is no SID, because it
 * comes from outside like a parameter.
 */
export async function pageBySid<R extends { readonly sid: string }>(
  asked: Slice,
  read: (slice: Slice) => Promise<R[]>,
): Promise<Page<R>> {
  const { limit, cursor, direction } = asked;
  if (cursor !== undefined && !isSid(cursor)) throw new AppError(BAD_PAGE_TOKEN);
  return cutPage(await read({ limit: limit + 1, cursor, direction }), asked, (record) => record.sid);
}

const PLACE = /^\d{1,9}$/;

/**
 * A page of a list that is there whole and in order. Cursors are places in it, so a list that changes meanwhile
 * may show a record twice, or miss one. Throws `BAD_PAGE_TOKEN` for a cursor that is no place.
 */
export function pageOfAll<R>(all: readonly R[], { limit, cursor, direction }: Slice): Page<R> {
  if (cursor !== undefined && !PLACE.test(cursor)) throw new AppError(BAD_PAGE_TOKEN);
  const place = cursor === undefined ? undefined : Number(cursor);
  const from =
    direction === "next" ? (place === undefined ? 0 : place + 1) : Math.max(0, (place ?? all.length) - limit);
  const until = direction === "next" ? from + limit : (place ?? all.length);
  const records = all.slice(from, until);
  return {
    records,
    nextCursor:
      records.length > 0 && from + records.length < all.length ? String(from + records.length - 1) : undefined,
    previousCursor: records.length > 0 && from > 0 ? String(from) : undefined,
  };
}
