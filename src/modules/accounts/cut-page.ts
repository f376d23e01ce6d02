import type { Page } from "../../platform/http/index.ts";

/** What a list was asked for, as far as cutting it needs to know. */
interface Asked<R> {
  readonly limit: number;
  readonly cursor: string | undefined;
  readonly direction: "next" | "previous";
  readonly cursorOf: (record: R) => string;
}

/** Of one record more than the limit, in the list's order: the page, and the cursors to both sides of it. */
export function cutPage<R>(records: readonly R[], asked: Asked<R>): Page<R> {
  const { limit, cursor, direction, cursorOf } = asked;
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
