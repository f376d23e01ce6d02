import { AppError } from "../../kernel/errors.ts";
import { isSid } from "../../kernel/ids.ts";
import { BAD_PAGE_TOKEN, type Page } from "../../platform/http/index.ts";
import type { Slice } from "./number.store.ts";

/** Reads a page, in the list's order, with one record more than asked for to know whether others follow. */
export async function readPage<R extends { readonly sid: string }>(
  asked: Slice,
  read: (slice: Slice) => Promise<R[]>,
): Promise<Page<R>> {
  const { limit, cursor, direction } = asked;
  // A cursor comes from outside like a parameter.
  if (cursor !== undefined && !isSid(cursor)) throw new AppError(BAD_PAGE_TOKEN);
  const records = await read({ limit: limit + 1, cursor, direction });
  const more = records.length > limit;
  if (direction === "previous") {
    const page = more ? records.slice(1) : records;
    return { records: page, nextCursor: page.at(-1)?.sid, previousCursor: more ? page[0]?.sid : undefined };
  }
  const page = records.slice(0, limit);
  return {
    records: page,
    nextCursor: more ? page.at(-1)?.sid : undefined,
    previousCursor: cursor === undefined ? undefined : page[0]?.sid,
  };
}
