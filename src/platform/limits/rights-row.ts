/**
 * One slot's row of a bounded counter: only its owner writes it, and every number in it only
 * grows, so that two versions of it are merged by taking the larger of each.
 */
export interface RightsRow {
  /** Whose row: a member of the system, and which life of it where it has no disk. */
  readonly slot: string;
  /** Rights that were made here. */
  readonly granted: number;
  /** Rights that were used here, and those of them that came back. */
  readonly used: number;
  readonly returned: number;
  /** Rights that were given to other slots, all that ever were. */
  readonly given: ReadonlyMap<string, number>;
}

/** The most slots of a counter: members, and their former lives where they have no disk. */
export const MAX_SLOTS = 256;
/** What fits the value of a gossip key. */
const MAX_TEXT_OCTETS = 768;
const SLOT = /^[A-Za-z0-9._-]{1,64}~[0-9a-z]{1,12}$/;
const NUMBER = /^[0-9a-z]{1,11}$/;

/** Whether a text can be a slot: a member's name, `~`, and a life. */
export function isSlot(text: string): boolean {
  return SLOT.test(text);
}

/** The member that a slot belongs to. */
export function memberOfSlot(slot: string): string {
  return slot.slice(0, slot.lastIndexOf("~"));
}

/**
 * A row as it is told to others, `first` being a slot that must not be missing. Where not all that was given fits, the largest are told: a row with less
 * in it merges into the same in the end, since who is given rights also hears of it directly.
 */
export function encodeRow(row: RightsRow, first?: string): string {
  const number = (value: number): string => value.toString(36);
  let text = [row.slot, number(row.granted), number(row.used), number(row.returned)].join(",");
  const order = [...row.given].toSorted(
    ([a, one], [b, other]) => Number(b === first) - Number(a === first) || other - one,
  );
  for (const [slot, count] of order) {
    const more = `,${slot}=${number(count)}`;
    if (text.length + more.length > MAX_TEXT_OCTETS) break;
    text += more;
  }
  return text;
}

/** A row out of its text; `undefined` where it is none. */
export function decodeRow(text: string): RightsRow | undefined {
  if (text.length > MAX_TEXT_OCTETS) return undefined;
  const [slot = "", granted = "", used = "", returned = "", ...pairs] = text.split(",");
  if (!isSlot(slot) || ![granted, used, returned].every((field) => NUMBER.test(field))) return undefined;
  const given = new Map<string, number>();
  for (const pair of pairs) {
    const [to = "", count = ""] = pair.split("=");
    if (!isSlot(to) || !NUMBER.test(count)) return undefined;
    given.set(to, count36(count));
  }
  return { slot, granted: count36(granted), used: count36(used), returned: count36(returned), given };
}

/** Both versions of one slot's row together: commutative, associative, and the same when done twice. */
export function mergeRows(one: RightsRow, other: RightsRow): RightsRow {
  const given = new Map(one.given);
  for (const [slot, count] of other.given) given.set(slot, Math.max(count, given.get(slot) ?? 0));
  return {
    slot: one.slot,
    granted: Math.max(one.granted, other.granted),
    used: Math.max(one.used, other.used),
    returned: Math.max(one.returned, other.returned),
    given,
  };
}

function count36(text: string): number {
  return Math.min(Number.MAX_SAFE_INTEGER, Number.parseInt(text, 36));
}
