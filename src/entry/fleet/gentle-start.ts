import { readdirSync } from "node:fs";
import { constants, setPriority } from "node:os";

/**
 * Starts again what has died without taking the processors from those that serve: a
 * process that starts keeps one busy for a second. Only for root on Linux: nobody else may
 * raise a priority again that was lowered. Returns what ends it, to be called once it serves.
 */
export function startGently(pid: number | undefined): () => void {
  if (pid === undefined || process.platform !== "linux" || process.getuid?.() !== 0) return () => {};
  // Threads that are made later have the priority of the one that makes them.
  setAll([pid], constants.priority.PRIORITY_BELOW_NORMAL);
  return () => setAll(threadsOf(pid), constants.priority.PRIORITY_NORMAL);
}

function threadsOf(pid: number): readonly number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).map(Number);
  } catch {
    return [];
  }
}

function setAll(threads: readonly number[], priority: number): void {
  for (const thread of threads) {
    try {
      setPriority(thread, priority);
    } catch {
      // It has ended, or may not be changed here; then it starts as any other.
    }
  }
}
