import { assert } from "../../kernel/assert.ts";
import { SlotLists } from "./slot-lists.ts";

/** The most entries that a cache can be asked to hold. */
export const MAX_ENTRIES = 4_000_000;
/** A longer key is never kept, whatever is set under it: hostile names must not fill the memory. */
export const MAX_KEY_CHARS = 512;

/** The lists that a slot is in. */
const FREE = 0;
const SMALL = 1;
const MAIN = 2;
const GHOST = 3;

/*
 * The four figures below are not those of the paper (a tenth, 3, 2 and 0.9). They were chosen on the traces of
 * `bench/cache`: with the paper's, popularity that shifts costs two points of a hundred, with these a steady one costs half a point.
 */
/** New entries have to prove themselves in this share of the room. */
const SMALL_SHARE = 0.05;
/** Uses are counted up to this. */
const MAX_USES = 2;
/** So often an entry must be used while it is small to be taken into the main list. */
const USES_TO_STAY = 1;
/** Keys that are remembered without their values, for each entry there is room for. */
const REMEMBERED_SHARE = 1.4;
const MIN_SLOTS = 64;
/** After so many entries that were spared for one new one, the next is not spared: no call works for long. */
const MAX_SPARED = 128;

/** What an {@link S3FifoCache} is made of. */
export interface S3FifoOptions {
  /** It holds at most this many entries, and remembers 1.4 times as many keys that it no longer holds. */
  readonly maxEntries: number;
}

/**
 * A bounded map that keeps what is used often and recently, after S3-FIFO (Yang, Zhang,
 * Qiu, Yue and Vinayak, “FIFO queues are all you need for cache eviction”, SOSP 2023):
 * new entries go through a small queue, and those that nobody asks for again leave it
 * without touching the main one, so that a scan costs the others nothing. Keys that
 * left lately are remembered without their values; who comes back goes to the main
 * queue at once. A use only counts up two bits.
 *
 * Constant work for each call, amortised; no garbage for a hit. One `Map` holds the keys,
 * those that are only remembered too: an entry that moves between queues does not touch it.
 * A key that was cut out of a long text keeps that text in memory, as everywhere in V8.
 */
export class S3FifoCache<V> {
  readonly #maxEntries: number;
  readonly #maxSmall: number;
  readonly #maxGhosts: number;
  readonly #slots = new Map<string, number>();
  readonly #keys: string[] = [];
  readonly #values: (V | undefined)[] = [];
  #lists: SlotLists;
  /** By slot: the list that it is in, in two bits, and above them how often it was used. */
  #states: Uint8Array;
  #usedSlots = 0;
  #size = 0;

  constructor({ maxEntries }: S3FifoOptions) {
    assert(Number.isInteger(maxEntries) && maxEntries >= 1 && maxEntries <= MAX_ENTRIES, "the cache has a size");
    this.#maxEntries = maxEntries;
    this.#maxSmall = Math.max(1, Math.round(maxEntries * SMALL_SHARE));
    this.#maxGhosts = Math.ceil(maxEntries * REMEMBERED_SHARE);
    this.#lists = new SlotLists(4, MIN_SLOTS);
    this.#states = new Uint8Array(MIN_SLOTS);
  }

  /** How many entries it holds. */
  get size(): number {
    return this.#size;
  }

  /** The value of a key, if it is held. Counts as a use. */
  get(key: string): V | undefined {
    const slot = this.#slots.get(key);
    if (slot === undefined) return undefined;
    const state = this.#states[slot] as number;
    if (state >> 2 < MAX_USES && (state & 3) !== GHOST) this.#states[slot] = state + 4;
    return this.#values[slot];
  }

  /** The value of a key, if it is held. Does not count as a use. */
  peek(key: string): V | undefined {
    const slot = this.#slots.get(key);
    return slot === undefined ? undefined : this.#values[slot];
  }

  /**
   * Puts a value under a key; what was there is replaced, which is no use. Another entry
   * may have to leave, never the new one. A key of over {@link MAX_KEY_CHARS} is not kept.
   */
  set(key: string, value: V): void {
    const known = this.#slots.get(key);
    if (known === undefined) return this.#add(key, value);
    if (((this.#states[known] as number) & 3) === GHOST) {
      this.#lists.remove(GHOST, known);
      this.#enter(known, MAIN, value);
    } else {
      this.#values[known] = value;
    }
  }

  /** Drops a key, with what is remembered of it. True if it was held. */
  delete(key: string): boolean {
    const slot = this.#slots.get(key);
    if (slot === undefined) return false;
    const list = (this.#states[slot] as number) & 3;
    this.#lists.remove(list, slot);
    this.#free(slot);
    if (list === GHOST) return false;
    this.#size -= 1;
    return true;
  }

  /** Drops everything. */
  clear(): void {
    this.#slots.clear();
    this.#keys.length = 0;
    this.#values.length = 0;
    this.#lists = new SlotLists(4, MIN_SLOTS);
    this.#states = new Uint8Array(MIN_SLOTS);
    this.#usedSlots = 0;
    this.#size = 0;
  }

  /** What is held, in no order that means anything. The cache may be changed meanwhile. */
  *entries(): IterableIterator<[string, V]> {
    for (const [key, slot] of this.#slots) {
      if (((this.#states[slot] as number) & 3) !== GHOST) yield [key, this.#values[slot] as V];
    }
  }

  #add(key: string, value: V): void {
    if (key.length > MAX_KEY_CHARS) return;
    // The room is made first, so that the slot of a key that is forgotten thereby serves the new one.
    this.#makeRoom();
    const slot = this.#takeSlot();
    this.#slots.set(key, slot);
    this.#keys[slot] = key;
    this.#place(slot, SMALL, value);
  }

  #enter(slot: number, list: number, value: V): void {
    this.#makeRoom();
    this.#place(slot, list, value);
  }

  #place(slot: number, list: number, value: V): void {
    this.#values[slot] = value;
    this.#states[slot] = list;
    this.#lists.push(list, slot);
    this.#size += 1;
  }

  /** Lets one entry go where there is no room for another one. */
  #makeRoom(): void {
    if (this.#size < this.#maxEntries) return;
    const lists = this.#lists;
    for (let spared = 0; ; spared += 1) {
      const small = lists.length(SMALL);
      const fromSmall = small > 0 && (small >= this.#maxSmall || lists.length(MAIN) === 0);
      if (fromSmall ? this.#evictSmall() : this.#evictMain(spared >= MAX_SPARED)) break;
    }
    this.#size -= 1;
  }

  /** The oldest small entry goes, and its key is remembered, or it moves on to the main list: then false. */
  #evictSmall(): boolean {
    const slot = this.#lists.shift(SMALL);
    if ((this.#states[slot] as number) >> 2 >= USES_TO_STAY) {
      this.#states[slot] = MAIN;
      this.#lists.push(MAIN, slot);
      return false;
    }
    this.#values[slot] = undefined;
    this.#states[slot] = GHOST;
    this.#lists.push(GHOST, slot);
    if (this.#lists.length(GHOST) > this.#maxGhosts) this.#free(this.#lists.shift(GHOST));
    return true;
  }

  /** The oldest main entry goes, or is spared for one of its uses: then false. */
  #evictMain(spareless: boolean): boolean {
    const slot = this.#lists.shift(MAIN);
    const state = this.#states[slot] as number;
    if (state >> 2 > 0 && !spareless) {
      this.#states[slot] = state - 4;
      this.#lists.push(MAIN, slot);
      return false;
    }
    this.#free(slot);
    return true;
  }

  /** Forgets a slot that is in no list any more. */
  #free(slot: number): void {
    this.#slots.delete(this.#keys[slot] as string);
    this.#keys[slot] = "";
    this.#values[slot] = undefined;
    this.#states[slot] = FREE;
    this.#lists.push(FREE, slot);
  }

  #takeSlot(): number {
    if (this.#lists.length(FREE) > 0) return this.#lists.shift(FREE);
    if (this.#usedSlots === this.#states.length) this.#grow();
    this.#usedSlots += 1;
    return this.#usedSlots - 1;
  }

  #grow(): void {
    const slots = Math.min(2 * this.#states.length, this.#maxEntries + this.#maxGhosts + 1);
    assert(slots > this.#states.length, "entries and remembered keys fit in the slots");
    const states = new Uint8Array(slots);
    states.set(this.#states);
    this.#states = states;
    this.#lists.grow(slots);
  }
}
