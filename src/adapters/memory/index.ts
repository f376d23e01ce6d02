export { MemoryBlobStore } from "./blob-store.ts";
export { ManualClock } from "./manual-clock.ts";
