import type { Home } from "../fleet/index.ts";
import { S3FifoCache } from "../cache/index.ts";

/** How many homes a book keeps. */
export interface BookLimits {
  /** The most homes that are kept for good. */
  readonly maxFollowed: number;
  /** The most homes that are kept for as long as they are asked for. */
  readonly maxCached: number;
}

/**
 * What is known of the homes of keys for one type of cell, other than by hints. Homes
 * of the routing table that are followed stay until they change; those that were looked
 * up by the way, or for which there is no room, are a cache. Nothing expires: what is
 * old is as good as can be had until something newer is heard.
 */
export class HomeBook {
  readonly #limits: BookLimits;
  readonly #followed = new Map<string, Home>();
  readonly #cached: S3FifoCache<Home>;
  #refused = 0;

  constructor(limits: BookLimits) {
    this.#limits = limits;
    this.#cached = new S3FifoCache<Home>({ maxEntries: limits.maxCached });
  }

  get(key: string): Home | undefined {
    return this.#followed.get(key) ?? this.#cached.get(key);
  }

  get size(): number {
    return this.#followed.size + this.#cached.size;
  }

  /** How many homes could not be kept for good for want of room. */
  get refused(): number {
    return this.#refused;
  }

  /** Keeps a home that was found by the way, when it is newer than what is known. */
  cache(key: string, home: Home): boolean {
    const known = this.get(key);
    if (known !== undefined && known.epoch >= home.epoch) return false;
    if (this.#followed.has(key)) this.#followed.set(key, home);
    else this.#cached.set(key, home);
    return true;
  }

  /** Keeps a home for good, when it is not older than what is known. */
  follow(key: string, home: Home): boolean {
    const known = this.get(key);
    if (known !== undefined && known.epoch > home.epoch) return false;
    if (!this.#followed.has(key) && this.#followed.size >= this.#limits.maxFollowed) {
      this.#refused += 1;
      this.#cached.set(key, home);
      return known === undefined || known.epoch < home.epoch;
    }
    this.#followed.set(key, home);
    this.#cached.delete(key);
    return known === undefined || known.epoch < home.epoch;
  }

  /** Forgets a home that is not newer than `epoch`. */
  forget(key: string, epoch: number): boolean {
    const known = this.get(key);
    if (known === undefined || known.epoch > epoch) return false;
    this.#followed.delete(key);
    this.#cached.delete(key);
    return true;
  }

  /** Everything that is known. What changes meanwhile may or may not be among it. */
  *entries(): Generator<readonly [string, Home]> {
    yield* this.#followed;
    yield* this.#cached.entries();
  }
}
