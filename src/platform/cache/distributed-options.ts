import type { GossipView, MemberRole } from "../gossip/index.ts";
import type { CacheExchange } from "./exchange.ts";
import type { LoadingCacheOptions } from "./loading-options.ts";

/** What a DistributedCache is made of: what a LoadingCache is, for the values that this process keeps for all, and how it reaches the others. */
export interface DistributedCacheOptions<V> extends Omit<LoadingCacheOptions<V>, "stamps" | "fence"> {
  /** The same in all processes that share it: lower case letters, digits and hyphens. */
  readonly name: string;
  readonly gossip: GossipView;
  readonly exchange: CacheExchange;
  /** Members of this role and region share the keys out among them. */
  readonly role: MemberRole;
  /** That of this process unless told. */
  readonly region?: string;
  /** Values as they go from one process to another one, {@link MAX_VALUE_CHARS} at most. */
  readonly encode: (value: V) => string;
  /** Throws where the text is none of `encode`. */
  readonly decode: (text: string) => V;
  /** Where keys fall: the same in all processes that share the cache, and secret where strangers choose keys. 0 unless told. */
  readonly hashSeed?: number;
  /** How long a hot value of another owner is kept here; 1 s unless told. */
  readonly mirrorMs?: number;
  /** So many uses in the last one to two seconds make a key hot; 8 unless told. */
  readonly hotUses?: number;
  /** Hot values of other owners that are kept; 1,000 unless told. */
  readonly maxMirrored?: number;
  /** How long an owner may take to answer; 1 s unless told. */
  readonly askTimeoutMs?: number;
  /** Questions to owners that are on their way at one time; 256 unless told. */
  readonly maxAsking?: number;
}

/** The same with nothing left open. */
export interface DistributedSettings {
  readonly region: string;
  readonly hashSeed: number;
  readonly mirrorMs: number;
  readonly hotUses: number;
  readonly maxMirrored: number;
  readonly askTimeoutMs: number;
  readonly maxAsking: number;
}

/** Fills in what was not told. */
export function distributedSettings<V>(options: DistributedCacheOptions<V>): DistributedSettings {
  return {
    region: options.region ?? options.gossip.self.region,
    hashSeed: options.hashSeed ?? 0,
    mirrorMs: options.mirrorMs ?? 1_000,
    hotUses: options.hotUses ?? 8,
    maxMirrored: options.maxMirrored ?? 1_000,
    askTimeoutMs: options.askTimeoutMs ?? 1_000,
    maxAsking: options.maxAsking ?? 256,
  };
}
