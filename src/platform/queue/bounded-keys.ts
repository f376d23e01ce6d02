import { assert } from "../../kernel/assert.ts";

/** Values that are looked at for each one that is made, so that idle ones leave sooner than new ones come. */
const LOOKED_AT = 2;
/** Values among which the one is chosen that must leave when all places are taken. */
const CHOSEN_AMONG = 16;

/** What a bounded table of values by key is made of. */
export interface BoundedKeysOptions<V> {
  readonly maxKeys: number;
  readonly make: (key: string, nowMs: number) => V;
  /** How little is lost by forgetting a value: 0 for nothing at all, more for more. */
  readonly lossOf: (value: V, nowMs: number) => number;
}

/**
 * Values by key that are made when they are first asked for, and forgotten when nothing is
 * lost by it. A bounded number: when all places are taken, one leaves whose loss is small.
 * Constant work for each call.
 */
export class BoundedKeys<V> {
  private readonly options: BoundedKeysOptions<V>;
  private readonly values = new Map<string, V>();
  /** Goes round and round; a Map's iterator bears changes of the Map. */
  private hand: MapIterator<[string, V]>;

  constructor(options: BoundedKeysOptions<V>) {
    assert(options.maxKeys >= 1, "there is room for a key");
    this.options = options;
    this.hand = this.values.entries();
  }

  get size(): number {
    return this.values.size;
  }

  /** The value of a key, made where there is none. */
  use(key: string, nowMs: number): V {
    const known = this.values.get(key);
    if (known !== undefined) return known;
    this.makeRoom(nowMs);
    const made = this.options.make(key, nowMs);
    this.values.set(key, made);
    return made;
  }

  /** The value of a key, where there is one. */
  find(key: string): V | undefined {
    return this.values.get(key);
  }

  forget(key: string): void {
    this.values.delete(key);
  }

  private makeRoom(nowMs: number): void {
    const { maxKeys, lossOf } = this.options;
    let least: string | undefined;
    let leastLoss = Infinity;
    const mustGo = this.values.size >= maxKeys;
    let room = false;
    for (let looked = 0; looked < (mustGo && !room ? CHOSEN_AMONG : LOOKED_AT); looked += 1) {
      const entry = this.nextEntry();
      if (entry === undefined) break;
      const [key, value] = entry;
      const loss = lossOf(value, nowMs);
      if (loss <= 0) {
        this.values.delete(key);
        room = true;
      } else if (loss < leastLoss || least === undefined) {
        least = key;
        leastLoss = loss;
      }
    }
    if (mustGo && !room && least !== undefined) this.values.delete(least);
  }

  private nextEntry(): [string, V] | undefined {
    let next = this.hand.next();
    if (next.done === true) {
      this.hand = this.values.entries();
      next = this.hand.next();
    }
    return next.done === true ? undefined : next.value;
  }
}
