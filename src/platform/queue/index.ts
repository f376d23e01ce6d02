/** Small queues that modules and the platform build their work from. */
export { DueList } from "./due-list.ts";
export { Fifo } from "./fifo.ts";
export { Reports, type ReportsOptions } from "./reports.ts";
export { TokenBucket } from "./token-bucket.ts";
