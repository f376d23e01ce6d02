import type { GossipListener, GossipView, Member } from "../../src/platform/gossip/index.ts";

/** How the simulated network treats what is sent. */
export interface LossyNetwork {
  /** How long from one member to another one, on the way there. */
  readonly delayMs: number;
  /** Added to it, at most. Whatever is late may overtake, or be overtaken. */
  readonly jitterMs: number;
  /** Of 1. */
  readonly loss: number;
  /** Of 1: comes a second time, later. */
  readonly duplication: number;
  readonly random: () => number;
}

interface Said {
  readonly value: string | undefined;
  readonly version: number;
}

interface Letter {
  readonly dueMs: number;
  readonly from: LossyView;
  readonly to: string;
  readonly version: number;
  readonly said: readonly (readonly [string, Said])[];
}

/**
 * Gossip over a network that loses, doubles, delays and reorders, in virtual time: at every
 * `tell`, everybody sends what the other is not known to have, and hears again only of what
 * is newer than what they know.
 */
export class LossyGossip {
  readonly #views = new Map<string, LossyView>();
  readonly #network: LossyNetwork;
  readonly #cut = new Set<string>();
  #letters: Letter[] = [];

  constructor(network: LossyNetwork) {
    this.#network = network;
  }

  /** A member, in place of an earlier one of its id. */
  join(id: string): GossipView {
    const generation = (this.#views.get(id)?.self.generation ?? 0) + 1;
    const view = new LossyView(id, generation);
    this.#views.set(id, view);
    return view;
  }

  /** Whether a member hears nobody, and nobody hears it. */
  cut(id: string, isCut: boolean): void {
    if (isCut) this.#cut.add(id);
    else this.#cut.delete(id);
  }

  /** One member's round: it sends to each other one. */
  tell(id: string, nowMs: number): void {
    const from = this.#views.get(id);
    if (from === undefined) return;
    const { random, loss, duplication } = this.#network;
    for (const to of this.#views.values()) {
      if (to === from) continue;
      const said = from.since(to.knows(from.self));
      if (random() >= loss) this.#post(from, to, { nowMs, said });
      if (random() < duplication) this.#post(from, to, { nowMs: nowMs + 3 * this.#network.delayMs, said });
    }
  }

  /** Delivers what is due. */
  deliver(nowMs: number): void {
    const due = this.#letters.filter(({ dueMs }) => dueMs <= nowMs);
    if (due.length === 0) return;
    this.#letters = this.#letters.filter(({ dueMs }) => dueMs > nowMs);
    for (const { from, to, version, said } of due.toSorted((one, other) => one.dueMs - other.dueMs)) {
      if (this.#cut.has(from.self.id) || this.#cut.has(to)) continue;
      this.#views.get(to)?.hear(from, version, said);
    }
  }

  #post(from: LossyView, to: LossyView, sent: { nowMs: number; said: readonly (readonly [string, Said])[] }): void {
    const { delayMs, jitterMs, random } = this.#network;
    const dueMs = sent.nowMs + delayMs + random() * jitterMs;
    this.#letters.push({ dueMs, from, to: to.self.id, version: from.version, said: sent.said });
  }
}

interface Known {
  readonly member: Member;
  readonly said: Map<string, Said>;
  version: number;
}

class LossyView implements GossipView {
  readonly self: Member;
  version = 0;
  readonly #said = new Map<string, Said>();
  readonly #known = new Map<string, Known>();
  readonly #changes: { readonly prefix: string; readonly listener: GossipListener }[] = [];
  readonly #members: ((member: Member) => void)[] = [];

  constructor(id: string, generation: number) {
    this.self = { id, role: "edge", region: id, generation, status: "alive", ageMs: 0 };
  }

  set(key: string, value: string): void {
    this.version += 1;
    this.#said.set(key, { value, version: this.version });
  }

  delete(key: string): void {
    this.version += 1;
    this.#said.set(key, { value: undefined, version: this.version });
  }

  get(memberId: string, key: string): string | undefined {
    return this.#known.get(memberId)?.said.get(key)?.value;
  }

  members(): readonly Member[] {
    return [this.self, ...Array.from(this.#known.values(), ({ member }) => member)];
  }

  entries(prefix: string): { member: Member; key: string; value: string }[] {
    return [...this.#known.values()].flatMap(({ member, said }) =>
      [...said].flatMap(([key, { value }]) =>
        key.startsWith(prefix) && value !== undefined ? [{ member, key, value }] : [],
      ),
    );
  }

  onChange(prefix: string, listener: GossipListener): () => void {
    const entry = { prefix, listener };
    this.#changes.push(entry);
    return () => void this.#changes.splice(this.#changes.indexOf(entry), 1);
  }

  onMember(listener: (member: Member) => void): () => void {
    this.#members.push(listener);
    return () => void this.#members.splice(this.#members.indexOf(listener), 1);
  }

  since(version: number): (readonly [string, Said])[] {
    return [...this.#said]
      .filter(([, said]) => said.version > version)
      .toSorted(([, one], [, other]) => one.version - other.version);
  }

  knows({ id, generation }: Member): number {
    const known = this.#known.get(id);
    return known?.member.generation === generation ? known.version : 0;
  }

  hear(from: LossyView, version: number, said: readonly (readonly [string, Said])[]): void {
    const { self: member } = from;
    let known = this.#known.get(member.id);
    if (known !== undefined && known.member.generation > member.generation) return;
    if (known?.member.generation !== member.generation) {
      known = { member, said: new Map(), version: 0 };
      this.#known.set(member.id, known);
      for (const listener of this.#members) listener(member);
    }
    for (const [key, entry] of said) {
      if (entry.version <= known.version) continue;
      known.said.set(key, entry);
      for (const { prefix, listener } of this.#changes) {
        if (key.startsWith(prefix)) listener(member, key, entry.value);
      }
    }
    known.version = Math.max(known.version, version);
  }
}
