/** What was said to the carriers and by them, kept for a while. */
export { CarrierTraces, type HttpTap, type SessionTap } from "./carrier-traces.ts";
export type { EntryLabel } from "./trace-ring.ts";
