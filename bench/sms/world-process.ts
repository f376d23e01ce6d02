import { Child } from "./child.ts";
import type { Cleanup } from "./cleanup.ts";
import type { Watched } from "./processes.ts";
import type { WorldCalls } from "./world.ts";

/** The process with the carrier, the sink and the load generator. */
export interface World {
  readonly child: Child<WorldCalls>;
  readonly smscPort: number;
  /** The first of so many message numbers that were not used before. */
  take(count: number): number;
  /** CPU time of the world itself, for the table. */
  readonly watched: Watched;
}

/** Starts the world; it ends with the benchmark. The carrier takes any free port unless told. */
export async function openWorld(receiptDelayMs: number, cleanup: Cleanup, port = 0): Promise<World> {
  const child = new Child<WorldCalls>("./world.js");
  cleanup.add(() => child.release());
  const { smscPort } = await child.call("open", { receiptDelayMs, port });
  let next = 0;
  return {
    child,
    smscPort,
    watched: { name: "world", pid: child.pid },
    take: (count) => {
      next += count;
      return next - count;
    },
  };
}

/** The middle of a list; between the two in the middle where their number is even. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.slice((sorted.length - 1) >> 1, (sorted.length >> 1) + 1);
  return Math.round(middle.reduce((sum, value) => sum + value, 0) / middle.length);
}
