import type { JsonObject } from "../../../platform/http/index.ts";

/** What a timeline is told in. The order is that of entries of one moment. */
export const ENTRY_KINDS = [
  "part",
  "arrived",
  "accepted",
  "policed",
  "priced",
  "waiting",
  "released",
  "media",
  "replaced",
  "queued",
  "parked",
  "unparked",
  "routed",
  "attempt",
  "retry",
  "resent",
  "pdu",
  "receipt",
  "status",
  "money",
  "webhook",
  "twiml",
  "redacted",
] as const;

export type EntryKind = (typeof ENTRY_KINDS)[number];

/** One thing in the life of a message. */
export interface TimelineEntry {
  /** In epoch milliseconds; `undefined` where it is not known any more. */
  readonly atMs: number | undefined;
  readonly kind: EntryKind;
  /** False where more was known once, and is gone. */
  readonly kept: boolean;
  readonly data: JsonObject;
}

const PLACE = new Map<EntryKind, number>(ENTRY_KINDS.map((kind, place) => [kind, place]));

/** By time, and within a moment as one thing leads to another; what has no time any more stays behind what it followed. */
export function sortEntries(entries: readonly TimelineEntry[]): TimelineEntry[] {
  let last = 0;
  const timed = entries.map((entry, index) => {
    last = entry.atMs ?? last;
    return { entry, index, atMs: last, place: PLACE.get(entry.kind) ?? 0 };
  });
  timed.sort((a, b) => a.atMs - b.atMs || a.place - b.place || a.index - b.index);
  return timed.map(({ entry }) => entry);
}
