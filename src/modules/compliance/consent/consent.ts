import type { ConsentChanged } from "../compliance.ts";

/** What stands of a pair of a scope and a recipient, as it was changed last. */
export interface Consent {
  /** `OP…`, the same for a pair for ever. */
  readonly sid: string;
  readonly accountSid: string;
  /** A Messaging Service, a number or short code, or the account itself for all of its senders. */
  readonly scope: string;
  readonly recipient: string;
  readonly state: "opted-out" | "opted-in";
  readonly source: ConsentChanged["source"];
  readonly changedMs: number;
  readonly number?: string;
  readonly keyword?: string;
  readonly messageSid?: string;
  readonly actor?: string;
}

/** One change of a consent, kept for ever. */
export interface ConsentChange extends Consent {
  /** `OH…` and a UUIDv7 of the record that changed it. */
  readonly changeSid: string;
}

/** Changes that one record of the log can be given SIDs for. */
export const MAX_CHANGES_PER_RECORD = 2 ** 15;
/** The most recipients of one import. */
export const MAX_IMPORTED = 10_000;

/**
 * The SID of a change. Made while a record is applied and again in every replay, so it depends
 * on the record alone: a UUIDv7 (RFC 9562 §5.7) of its time, with 32 bits of its offset, 15 of
 * the change within it and 27 of the cell's name.
 */
export function changeSid(origin: { cell: string; atMs: number; offset: number; index: number }): string {
  const low = origin.offset % 2 ** 32;
  const time = origin.atMs.toString(16).padStart(12, "0");
  const a = Math.floor(low / 2 ** 20)
    .toString(16)
    .padStart(3, "0");
  const rest = (BigInt(low % 2 ** 20) << 42n) | (BigInt(origin.index) << 27n) | BigInt(nameHash(origin.cell) % 2 ** 27);
  return `OH${time}7${a}${((2n << 62n) | rest).toString(16)}`;
}

/** FNV-1a over UTF-16 units, 32 bits. */
function nameHash(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash >>> 0;
}
