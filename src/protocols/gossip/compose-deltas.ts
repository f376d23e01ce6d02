import { DELTA_ROOM_OCTETS, deltaEntryOctets, deltaHeadOctets } from "./encode.ts";
import type { DeltaStart, KeyState, OwnerState } from "./owner-state.ts";
import type { DeltaEntry, OwnerDelta } from "./packet.ts";

/** More writes than this never fit one answer, so that owners that have more count as equally far behind. */
const MAX_COUNTED = 1_024;

/** An owner of which somebody lacks something. */
export interface Want {
  readonly owner: OwnerState;
  readonly start: DeltaStart;
  /** Whether that one does not know the owner in this generation at all. */
  readonly isNew: boolean;
}

/** How much may be sent in one answer. */
export interface AnswerRoom {
  /** What the first packet has left for deltas. */
  readonly firstOctets: number;
  readonly maxPackets: number;
  /** Gives 0 up to, not including 1; decides between owners of which equally much is lacking. */
  readonly random: () => number;
}

/**
 * What to send to somebody who lacks something, in packets: the owner of which most is
 * lacking first, of each owner the oldest write first, and after a write that did not
 * fit nothing newer of that owner. The list has as many packets as are needed, at most
 * `maxPackets`; the first may be empty where its room is too small.
 */
export function composeDeltas(wants: readonly Want[], room: AnswerRoom): OwnerDelta[][] {
  const packets = new Packets(room);
  for (const want of wants.length > 1 ? byDepth(wants, room.random) : wants) {
    if (!compose(want, packets)) break;
  }
  return packets.list;
}

/** Scuttle-depth: most stale first. */
function byDepth(wants: readonly Want[], random: () => number): Want[] {
  return wants
    .map((want) => ({ want, depth: want.owner.countSince(want.start.from, MAX_COUNTED), tie: random() }))
    .sort((a, b) => b.depth - a.depth || a.tie - b.tie)
    .map(({ want }) => want);
}

class Packets {
  readonly list: OwnerDelta[][] = [[]];
  leftOctets: number;
  readonly #maxPackets: number;

  constructor({ firstOctets, maxPackets }: AnswerRoom) {
    this.leftOctets = firstOctets;
    this.#maxPackets = maxPackets;
  }

  /** Begins another packet. Gives false where there may be no more. */
  next(): boolean {
    if (this.list.length >= this.#maxPackets) return false;
    this.list.push([]);
    this.leftOctets = DELTA_ROOM_OCTETS;
    return true;
  }

  add(delta: OwnerDelta, octets: number): void {
    this.list.at(-1)?.push(delta);
    this.leftOctets -= octets;
  }
}

/** Adds what is lacking of one owner. Gives false once nothing more fits. */
function compose({ owner, start, isNew }: Want, packets: Packets): boolean {
  let next = owner.firstAfter(start.from);
  let head: OwnerDelta = {
    hash: owner.hash,
    generation: owner.generation,
    from: start.from,
    to: owner.version,
    gcVersion: owner.gcVersion,
    reset: start.reset,
    introduction: isNew ? introduce(owner) : undefined,
    entries: [],
  };
  for (;;) {
    const headOctets = deltaHeadOctets(head);
    const first = next === undefined ? 0 : entryOctets(next, head.from);
    if (headOctets + first > packets.leftOctets) {
      if (!packets.next()) return false;
      continue;
    }
    const taken = take(next, head.from, packets.leftOctets - headOctets);
    const to = taken.rest === undefined ? owner.version : taken.to;
    packets.add({ ...head, to, entries: taken.entries }, headOctets + taken.octets);
    if (taken.rest === undefined) return true;
    next = taken.rest;
    head = { ...head, from: to, reset: false, introduction: undefined };
  }
}

interface Taken {
  readonly entries: DeltaEntry[];
  readonly octets: number;
  /** The version of the last one that fits. */
  readonly to: number;
  /** The first one that does not. */
  readonly rest: KeyState | undefined;
}

function take(first: KeyState | undefined, from: number, roomOctets: number): Taken {
  const entries: DeltaEntry[] = [];
  let octets = 0;
  let to = from;
  let state = first;
  for (; state !== undefined; state = state.newer) {
    const more = entryOctets(state, to);
    if (octets + more > roomOctets) break;
    octets += more;
    to = state.version;
    entries.push({ key: state.key, value: state.value, version: to });
  }
  return { entries, octets, to, rest: state };
}

function entryOctets({ key, octets, version }: KeyState, previous: number): number {
  return deltaEntryOctets(key, octets, version - previous);
}

function introduce({ introduction, heartbeat, condition }: OwnerState): OwnerDelta["introduction"] {
  const { id, role, region, host, port } = introduction;
  return { id, role, region, host, port, heartbeat, condition };
}
