/** Caches: a bounded map, one over it that loads what it does not know, and one that many processes share. */
export { DistributedCache, type DistributedCounts } from "./distributed-cache.ts";
export type { DistributedCacheOptions } from "./distributed-options.ts";
export { CACHE_ERRORS, LOAD_TIMED_OUT, LOADS_OVERLOADED } from "./errors.ts";
export { MAX_VALUE_CHARS } from "./exchange.ts";
export type { CacheAnswer, CacheAnswerer, CacheExchange, CacheNotice, CachePeer, CacheQuestion } from "./exchange.ts";
export { InvalidationLog, type InvalidationLogOptions } from "./invalidation-log.ts";
export { Lease } from "./lease.ts";
export { LoadGate, type LoadGateOptions } from "./load-gate.ts";
export { LoadingCache, type LoadingCounts } from "./loading-cache.ts";
export type { LoadingCacheOptions, StaleNews } from "./loading-options.ts";
export { MemoryExchanges, type MemoryExchangesOptions } from "./memory-exchange.ts";
export { MAX_ENTRIES, MAX_KEY_CHARS, S3FifoCache, type S3FifoOptions } from "./s3-fifo.ts";
