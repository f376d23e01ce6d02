/** How long something took, over some runs, in milliseconds. */
export interface Times {
  readonly first: number;
  readonly p50: number;
  readonly p99: number;
}

/** Runs it once and then `runs` times more. */
export async function timeRuns(runs: number, work: () => unknown): Promise<Times> {
  const first = await timeOne(work);
  const others: number[] = [];
  for (let run = 0; run < runs; run += 1) others.push(await timeOne(work));
  others.sort((a, b) => a - b);
  return { first: rounded(first), p50: rounded(quantile(others, 0.5)), p99: rounded(quantile(others, 0.99)) };
}

async function timeOne(work: () => unknown): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

/** Of sorted values. */
export function quantile(sorted: readonly number[], q: number): number {
  return sorted[Math.min(Math.max(Math.ceil(q * sorted.length) - 1, 0), sorted.length - 1)] ?? Number.NaN;
}

export function rounded(value: number, digits = 2): number {
  return Math.round(value * 10 ** digits) / 10 ** digits;
}
