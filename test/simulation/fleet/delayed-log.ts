import { Buffer } from "node:buffer";
import type {
  AppendDone,
  Log,
  LogRecord,
  LogStatus,
  RecordKind,
  Subscription,
} from "../../../src/platform/log/index.ts";
import type { TurnClock } from "./turn-clock.ts";

/** What a write and an fdatasync of a group take. */
const SYNC_MS = 3;
const READ_BATCH = 1_000;

/** A record and where it ends. */
interface Kept {
  readonly offset: number;
  readonly next: number;
  readonly payload: string;
}

interface Waiting extends Kept {
  readonly done: AppendDone;
}

/**
 * A log whose records are durable after the time that a disk takes, all that came in
 * between together. It keeps them where a cell of the simulation is to be killed.
 */
export class DelayedLog implements Log {
  private readonly clock: TurnClock;
  private readonly keeps: boolean;
  private kept: Kept[] = [];
  private waiting: Waiting[] = [];
  private end = 0;
  private durable = 0;
  private life = 0;
  octets = 0;
  records = 0;
  commits = 0;

  constructor(clock: TurnClock, { keeps = false } = {}) {
    this.clock = clock;
    this.keeps = keeps;
  }

  append(_kind: RecordKind, payload: Uint8Array | string, done: AppendDone): void {
    const text = String(payload);
    const offset = this.end;
    this.end += text.length;
    this.octets += text.length;
    this.records += 1;
    this.waiting.push({ offset, next: this.end, payload: this.keeps ? text : "", done });
    if (this.waiting.length > 1) return;
    const { life } = this;
    this.clock.at(this.clock.monotonicMs() + SYNC_MS, () => {
      if (life === this.life) this.sync();
    });
  }

  private sync(): void {
    const group = this.waiting;
    this.waiting = [];
    this.commits += 1;
    for (const { offset, next, payload, done } of group) {
      this.durable = next;
      if (this.keeps) this.kept.push({ offset, next, payload });
      done(undefined, offset, next);
    }
  }

  /** The process is gone: what was not durable is lost, and nobody is told. */
  cut(): void {
    this.life += 1;
    this.waiting = [];
    this.end = this.durable;
  }

  get durableEnd(): number {
    return this.durable;
  }

  get start(): number {
    return 0;
  }

  async *read(): AsyncIterable<LogRecord[]> {
    for (let at = 0; at < this.kept.length; at += READ_BATCH) {
      const batch = this.kept.slice(at, at + READ_BATCH);
      yield batch.map(({ offset, next, payload }) => ({ offset, next, payload: Buffer.from(payload) }));
    }
  }

  readCheckpoint(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  flush(): Promise<void> {
    return Promise.resolve();
  }

  follow(): Subscription {
    throw new Error("nobody follows the log of a simulation");
  }

  retain(): Promise<void> {
    return Promise.resolve();
  }

  writeCheckpoint(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  status(): LogStatus {
    return {
      state: "open",
      acceptsNewWork: true,
      reason: undefined,
      start: 0,
      durableEnd: this.durable,
      segments: 1,
      pendingOctets: 0,
      freeOctets: undefined,
      appendedRecords: this.records,
      appendedOctets: this.octets,
      refusedRecords: 0,
      commits: this.commits,
      failures: 0,
      slowestCommitMs: SYNC_MS,
    };
  }
}
