/**
 * SIDs of alerts. They are made while a record is applied, and again whenever the log is
 * replayed, so they may depend on the record alone: no random numbers, no clock.
 *
 * A UUIDv7 (RFC 9562 §5.7) with the record's time; its 74 free bits hold, from the top,
 * 32 bits of the offset, 12 of the count within the record, and 30 of the cell's name.
 * Within one cell no two are the same: one millisecond holds less than 2^32 octets of log.
 */

/** Alerts that one record of the log can be given SIDs for. */
export const MAX_ALERTS_PER_RECORD = 4_096;

/** Where an alert comes from. */
export interface AlertOrigin {
  readonly cell: string;
  readonly atMs: number;
  readonly offset: number;
  /** The how-manieth alert of its record, below {@link MAX_ALERTS_PER_RECORD}. */
  readonly index: number;
}

/** The SID of an alert. Later records give greater ones. */
export function alertSid({ cell, atMs, offset, index }: AlertOrigin): string {
  const low = offset % 2 ** 32;
  const time = hex(atMs, 12);
  const a = hex(Math.floor(low / 2 ** 20), 3);
  // The lower 20 bits of the offset, 12 of the index and 30 of the name, after the variant bits 10.
  const b = (2n << 62n) | (BigInt(low % 2 ** 20) << 42n) | (BigInt(index) << 30n) | BigInt(nameHash(cell) % 2 ** 30);
  return `NO${time}7${a}${b.toString(16)}`;
}

/** The least SID of a moment: what is older has a smaller one. Moments that no SID can hold become the nearest that it can. */
export function firstSidAt(ms: number): string {
  const held = Math.min(Math.max(0, Math.floor(ms)), 2 ** 48 - 1);
  return `NO${hex(held, 12)}${"0".repeat(20)}`;
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, "0");
}

/** FNV-1a over UTF-16 units, 32 bits. */
function nameHash(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
