/** Tells a person what is starting and how long it took. */
import type { TextOutput } from "./command.ts";

/** One thing that is under way. */
export interface ProgressStep {
  /** Writes `✓ PostgreSQL ready in 1.2 s`; `outcome` is “ready” unless given. */
  done(outcome?: string): void;
  /** Writes `✗ PostgreSQL failed after 1.2 s: reason`. */
  failed(reason: string): void;
}

/** Start-up lines. */
export interface Progress {
  /** Begins a step. Several may be under way at once. */
  step(name: string): ProgressStep;
  /** Writes a line of its own. */
  note(text: string): void;
}

const CLEAR_LINE = "\r\u001b[2K";
const MAX_PENDING_LINE = 78;

/**
 * Makes a progress. On a terminal the last line names what is still under way and
 * is replaced as steps end; elsewhere only whole lines of what ended are written.
 */
export function createProgress(output: TextOutput, monotonicMs: () => number): Progress {
  const pending = new Set<string>();
  const print = (line: string): void => {
    if (!output.isTty) {
      if (line !== "") output.write(`${line}\n`);
      return;
    }
    const rest = pending.size === 0 ? "" : `… ${[...pending].join(", ")}`.slice(0, MAX_PENDING_LINE);
    output.write(`${CLEAR_LINE}${line === "" ? "" : `${line}\n`}${rest}`);
  };
  return {
    note: (text) => print(text),
    step: (name) => {
      const startMs = monotonicMs();
      let isOver = false;
      const end = (write: (took: string) => string): void => {
        if (isOver) return;
        isOver = true;
        pending.delete(name);
        print(write(showDuration(monotonicMs() - startMs)));
      };
      pending.add(name);
      print("");
      return {
        done: (outcome = "ready") => end((took) => `✓ ${name} ${outcome} in ${took}`),
        failed: (reason) => end((took) => `✗ ${name} failed after ${took}: ${reason}`),
      };
    },
  };
}

/** `12 ms`, `1.2 s`, `3 min 4 s`. */
export function showDuration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
