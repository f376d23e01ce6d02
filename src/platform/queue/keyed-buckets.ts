import { present } from "../../kernel/assert.ts";
import { BoundedKeys } from "./bounded-keys.ts";
import { TokenBucket } from "./token-bucket.ts";

const MAX_KEYS = 1_000_000;

/** What a bucket allows; see {@link TokenBucket}. */
export interface BucketRate {
  readonly perSecond: number;
  /** What may go at once; a tenth of a second's worth, and at least one, where absent. */
  readonly burst?: number;
}

/** How buckets by key are made. */
export interface KeyedBucketsOptions {
  /** The rate of a key; `undefined` for one without a limit. Asked whenever a bucket is made. */
  readonly rateOf: (key: string) => BucketRate | undefined;
  /** How many buckets are kept at once; a million where absent. */
  readonly maxKeys?: number;
}

/**
 * Token buckets by key, made when something is first taken. A full bucket is forgotten
 * sooner or later, which changes nothing, because a new one is full. When there are more
 * buckets in use than the maximum, one that is close to full is forgotten all the same: that
 * key gets at most its burst on top.
 */
export class KeyedBuckets {
  private readonly rateOf: (key: string) => BucketRate | undefined;
  private readonly buckets: BoundedKeys<TokenBucket>;

  constructor(options: KeyedBucketsOptions) {
    this.rateOf = options.rateOf;
    this.buckets = new BoundedKeys({
      maxKeys: options.maxKeys ?? MAX_KEYS,
      make: (key, nowMs) => this.make(key, nowMs),
      lossOf: (bucket, nowMs) => bucket.missing(nowMs),
    });
  }

  /** How many buckets are kept. */
  get size(): number {
    return this.buckets.size;
  }

  private make(key: string, nowMs: number): TokenBucket {
    const rate = present(this.rateOf(key), "the rate of a key that has a bucket");
    return new TokenBucket(rate.perSecond, nowMs, rate.burst);
  }

  /** Milliseconds until a key may take `cost` tokens; 0 for now, infinite for never. */
  waitMs(key: string, cost: number, nowMs: number): number {
    const bucket = this.buckets.find(key);
    if (bucket === undefined) return this.rateOf(key)?.perSecond === 0 ? Infinity : 0;
    bucket.available(nowMs);
    return bucket.waitMs(cost);
  }

  /** Takes tokens of a key; more than there are is a debt that is paid first. */
  take(key: string, cost: number, nowMs: number): void {
    if (this.buckets.find(key) === undefined && this.rateOf(key) === undefined) return;
    const bucket = this.buckets.use(key, nowMs);
    bucket.available(nowMs);
    bucket.take(cost);
  }

  /** Forgets the bucket of a key whose rate was changed; the new one is full. */
  forget(key: string): void {
    this.buckets.forget(key);
  }
}
