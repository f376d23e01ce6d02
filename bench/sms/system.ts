import type { Door } from "./door.ts";
import type { Watched } from "./processes.ts";

/** A system under test that takes messages over HTTP or SMPP. */
export interface ProgramSystem {
  readonly name: string;
  readonly door: Door;
  readonly watched: readonly Watched[];
  /** Resolves when work that trails behind the last callback or receipt is done, so that its CPU time counts. */
  settle(): Promise<void>;
  stop(): Promise<void>;
}

const POLL_MS = 50;

/** Waits until `holds`; fails with `what` after the limit. */
export async function waitFor(what: string, holds: () => Promise<boolean> | boolean, limitMs: number): Promise<void> {
  const endMs = performance.now() + limitMs;
  while (!(await holds())) {
    if (performance.now() > endMs) throw new Error(`not within ${limitMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
