/**
 * A bounded map that drops what was not used for longest, roughly: entries live
 * in a young and an old generation, a use brings one back to the young, and
 * when the young is full the old is dropped as a whole. Every step is constant
 * work, but for {@link deleteWhere}.
 */
export class Generations<V> {
  readonly #perGeneration: number;
  #young = new Map<string, V>();
  #old = new Map<string, V>();

  /** Holds at least the last `perGeneration` used entries, and at most twice as many. */
  constructor(perGeneration: number) {
    this.#perGeneration = perGeneration;
  }

  get(key: string): V | undefined {
    const young = this.#young.get(key);
    if (young !== undefined) return young;
    const old = this.#old.get(key);
    if (old === undefined) return undefined;
    this.#old.delete(key);
    this.set(key, old);
    return old;
  }

  set(key: string, value: V): void {
    if (this.#young.size >= this.#perGeneration && !this.#young.has(key)) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(key, value);
  }

  delete(key: string): void {
    this.#young.delete(key);
    this.#old.delete(key);
  }

  /** Deletes what `matches`, looking at every entry. */
  deleteWhere(matches: (value: V) => boolean): void {
    for (const generation of [this.#young, this.#old]) {
      for (const [key, value] of generation) if (matches(value)) generation.delete(key);
    }
  }
}
