/** From `performance.now()` of this process to the machine's monotonic clock, which all processes share. */
const shiftMs = Number(process.hrtime.bigint()) / 1e6 - performance.now();

/** Milliseconds of the machine's monotonic clock: comparable between processes, and with the times in a CPU profile. */
export function monotonicMs(): number {
  return performance.now() + shiftMs;
}
