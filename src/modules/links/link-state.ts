import { StateTable } from "../../platform/cell/index.ts";
import { addressOf, type Link } from "./link.ts";
import type { ClickTally } from "./clicks/index.ts";

/** What the machine has counted up to. */
interface Counted {
  next: number;
}

const SEQUENCE = "sequence";

/** The tables of this module. */
export class LinkState {
  /** By address. Links leave memory when they are in the database and the index. */
  readonly links = new StateTable<Link>("links", { projected: true });
  readonly tallies = new StateTable<ClickTally>("link-clicks", { projected: true });
  readonly counters = new StateTable<Counted>("link-counters", { projected: false });
  /** The address of each link in memory, by its SID. */
  readonly addresses = new Map<string, string>();
  /** The last stretch of the log in which a visit stands. */
  stretch = -1;
  /** Numbers that were given to links whose record may not be durable yet. Not of the log: a crash forgets them with their links. */
  private promised = 0;

  get tables(): readonly StateTable<never>[] {
    return [this.links, this.tallies, this.counters] as readonly unknown[] as readonly StateTable<never>[];
  }

  /** The first number that no durable link has. */
  get nextSequence(): number {
    return this.counters.get(SEQUENCE)?.next ?? 0;
  }

  /** A number for a new link, which nobody else gets while this process runs. */
  takeSequence(): number {
    const sequence = Math.max(this.promised, this.nextSequence);
    this.promised = sequence + 1;
    return sequence;
  }

  /** Notes that a link with this number is durable. For reducers only. */
  noteSequence(sequence: number): void {
    const counted = this.counters.edit(SEQUENCE);
    if (counted === undefined) this.counters.put(SEQUENCE, { next: sequence + 1 });
    else if (counted.next <= sequence) counted.next = sequence + 1;
  }

  /** Sets a link. For reducers only. */
  put(link: Link): void {
    const address = addressOf(link);
    this.links.put(address, link);
    this.addresses.set(link.sid, address);
  }

  /** Removes a link, wherever it is: what has left memory is taken back for it. For reducers only. */
  remove(link: Link): void {
    const address = addressOf(link);
    this.links.put(address, link);
    this.links.delete(address);
    this.addresses.delete(link.sid);
  }

  /** A link left memory. */
  evicted({ sid }: Readonly<Link>): void {
    this.addresses.delete(sid);
  }

  /** Lets go of what no record can change any more and the database has. */
  evictOldTallies(): void {
    for (const key of this.tallies.keys()) {
      const tally = this.tallies.get(key);
      if (tally !== undefined && tally.stretch < this.stretch) this.tallies.evict(key);
    }
  }

  /** After a checkpoint was read. */
  restored(): void {
    this.addresses.clear();
    for (const [address, link] of this.entries()) this.addresses.set(link.sid, address);
  }

  private *entries(): IterableIterator<[string, Readonly<Link>]> {
    for (const address of this.links.keys()) {
      const link = this.links.get(address);
      if (link !== undefined) yield [address, link];
    }
  }
}
