import { assert } from "../../kernel/assert.ts";
import type { Want } from "./compose-deltas.ts";
import { composeDeltas } from "./compose-deltas.ts";
import { DELTA_ROOM_OCTETS, DIGEST_ROOM_OCTETS, digestEntryOctets } from "./encode.ts";
import { MAX_COUNT, MAX_MEMBERS } from "./limits.ts";
import type { KeyChange } from "./owner-state.ts";
import { OwnerState } from "./owner-state.ts";
import type { DigestEntry, Introduction, OwnerDelta, PacketBody } from "./packet.ts";
import { MAX_HASH } from "./packet.ts";

/** The most packets that answer one packet. */
export const MAX_ANSWER_PACKETS = 4;
/** The most forgotten owners whose old news are known as such. */
const MAX_FORGOTTEN = 1_024;

/** Told of what an exchange changes, after it is changed. */
export interface StateEvents {
  /** An owner is new, or began anew with a newer generation. `heartbeat` and `condition` are as the sender holds them. */
  introduced(owner: OwnerState, isNew: boolean): void;
  /** A key of an owner changed. */
  changed(owner: OwnerState, change: KeyChange): void;
  /** Somebody says how far it knows an owner, in the generation in which it is known here. */
  heard(owner: OwnerState, entry: DigestEntry): void;
  /** Others know more of oneself than one has said: an earlier process of this id, or another one, did. */
  outdated(entry: Pick<DigestEntry, "generation">): void;
}

type Syn = Extract<PacketBody, { type: "syn" }>;
type Ack = Extract<PacketBody, { type: "ack" }>;
type Delta = Extract<PacketBody, { type: "delta" }>;

/** What one process knows of all, and how two of them reconcile it. Packets in, packets out: no network, no clock. */
export class GossipState {
  readonly self: OwnerState;
  /** Deltas that could not be taken in because one before them was lost or late. */
  gaps = 0;
  /** Owners that were not taken in because there are too many, or one with the same hash. */
  refused = 0;
  readonly #owners = new Map<number, OwnerState>();
  /** By hash, as digests are. */
  #sorted: OwnerState[] = [];
  /** Forgotten owners: their generation and last heartbeat. */
  readonly #forgotten = new Map<number, { readonly generation: number; readonly heartbeat: number }>();
  readonly #events: StateEvents;
  readonly #random: () => number;

  /** `random` gives 0 up to, not including 1: one that is seeded makes everything repeatable. */
  constructor(self: OwnerState, events: StateEvents, random: () => number) {
    this.self = self;
    this.#events = events;
    this.#random = random;
    this.#add(self);
  }

  /** All owners that are known, by hash. */
  get owners(): readonly OwnerState[] {
    return this.#sorted;
  }

  owner(hash: number): OwnerState | undefined {
    return this.#owners.get(hash);
  }

  /** Forgets an owner, and what others still say of it as it was. */
  forget(owner: OwnerState): void {
    assert(owner !== this.self, "a member forgets itself");
    this.#owners.delete(owner.hash);
    this.#sorted = this.#sorted.filter((one) => one !== owner);
    this.#forgotten.delete(owner.hash);
    this.#forgotten.set(owner.hash, { generation: owner.generation, heartbeat: owner.heartbeat });
    if (this.#forgotten.size <= MAX_FORGOTTEN) return;
    for (const oldest of this.#forgotten.keys()) {
      this.#forgotten.delete(oldest);
      break;
    }
  }

  /** The whole digest, in as many packets as it needs. */
  digest(): Syn[] {
    const parts: Syn[] = [];
    let entries: DigestEntry[] = [];
    let first = 0;
    let leftOctets = DIGEST_ROOM_OCTETS;
    for (const owner of this.#sorted) {
      if (!owner.isAdvertised) continue;
      const entry = owner.digest();
      const octets = digestEntryOctets(entry);
      if (octets > leftOctets) {
        parts.push({ type: "syn", first, last: entry.hash - 1, entries });
        first = entry.hash;
        entries = [];
        leftOctets = DIGEST_ROOM_OCTETS;
      }
      entries.push(entry);
      leftOctets -= octets;
    }
    parts.push({ type: "syn", first, last: MAX_HASH, entries });
    return parts;
  }

  /** Answers a digest: what is lacking here, or known later; and what is lacking there. */
  answerSyn({ first, last, entries }: Syn): PacketBody[] {
    const asked: DigestEntry[] = [];
    const wants: Want[] = [];
    let at = this.#firstFrom(first);
    for (const entry of entries) {
      for (let owner = this.#sorted[at]; owner !== undefined && owner.hash < entry.hash; owner = this.#sorted[at]) {
        offer(owner, wants);
        at += 1;
      }
      const owner = this.#sorted[at];
      if (owner?.hash === entry.hash) {
        at += 1;
        if (this.#compare(owner, entry, wants)) asked.push(owner.digest());
      } else if (!this.#isForgotten(entry) && this.#sorted.length < MAX_MEMBERS) {
        asked.push({ hash: entry.hash, generation: 0, heartbeat: 0, version: 0, gcVersion: 0, condition: "alive" });
      }
    }
    for (let owner = this.#sorted[at]; owner !== undefined && owner.hash <= last; owner = this.#sorted[at]) {
      offer(owner, wants);
      at += 1;
    }
    return this.#answer(asked, wants);
  }

  /** Takes in the answer to a digest, and gives what the other one lacks. */
  answerAck({ entries, deltas }: Ack, nowMs: number): PacketBody[] {
    for (const delta of deltas) this.#apply(delta, nowMs);
    const wants: Want[] = [];
    for (const entry of entries) {
      const owner = this.#owners.get(entry.hash);
      if (owner !== undefined) this.#compare(owner, entry, wants);
    }
    if (wants.length === 0) return [];
    const room = { firstOctets: DELTA_ROOM_OCTETS, maxPackets: MAX_ANSWER_PACKETS, random: this.#random };
    return composeDeltas(wants, room).map((deltas): Delta => ({ type: "delta", deltas }));
  }

  /** Takes in what one lacked. */
  takeDelta({ deltas }: Delta, nowMs: number): void {
    for (const delta of deltas) this.#apply(delta, nowMs);
  }

  /**
   * Looks at what somebody knows of an owner: notes what is lacking there. Gives
   * whether something is lacking there or here that the other one should be told of.
   */
  #compare(owner: OwnerState, entry: DigestEntry, wants: Want[]): boolean {
    if (owner === this.self && isAhead(entry, owner)) this.#events.outdated(entry);
    if (entry.generation > owner.generation) return true;
    const isNew = entry.generation < owner.generation;
    if (!isNew) this.#events.heard(owner, entry);
    const start = owner.isAdvertised || !isNew ? owner.missingFor(entry) : undefined;
    if (start !== undefined) wants.push({ owner, start, isNew });
    if (isNew) return false;
    return owner.heartbeat > entry.heartbeat || owner.version < entry.version || isNewsOfLeaving(owner, entry);
  }

  #answer(asked: readonly DigestEntry[], wants: readonly Want[]): PacketBody[] {
    const entries: DigestEntry[] = [];
    let octets = 0;
    for (const entry of asked) {
      octets += digestEntryOctets(entry);
      // What does not fit comes up again with the next digest.
      if (octets > DELTA_ROOM_OCTETS) break;
      entries.push(entry);
    }
    if (wants.length === 0) return entries.length === 0 ? [] : [{ type: "ack", entries, deltas: [] }];
    const room = {
      firstOctets: DELTA_ROOM_OCTETS - Math.min(octets, DELTA_ROOM_OCTETS),
      maxPackets: MAX_ANSWER_PACKETS,
      random: this.#random,
    };
    return composeDeltas(wants, room).map((deltas, at): PacketBody => {
      return at === 0 ? { type: "ack", entries, deltas } : { type: "delta", deltas };
    });
  }

  #apply(delta: OwnerDelta, nowMs: number): void {
    if (delta.hash === this.self.hash) {
      if (delta.generation > this.self.generation) this.#events.outdated(delta);
      return;
    }
    const known = this.#owners.get(delta.hash) ?? this.#newOwner(delta);
    if (known === undefined) return;
    const isNew = delta.generation > known.generation;
    if (delta.introduction !== undefined && isNew && this.#isTaken(known, delta.introduction)) return;
    const changes: KeyChange[] = [];
    const outcome = known.apply(delta, nowMs, changes);
    if (outcome === "gap") this.gaps += 1;
    if (outcome !== "applied") return;
    if (isNew) {
      const isUnknown = !this.#owners.has(known.hash);
      if (isUnknown) this.#add(known);
      known.heartbeat = delta.introduction?.heartbeat ?? 0;
      known.condition = delta.introduction?.condition ?? "alive";
      known.isAdvertised = true;
      this.#events.introduced(known, isUnknown);
    }
    for (const change of changes) this.#events.changed(known, change);
  }

  /** An owner that is not known yet, where it can be taken in. */
  #newOwner({ hash, generation, introduction }: OwnerDelta): OwnerState | undefined {
    if (introduction === undefined) return undefined;
    if (this.#isForgotten({ hash, generation, heartbeat: introduction.heartbeat })) return undefined;
    if (this.#sorted.length >= MAX_MEMBERS) {
      this.refused += 1;
      return undefined;
    }
    // Older than every generation, so that everything is new.
    return new OwnerState(introduction, 0);
  }

  /** Whether somebody with another id has the same hash. */
  #isTaken(known: OwnerState, { id }: Introduction): boolean {
    if (known.introduction.id === id) return false;
    this.refused += 1;
    return true;
  }

  #isForgotten({ hash, generation, heartbeat }: Pick<DigestEntry, "hash" | "generation" | "heartbeat">): boolean {
    const forgotten = this.#forgotten.get(hash);
    if (forgotten === undefined) return false;
    return (
      generation < forgotten.generation || (generation === forgotten.generation && heartbeat <= forgotten.heartbeat)
    );
  }

  #add(owner: OwnerState): void {
    this.#owners.set(owner.hash, owner);
    this.#forgotten.delete(owner.hash);
    const at = this.#firstFrom(owner.hash);
    this.#sorted = [...this.#sorted.slice(0, at), owner, ...this.#sorted.slice(at)];
  }

  /** Where the first owner stands whose hash is not below one. */
  #firstFrom(hash: number): number {
    let low = 0;
    let high = this.#sorted.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#sorted[middle] as OwnerState).hash < hash) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Somebody knows nothing of an owner: it lacks everything. */
function offer(owner: OwnerState, wants: Want[]): void {
  const start = owner.isAdvertised ? owner.missingFor({ generation: 0, version: 0, gcVersion: 0 }) : undefined;
  if (start !== undefined) wants.push({ owner, start, isNew: true });
}

/** Whether somebody knows more of an owner than the owner itself. */
function isAhead({ generation, heartbeat, version }: DigestEntry, owner: OwnerState): boolean {
  if (generation !== owner.generation) return generation > owner.generation && generation < MAX_COUNT;
  return heartbeat > owner.heartbeat || version > owner.version;
}

function isNewsOfLeaving(owner: OwnerState, entry: DigestEntry): boolean {
  return owner.condition === "left" && entry.condition !== "left";
}
