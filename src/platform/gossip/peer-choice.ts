import type { DatagramAddress } from "../ports.ts";
import type { Peer } from "./membership.ts";

/** How many members of a region speak with other regions: those with the lowest ids. */
const DELEGATES = 2;
/** With how many other regions a delegate speaks at once, at most. */
const MAX_REGIONS_AT_ONCE = 4;
/** How often, in ticks, a seed is tried that belongs to no member that is alive. */
const SEED_TICKS = 20;

/** What the choice knows of the whole. */
export interface ChoiceInput {
  readonly self: { readonly id: string; readonly region: string };
  readonly seeds: readonly DatagramAddress[];
  /** With how many of the own region to speak at a tick; and at one with news of one's own. */
  readonly fanOut: number;
  readonly newsFanOut: number;
  /** Gives 0 up to, not including 1. */
  readonly random: () => number;
}

/**
 * With whom to gossip at a tick: in the own region with everybody in turn, in an order
 * that changes each time; as a delegate also with delegates of other regions; now and
 * then with the dead, since they may be alive again, or behind a partition that healed;
 * and with seeds while nobody is known, or nobody of theirs.
 */
export class PeerChoice {
  readonly #input: ChoiceInput;
  #local: Peer[] = [];
  #localDead: Peer[] = [];
  /** By region, without the own one: whom to speak with there. */
  #remote: (readonly Peer[])[] = [];
  #isDelegate = false;
  #isStale = true;
  #turn = 0;
  #tick = 0;

  constructor(input: ChoiceInput) {
    this.#input = input;
  }

  /** Members came or went, or changed their status. */
  changed(): void {
    this.#isStale = true;
  }

  /** Whether this member speaks for its region, at the last tick. */
  get isDelegate(): boolean {
    return this.#isDelegate;
  }

  /** Whom to send to at this tick. */
  choose(peers: Iterable<Peer>, hasNews: boolean): DatagramAddress[] {
    if (this.#isStale) this.#arrange(peers);
    const { fanOut, newsFanOut, random, seeds } = this.#input;
    const chosen: DatagramAddress[] = [];
    for (let left = Math.min(hasNews ? newsFanOut : fanOut, this.#local.length); left > 0; left -= 1) {
      // Where one turn ends and the next begins, the same one may come up again.
      let next = this.#nextLocal();
      while (chosen.includes(next)) next = this.#nextLocal();
      chosen.push(next);
    }
    const deadShare = this.#localDead.length / (this.#local.length + 1);
    if (this.#localDead.length > 0 && random() < deadShare) chosen.push(addressOf(pick(this.#localDead, random)));
    if (this.#isDelegate) this.#chooseRemote(chosen);
    this.#tick += 1;
    if (seeds.length === 0) return chosen;
    if (chosen.length === 0 && this.#tick % SEED_TICKS < 2) return [...seeds];
    if (this.#tick % SEED_TICKS === 0) this.#chooseSeed(peers, chosen);
    return chosen;
  }

  #nextLocal(): DatagramAddress {
    if (this.#turn >= this.#local.length) {
      shuffle(this.#local, this.#input.random);
      this.#turn = 0;
    }
    this.#turn += 1;
    return addressOf(this.#local[this.#turn - 1] as Peer);
  }

  /** Half of the other regions at each tick: the other delegate, and the delegates there, do the rest. */
  #chooseRemote(chosen: DatagramAddress[]): void {
    const { random } = this.#input;
    const count = Math.min(MAX_REGIONS_AT_ONCE, Math.ceil(this.#remote.length / 2));
    shuffle(this.#remote, random);
    for (let at = 0; at < count; at += 1) chosen.push(addressOf(pick(this.#remote[at] as Peer[], random)));
  }

  #chooseSeed(peers: Iterable<Peer>, chosen: DatagramAddress[]): void {
    const { seeds, random } = this.#input;
    const seed = pick(seeds, random);
    for (const { owner, status } of peers) {
      const { host, port } = owner.introduction;
      if (status !== "dead" && host === seed.host && port === seed.port) return;
    }
    chosen.push(seed);
  }

  #arrange(peers: Iterable<Peer>): void {
    const { self, random } = this.#input;
    const regions = new Map<string, Peer[]>();
    for (const peer of peers) {
      if (peer.owner.condition === "left") continue;
      const { region } = peer.owner.introduction;
      const list = regions.get(region);
      if (list === undefined) regions.set(region, [peer]);
      else list.push(peer);
    }
    const here = regions.get(self.region) ?? [];
    regions.delete(self.region);
    this.#local = here.filter(({ status }) => status !== "dead");
    this.#localDead = here.filter(({ status }) => status === "dead");
    const lower = here.filter(({ status, owner }) => status === "alive" && owner.introduction.id < self.id);
    this.#isDelegate = lower.length < DELEGATES;
    this.#remote = Array.from(regions.values(), delegatesOf);
    shuffle(this.#local, random);
    this.#turn = 0;
    this.#isStale = false;
  }
}

/** Whom to speak with in another region: its delegates, or anybody where all seem dead. */
function delegatesOf(peers: readonly Peer[]): readonly Peer[] {
  const alive = peers.filter(({ status }) => status === "alive");
  if (alive.length === 0) return peers;
  return alive.sort((a, b) => (a.owner.introduction.id < b.owner.introduction.id ? -1 : 1)).slice(0, DELEGATES);
}

/** Where a member receives packets. */
export function addressOf({ owner }: Peer): DatagramAddress {
  return owner.introduction;
}

/** One of a list that is not empty. */
export function pick<T>(list: readonly T[], random: () => number): T {
  return list[Math.floor(random() * list.length)] as T;
}

/** Puts a list in a random order (Fisher and Yates). */
export function shuffle<T>(list: T[], random: () => number): void {
  for (let last = list.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    const moved = list[last] as T;
    list[last] = list[other] as T;
    list[other] = moved;
  }
}
