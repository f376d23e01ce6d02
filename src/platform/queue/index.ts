/** Queues, budgets and timers that modules and the platform build their work from. */
export { DueList } from "./due-list.ts";
export { FairQueue, type FairQueueOptions } from "./fair-queue.ts";
export { Fifo } from "./fifo.ts";
export { KeyedBuckets, type BucketRate, type KeyedBucketsOptions } from "./keyed-buckets.ts";
export {
  KeyedRetryBudgets,
  RetryBudget,
  type KeyedRetryBudgetsOptions,
  type RetryBudgetOptions,
} from "./retry-budget.ts";
export { Reports, type ReportsOptions } from "./reports.ts";
export type { Flow, QueuedItem } from "./sender-line.ts";
export { steadyClock } from "./steady-clock.ts";
export { TimingWheel, type TimingWheelOptions, type WheelHandle } from "./timing-wheel.ts";
export { TokenBucket } from "./token-bucket.ts";
