/** Invalidations that are remembered one by one. */
export const MAX_FENCES = 16_384;

/**
 * When each key was last invalidated, by its hash. The last {@link MAX_FENCES} are known
 * one by one; of all other keys it is only known that it was not after the horizon, which
 * is the time of the youngest that was forgotten. Two keys of one hash are invalidated together.
 */
export class Fences {
  readonly #places = new Map<number, number>();
  readonly #hashes = new Int32Array(MAX_FENCES);
  readonly #stamps = new Float64Array(MAX_FENCES);
  readonly #times = new Float64Array(MAX_FENCES);
  #added = 0;
  #horizonStamp = 0;
  #horizonMs = -Infinity;

  /** A key was invalidated. Stamps and times never go backwards. */
  add(hash: number, stamp: number, nowMs: number): void {
    const place = this.#added % MAX_FENCES;
    if (this.#added >= MAX_FENCES) this.#forget(place);
    this.#added += 1;
    this.#hashes[place] = hash;
    this.#stamps[place] = stamp;
    this.#times[place] = nowMs;
    this.#places.set(hash, place);
  }

  /** Any key may have been invalidated. */
  addAll(stamp: number, nowMs: number): void {
    this.#horizonStamp = stamp;
    this.#horizonMs = nowMs;
  }

  /** The stamp of the last invalidation of a key: what began to load by then does not count. */
  stampOf(hash: number): number {
    const place = this.#places.get(hash);
    return place === undefined ? this.#horizonStamp : Math.max(this.#horizonStamp, this.#stamps[place] as number);
  }

  /** When a key was last invalidated; `-Infinity` for never. */
  timeOf(hash: number): number {
    const place = this.#places.get(hash);
    return place === undefined ? this.#horizonMs : Math.max(this.#horizonMs, this.#times[place] as number);
  }

  #forget(place: number): void {
    const hash = this.#hashes[place] as number;
    // The key was invalidated again since.
    if (this.#places.get(hash) !== place) return;
    this.#places.delete(hash);
    this.#horizonStamp = Math.max(this.#horizonStamp, this.#stamps[place] as number);
    this.#horizonMs = Math.max(this.#horizonMs, this.#times[place] as number);
  }
}
