import { join } from "node:path";
import type { Clock, Logger, Timer } from "../ports.ts";
import { Batch } from "./batch.ts";
import { fileError, withFile, writeFully } from "./file-io.ts";
import type { Files, OpenFile } from "./files.ts";
import { LogError } from "./log-error.ts";
import { createSegment, SEGMENT_HEADER_OCTETS, UNFINISHED } from "./segments.ts";
import type { SegmentList } from "./segments.ts";
import type { SpaceWatch } from "./space.ts";
import type { AppendDone, RecordKind, Offset } from "./types.ts";

const FIRST_PROBE_MS = 100;
const MAX_PROBE_MS = 5_000;
const PROBE_OCTETS = 1024 * 1024;
const PROBE_NAME = `probe${UNFINISHED}`;

/** What a {@link Writer} stands on. */
export interface WriterDeps {
  readonly files: Files;
  readonly directory: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly segments: SegmentList;
  readonly space: SpaceWatch;
  /** Called when `batch` has become durable, before its callbacks; its buffer must not be kept. */
  readonly onDurable: (batch: Batch) => void;
}

/** The bounds of a {@link Writer}, in octets. */
export interface WriterLimits {
  readonly segmentOctets: number;
  readonly maxRecordOctets: number;
  readonly maxPendingOctets: number;
}

/** What a {@link Writer} counts from its creation. */
export interface WriterCounters {
  appendedRecords: number;
  appendedOctets: number;
  refusedRecords: number;
  commits: number;
  failures: number;
  slowestCommitMs: number;
}

/**
 * The one that writes: group commit. While one batch is being written and synced,
 * the next one fills. After a failure nothing is taken until a probe of the disk succeeds.
 */
export class Writer {
  private readonly deps: WriterDeps;
  private readonly limits: WriterLimits;
  private file: OpenFile;
  private end: Offset;
  private filling = new Batch();
  private spare: Batch[] = [new Batch(), new Batch()];
  private flushingOctets = 0;
  private running = false;
  /** Why everything is refused: a failure, or closing. One object for all, as a stack for each would cost more than the work. */
  private refusal: LogError | undefined;
  private probeTimer: Timer | undefined;
  private probing: Promise<void> | undefined;
  private probeDelayMs = FIRST_PROBE_MS;
  /** The last segment's file may hold more than it should, or its pages cannot be trusted: nothing is added to it. */
  private suspect = false;
  private closed = false;
  /** Who waits for everything before an offset to be told. */
  private waiters: { readonly until: Offset; readonly resolve: () => void }[] = [];
  private readonly overloaded: LogError;
  private readonly reserved: LogError;
  private readonly badSize: LogError;
  readonly counters: WriterCounters = {
    appendedRecords: 0,
    appendedOctets: 0,
    refusedRecords: 0,
    commits: 0,
    failures: 0,
    slowestCommitMs: 0,
  };

  constructor(deps: WriterDeps, limits: WriterLimits, at: { file: OpenFile; end: Offset }) {
    this.deps = deps;
    this.limits = limits;
    this.file = at.file;
    this.end = at.end;
    this.filling.begin(at.end);
    this.overloaded = new LogError("overloaded", "too much waits for the log's disk");
    this.reserved = new LogError("disk-full", "the log's disk is down to its reserve");
    this.badSize = new LogError("too-large", `a log record has 1 to ${limits.maxRecordOctets} octets`);
  }

  get durableEnd(): Offset {
    return this.end;
  }

  get pendingOctets(): number {
    return this.filling.used + this.flushingOctets;
  }

  get failure(): LogError | undefined {
    return this.refusal;
  }

  /** See `Log.append`. */
  append(kind: RecordKind, payload: Uint8Array | string, done: AppendDone): void {
    const refusal = this.refusal ?? this.refusalOf(payload.length, kind);
    if (refusal !== undefined) return this.refuse(refusal, done);
    if (!this.filling.add(payload, this.limits.maxRecordOctets, done)) return this.refuse(this.badSize, done);
    if (this.running) return;
    this.running = true;
    // After the present round of input, so that what arrived with it shares the first sync.
    setImmediate(() => void this.run());
  }

  private refusalOf(octets: number, kind: RecordKind): LogError | undefined {
    const bound = kind === "new-work" ? this.limits.maxPendingOctets / 2 : this.limits.maxPendingOctets;
    if (this.filling.used + this.flushingOctets + octets > bound) return this.overloaded;
    if (kind === "new-work" && this.deps.space.reserveTouched) return this.reserved;
    return undefined;
  }

  private refuse(error: LogError, done: AppendDone): void {
    this.counters.refusedRecords += 1;
    process.nextTick(done, error, -1, -1);
  }

  /** Resolves when the fate of everything appended so far has been told. */
  flush(): Promise<void> {
    if (!this.running) return new Promise((resolve) => process.nextTick(resolve));
    return this.toldUntil(this.filling.base + this.filling.used);
  }

  private toldUntil(until: Offset): Promise<void> {
    return new Promise((resolve) => this.waiters.push({ until, resolve }));
  }

  private release(until: Offset): void {
    if (this.waiters.length === 0) return;
    const told = this.waiters.filter((waiter) => waiter.until <= until);
    this.waiters = this.waiters.filter((waiter) => waiter.until > until);
    for (const waiter of told) waiter.resolve();
  }

  /** Refuses what comes, finishes what is pending and closes the file. */
  async close(): Promise<void> {
    this.closed = true;
    this.refusal = new LogError("closed", "the log is closed");
    this.probeTimer?.cancel();
    if (this.running) await this.toldUntil(Infinity);
    await this.probing;
    this.probeTimer?.cancel();
    await this.file.close().catch(() => undefined);
  }

  private async run(): Promise<void> {
    let durable: Batch | undefined;
    while (this.filling.count > 0) {
      const batch = this.takeFilling();
      const commit = this.commit(batch).then(
        () => undefined,
        (error: unknown) => ({ error }),
      );
      // The callbacks of one batch run while the disk is busy with the next.
      this.tell(durable);
      durable = undefined;
      const failed = await commit;
      this.flushingOctets = 0;
      if (failed !== undefined) {
        await this.giveUp(batch, failed.error);
        break;
      }
      durable = batch;
      this.deps.onDurable(batch);
      if (this.filling.count > 0) continue;
      // Nothing to overlap with; what the callbacks append is taken up by this loop.
      this.tell(durable);
      durable = undefined;
    }
    this.running = false;
    this.release(Infinity);
  }

  private takeFilling(): Batch {
    const batch = this.filling;
    this.flushingOctets = batch.used;
    this.filling = this.spare.pop() ?? new Batch();
    this.filling.begin(batch.base + batch.used);
    return batch;
  }

  private tell(batch: Batch | undefined): void {
    if (batch === undefined) return;
    this.counters.appendedRecords += batch.count;
    this.counters.appendedOctets += batch.used;
    // A throw out of a callback is a bug: it rejects `run`, which ends the process.
    batch.tellDurable();
    this.release(batch.base + batch.used);
    this.recycle(batch);
  }

  private recycle(batch: Batch): void {
    batch.begin(0);
    this.spare.push(batch);
  }

  private async commit(batch: Batch): Promise<void> {
    const started = this.deps.clock.monotonicMs();
    const segment = this.deps.segments.last;
    let position = SEGMENT_HEADER_OCTETS + this.end - segment.base;
    if (this.end > segment.base && position >= this.limits.segmentOctets) {
      await this.beginSegment();
      position = SEGMENT_HEADER_OCTETS;
    }
    await writeFully(this.file, batch.buffer, batch.used, position);
    try {
      await this.file.sync();
    } catch (error) {
      // After a failed sync the kernel may take unwritten pages for clean, so a later sync of this file proves nothing.
      this.suspect = true;
      throw error;
    }
    this.end += batch.used;
    this.deps.space.wrote(batch.used);
    this.counters.commits += 1;
    const tookMs = this.deps.clock.monotonicMs() - started;
    if (tookMs > this.counters.slowestCommitMs) this.counters.slowestCommitMs = tookMs;
  }

  private async beginSegment(): Promise<void> {
    const { files, directory, segments } = this.deps;
    const at = { base: this.end, previousEnd: this.end };
    // In place of an empty segment whose file is suspect, what lies before it stays as it is.
    if (segments.last.base === this.end) at.previousEnd = segments.last.previousEnd;
    const made = await createSegment(files, directory, at);
    const old = this.file;
    this.file = made.file;
    segments.advance(made.segment);
    this.suspect = false;
    await old.close().catch(() => undefined);
  }

  /** After a failed commit: undoes it, refuses the batch and all that queued behind it, and goes to probing. */
  private async giveUp(batch: Batch, error: unknown): Promise<void> {
    this.counters.failures += 1;
    const undone = await this.undo();
    const outcome = undone ? "absent" : "unknown";
    const failure = fileError(error, "the log cannot be written");
    const queued = this.takeFilling();
    this.flushingOctets = 0;
    this.filling.begin(this.end);
    if (!this.closed) this.refusal = new LogError(failure.kind, failure.message, { cause: error });
    this.deps.logger.error("log.refusing", { directory: this.deps.directory, reason: failure.message, outcome });
    this.counters.refusedRecords += batch.count + queued.count;
    batch.tellRefused(new LogError(failure.kind, failure.message, { outcome, cause: error }));
    queued.tellRefused(new LogError(failure.kind, failure.message, { cause: error }));
    this.recycle(batch);
    this.recycle(queued);
    this.probeLater();
  }

  /** Cuts the file back to what is durable. False if that could not be made durable itself. */
  private async undo(): Promise<boolean> {
    try {
      await this.file.truncate(SEGMENT_HEADER_OCTETS + this.end - this.deps.segments.last.base);
      await this.file.sync();
      return true;
    } catch {
      this.suspect = true;
      return false;
    }
  }

  private probeLater(): void {
    if (this.closed) return;
    this.probeTimer = this.deps.clock.after(this.probeDelayMs, () => {
      this.probing = this.probe();
    });
    this.probeDelayMs = Math.min(this.probeDelayMs * 2, MAX_PROBE_MS);
  }

  /** Tries whether the disk takes as much as a batch again. */
  private async probe(): Promise<void> {
    const { files, directory, logger } = this.deps;
    const path = join(directory, PROBE_NAME);
    try {
      await withFile(await files.open(path, "create"), async (file) => {
        await writeFully(file, Buffer.alloc(PROBE_OCTETS), PROBE_OCTETS, 0);
        await file.sync();
      });
      await files.remove(path);
      if (this.suspect) await this.beginSegment();
    } catch (error) {
      await files.remove(path).catch(() => undefined);
      logger.debug("log.probe-failed", { directory, reason: fileError(error, "probe").message });
      this.probeLater();
      return;
    }
    this.probeDelayMs = FIRST_PROBE_MS;
    if (this.closed) return;
    this.refusal = undefined;
    logger.info("log.reopened", { directory });
  }
}
