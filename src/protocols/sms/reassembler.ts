import { assert } from "../../kernel/assert.ts";
import { MAX_PARTS } from "./segment-text.ts";

/** Limits of a {@link Reassembler}. */
export interface ReassemblerOptions {
  /** How long after its first part a set is given up. */
  readonly limitMs: number;
  /** The most sets open at once; the oldest is given up for a new one. */
  readonly maxSets: number;
}

/** What makes parts belong together. */
export interface PartKey {
  readonly from: string;
  readonly to: string;
  readonly reference: number;
}

/** One part as it arrives. `value` is plain data: it is copied by reference and exported as it is. */
export interface ArrivedPart<T> extends PartKey {
  readonly total: number;
  /** 1 to `total`. */
  readonly sequence: number;
  readonly value: T;
  readonly nowMs: number;
}

/** A set that was given up, with what had arrived, in the order of its sequence numbers. */
export interface IncompleteSet<T> extends PartKey {
  readonly total: number;
  readonly firstArrivalMs: number;
  readonly parts: ReadonlyArray<{ readonly sequence: number; readonly value: T }>;
  readonly reason: "expired" | "restarted" | "crowded-out";
}

/** The outcome of one arrival. */
export interface Arrival<T> {
  readonly outcome: "complete" | "waiting" | "duplicate";
  /** All values in order, when the outcome is `complete`. */
  readonly parts?: readonly T[];
  /** Sets that this arrival made the reassembler give up. */
  readonly abandoned: ReadonlyArray<IncompleteSet<T>>;
}

/** An open set as plain data, for a checkpoint. */
export interface OpenSet<T> extends PartKey {
  readonly total: number;
  readonly firstArrivalMs: number;
  readonly parts: ReadonlyArray<readonly [sequence: number, value: T]>;
}

interface MutableSet<T> extends PartKey {
  readonly total: number;
  readonly firstArrivalMs: number;
  readonly parts: Map<number, T>;
}

/**
 * Joins the parts of concatenated messages in whatever order they arrive (3GPP
 * TS 23.040 §9.2.3.24.1). Pure: time comes with each call, and the whole state
 * can be exported and restored. The same arrivals give the same result.
 *
 * A part that is already there with the same value is a duplicate. One with
 * another value, or another total, means that the sender uses the reference
 * anew: the old set is given up and a new one begins. A finished set is
 * forgotten, so that a part repeated after that opens a set that will expire.
 */
export class Reassembler<T> {
  readonly #options: ReassemblerOptions;
  /** In order of first arrival, so that the oldest is always the first. */
  readonly #sets = new Map<string, MutableSet<T>>();

  constructor(options: ReassemblerOptions) {
    assert(options.maxSets >= 1 && options.limitMs > 0, "a reassembler needs room for one set and some time");
    this.#options = options;
  }

  /** How many sets are open. */
  get openSets(): number {
    return this.#sets.size;
  }

  /** When the oldest open set expires, or `undefined` when none is open. */
  get nextExpiryMs(): number | undefined {
    const oldest = this.#oldest();
    return oldest && oldest.firstArrivalMs + this.#options.limitMs;
  }

  /** Takes one part in. A place that makes no sense (sequence 0 or beyond the total) is a message of its own. */
  add(part: ArrivedPart<T>): Arrival<T> {
    const { total, sequence, value } = part;
    if (!isPlace(total, sequence) || total === 1) return { outcome: "complete", parts: [value], abandoned: [] };

    const key = keyOf(part);
    const abandoned: Array<IncompleteSet<T>> = [];
    let set = this.#sets.get(key);
    if (set !== undefined && this.#hasExpired(set, part.nowMs)) {
      abandoned.push(this.#giveUp(set, "expired"));
      set = undefined;
    }
    if (set !== undefined && isSamePart(set, part)) return { outcome: "duplicate", abandoned };
    if (set !== undefined && (set.total !== total || set.parts.has(sequence))) {
      abandoned.push(this.#giveUp(set, "restarted"));
      set = undefined;
    }
    set ??= this.#open(part, key, abandoned);
    set.parts.set(sequence, value);
    if (set.parts.size < total) return { outcome: "waiting", abandoned };
    this.#sets.delete(key);
    return { outcome: "complete", parts: inOrder(set).map((entry) => entry.value), abandoned };
  }

  /** Gives up every set whose time is over at `nowMs`, oldest first. */
  expire(nowMs: number): Array<IncompleteSet<T>> {
    const expired: Array<IncompleteSet<T>> = [];
    for (const set of this.#sets.values()) {
      if (!this.#hasExpired(set, nowMs)) break;
      expired.push(this.#giveUp(set, "expired"));
    }
    return expired;
  }

  /** Everything open, oldest first, as plain data. */
  exportState(): Array<OpenSet<T>> {
    return [...this.#sets.values()].map((set) => ({ ...set, parts: [...set.parts] }));
  }

  /** Replaces what is open by what {@link exportState} gave. */
  importState(state: ReadonlyArray<OpenSet<T>>): void {
    this.#sets.clear();
    for (const set of state) this.#sets.set(keyOf(set), { ...set, parts: new Map(set.parts) });
  }

  #oldest(): MutableSet<T> | undefined {
    return this.#sets.values().next().value;
  }

  #hasExpired(set: MutableSet<T>, nowMs: number): boolean {
    return nowMs >= set.firstArrivalMs + this.#options.limitMs;
  }

  #open(part: ArrivedPart<T>, key: string, abandoned: Array<IncompleteSet<T>>): MutableSet<T> {
    const oldest = this.#oldest();
    if (oldest !== undefined && this.#sets.size >= this.#options.maxSets) {
      abandoned.push(this.#giveUp(oldest, "crowded-out"));
    }
    const { from, to, reference, total, nowMs } = part;
    const set: MutableSet<T> = { from, to, reference, total, firstArrivalMs: nowMs, parts: new Map() };
    this.#sets.set(key, set);
    return set;
  }

  #giveUp(set: MutableSet<T>, reason: IncompleteSet<T>["reason"]): IncompleteSet<T> {
    this.#sets.delete(keyOf(set));
    const { from, to, reference, total, firstArrivalMs } = set;
    return { from, to, reference, total, firstArrivalMs, parts: inOrder(set), reason };
  }
}

function keyOf({ from, to, reference }: PartKey): string {
  return `${reference}\n${from}\n${to}`;
}

function isPlace(total: number, sequence: number): boolean {
  return total >= 1 && total <= MAX_PARTS && sequence >= 1 && sequence <= total;
}

function isSamePart<T>(set: MutableSet<T>, { total, sequence, value }: ArrivedPart<T>): boolean {
  if (set.total !== total || !set.parts.has(sequence)) return false;
  const known = set.parts.get(sequence);
  // Values are plain data, built by the same code, so that equal ones print alike.
  return Object.is(known, value) || JSON.stringify(known) === JSON.stringify(value);
}

function inOrder<T>(set: MutableSet<T>): Array<{ sequence: number; value: T }> {
  const entries = [...set.parts].map(([sequence, value]) => ({ sequence, value }));
  return entries.sort((left, right) => left.sequence - right.sequence);
}
