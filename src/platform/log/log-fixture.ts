import type { Clock, Logger, Timer } from "../ports.ts";
import { openLog } from "./open-log.ts";
import { SimulatedFiles } from "./simulated-files.ts";
import type { Log, LogOptions, LogRecord, Offset } from "./types.ts";
import type { LogError } from "./log-error.ts";

/** The folder of the logs of tests on a simulated disk. */
export const DIRECTORY = "/log";

/** A repeatable source of numbers in [0, 1) (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}

/** A clock that tests move by hand. */
export class HandClock implements Clock {
  private now = 0;
  private timers: { at: number; run: () => void }[] = [];

  nowMs(): number {
    return this.now;
  }

  monotonicMs(): number {
    return this.now;
  }

  after(delayMs: number, run: () => void): Timer {
    const timer = { at: this.now + delayMs, run };
    this.timers.push(timer);
    return { cancel: () => (this.timers = this.timers.filter((other) => other !== timer)) };
  }

  /** Moves time and runs what is due. */
  advance(byMs: number): void {
    this.now += byMs;
    const due = this.timers.filter((timer) => timer.at <= this.now);
    this.timers = this.timers.filter((timer) => timer.at > this.now);
    for (const timer of due) timer.run();
  }
}

/** Keeps the events it is told. */
export class EventLogger implements Logger {
  readonly events: string[] = [];
  debug(event: string): void {
    this.events.push(event);
  }
  info(event: string): void {
    this.events.push(event);
  }
  warn(event: string): void {
    this.events.push(event);
  }
  error(event: string): void {
    this.events.push(event);
  }
  child(): Logger {
    return this;
  }
}

/** A log on a simulated disk with everything at hand. */
export interface Fixture {
  readonly files: SimulatedFiles;
  readonly clock: HandClock;
  readonly logger: EventLogger;
  readonly log: Log;
}

/** Opens a log on a new or given simulated disk. */
export async function openFixture(
  options: Partial<LogOptions> = {},
  files = new SimulatedFiles(seeded(1)),
): Promise<Fixture> {
  const clock = new HandClock();
  const logger = new EventLogger();
  const log = await openLog({ directory: DIRECTORY, logger, clock, files, ...options });
  return { files, clock, logger, log };
}

/** Appends one record and resolves to its fate. */
export function append(
  log: Log,
  payload: Uint8Array | string,
  kind: "new-work" | "progress" = "progress",
): Promise<{ error: LogError | undefined; offset: Offset; next: Offset }> {
  return new Promise((resolve) => {
    log.append(kind, payload, (error, offset, next) => resolve({ error, offset, next }));
  });
}

/** Appends one record after another, so that each has a commit of its own. */
export async function appendEach(log: Log, payloads: readonly string[]): Promise<Offset[]> {
  const offsets: Offset[] = [];
  for (const payload of payloads) {
    const { error, offset } = await append(log, payload);
    if (error !== undefined) throw error;
    offsets.push(offset);
  }
  return offsets;
}

/** All records from an offset on. */
export async function readAll(log: Log, from: Offset = log.start): Promise<LogRecord[]> {
  const records: LogRecord[] = [];
  for await (const batch of log.read(from)) records.push(...batch);
  return records;
}

/** The payloads from an offset on, as text. */
export async function readTexts(log: Log, from: Offset = log.start): Promise<string[]> {
  return (await readAll(log, from)).map((record) => record.payload.toString("utf8"));
}

/** Lets everything that does not wait for the clock come to rest. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 50; i += 1) await new Promise((resolve) => setImmediate(resolve));
}
