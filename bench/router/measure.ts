/** Times of single calls. */

/** The middle and the tail of many times, in microseconds. */
export interface Times {
  readonly count: number;
  readonly p50Us: number;
  readonly p99Us: number;
  readonly cpuUs: number;
}

/** Times calls one after another. `cpuUs` is that of this process, for one call. */
export async function timeEach(count: number, call: (at: number) => unknown): Promise<Times> {
  const us = new Float64Array(count);
  const cpu = process.cpuUsage();
  for (let at = 0; at < count; at += 1) {
    const start = process.hrtime.bigint();
    const answer = call(at);
    if (answer instanceof Promise) await answer;
    us[at] = Number(process.hrtime.bigint() - start) / 1_000;
  }
  const { user, system } = process.cpuUsage(cpu);
  us.sort();
  const at = (share: number): number => us[Math.min(count - 1, Math.floor(count * share))] ?? 0;
  return { count, p50Us: at(0.5), p99Us: at(0.99), cpuUs: (user + system) / count };
}

export function showTimes(name: string, { count, p50Us, p99Us, cpuUs }: Times, goalUs?: number): void {
  const goal = goalUs === undefined ? "" : `  goal p99 ${goalUs} µs: ${p99Us <= goalUs ? "met" : "MISSED"}`;
  const numbers = `p50 ${p50Us.toFixed(1)} µs  p99 ${p99Us.toFixed(1)} µs  CPU ${cpuUs.toFixed(2)} µs`;
  console.log(`${name.padEnd(34)} ${numbers}  (${count} calls)${goal}`);
}
