import { dirname, join } from "node:path";
import { assert } from "../../kernel/assert.ts";
import type { Batch } from "./batch.ts";
import { Checkpoints } from "./checkpoint.ts";
import { Cursor } from "./cursor.ts";
import { fileError } from "./file-io.ts";
import type { Files } from "./files.ts";
import { writeFloor } from "./floor.ts";
import { Follower, MAX_SHARED_OCTETS } from "./follower.ts";
import { MAX_PAYLOAD_OCTETS } from "./frame.ts";
import { nodeFiles } from "./node-files.ts";
import { recover } from "./recover.ts";
import type { Recovered } from "./recover.ts";
import { SegmentList } from "./segments.ts";
import { SpaceWatch } from "./space.ts";
import type {
  AppendDone,
  Checkpoint,
  FollowListener,
  Log,
  RecordKind,
  LogOptions,
  LogRecord,
  LogStatus,
  Offset,
  Subscription,
} from "./types.ts";
import { Writer } from "./writer.ts";

const MIB = 1024 * 1024;
const DEFAULTS = {
  segmentOctets: 64 * MIB,
  maxRecordOctets: MIB,
  maxPendingOctets: 16 * MIB,
  reserveOctets: 256 * MIB,
};

/**
 * Opens the log in a folder, or begins one, and takes the folder for this process.
 * Rejects with `LogError`: `in-use`, `corrupt` (with file and offset), `disk-full` or `io`.
 */
export async function openLog(options: LogOptions): Promise<Log> {
  const files = options.files ?? nodeFiles;
  const { directory, logger } = options;
  let unlock: (() => Promise<void>) | undefined;
  try {
    await files.makeDirectory(directory);
    unlock = await files.lock(directory);
    await files.syncDirectory(dirname(directory)).catch(() => undefined);
    const recovered = await recover({ files, directory, logger, repair: options.repair ?? false });
    const log = new FileLog(options, files, { ...recovered, unlock });
    await log.space.start();
    return log;
  } catch (error) {
    await unlock?.().catch(() => undefined);
    throw fileError(error, `the log in ${directory} cannot be opened`);
  }
}

class FileLog implements Log {
  private readonly deps: { files: Files; directory: string; logger: LogOptions["logger"] };
  private readonly segments: SegmentList;
  private readonly checkpoints: Checkpoints;
  private readonly writer: Writer;
  private readonly followers = new Set<Follower>();
  private readonly unlock: () => Promise<void>;
  private retaining: Promise<void> = Promise.resolve();
  private closing: Promise<void> | undefined;
  readonly space: SpaceWatch;

  constructor(options: LogOptions, files: Files, opened: Recovered & { unlock: () => Promise<void> }) {
    const { directory, logger, clock } = options;
    this.deps = { files, directory, logger };
    this.unlock = opened.unlock;
    this.segments = new SegmentList(opened.segments);
    this.checkpoints = new Checkpoints(this.deps, opened.checkpoints);
    this.space = new SpaceWatch({ ...this.deps, clock }, options.reserveOctets ?? DEFAULTS.reserveOctets);
    const limits = {
      segmentOctets: options.segmentOctets ?? DEFAULTS.segmentOctets,
      maxRecordOctets: options.maxRecordOctets ?? DEFAULTS.maxRecordOctets,
      maxPendingOctets: options.maxPendingOctets ?? DEFAULTS.maxPendingOctets,
    };
    assert(limits.maxRecordOctets <= MAX_PAYLOAD_OCTETS, "maxRecordOctets is at most 16 MiB");
    const { segments, space } = this;
    const onDurable = (batch: Batch): void => this.wakeFollowers(batch);
    this.writer = new Writer({ ...this.deps, clock, segments, space, onDurable }, limits, opened);
  }

  append(kind: RecordKind, payload: Uint8Array | string, done: AppendDone): void {
    this.writer.append(kind, payload, done);
  }

  flush(): Promise<void> {
    return this.writer.flush();
  }

  get durableEnd(): Offset {
    return this.writer.durableEnd;
  }

  get start(): Offset {
    return this.segments.start;
  }

  read(from: Offset): AsyncIterable<LogRecord[]> {
    const to = this.durableEnd;
    assert(from <= to, `offset ${from} is durable`);
    return this.readUntil(new Cursor({ ...this.deps, segments: this.segments }, from), to);
  }

  private async *readUntil(cursor: Cursor, to: Offset): AsyncGenerator<LogRecord[], void> {
    try {
      for (;;) {
        const records = await cursor.next(to);
        if (records === undefined) return;
        yield records;
      }
    } finally {
      await cursor.close();
    }
  }

  follow(from: Offset, listener: FollowListener): Subscription {
    assert(from <= this.durableEnd, `offset ${from} is durable`);
    assert(this.closing === undefined, "an open log is followed");
    const cursor = new Cursor({ ...this.deps, segments: this.segments }, from);
    const follower = new Follower(cursor, listener, {
      durableEnd: () => this.durableEnd,
      ended: (self) => this.followers.delete(self),
    });
    this.followers.add(follower);
    return follower;
  }

  private wakeFollowers(batch: Batch): void {
    let shared: Buffer | undefined;
    for (const follower of this.followers) {
      if (batch.used > MAX_SHARED_OCTETS || !follower.waitsAt(batch.base)) {
        follower.wake();
        continue;
      }
      shared ??= Buffer.from(batch.buffer.subarray(0, batch.used));
      follower.wake({ base: batch.base, frames: shared });
    }
  }

  retain(minimum: Offset): Promise<void> {
    const retained = this.retaining.then(() => this.removeBefore(minimum));
    this.retaining = retained.catch(() => undefined);
    return retained;
  }

  private async removeBefore(minimum: Offset): Promise<void> {
    const limit = Math.min(minimum, this.checkpoints.oldest ?? minimum);
    const { files, directory } = this.deps;
    let removed = false;
    try {
      while ((this.segments.second?.base ?? Infinity) <= limit) {
        const { name } = this.segments.first;
        // Out of the list first, so that nobody opens it; a file that stays is found again at the next opening.
        this.segments.removeFirst();
        await files.remove(join(directory, name));
        removed = true;
      }
      if (removed) await files.syncDirectory(directory);
    } catch (error) {
      throw fileError(error, "old log segments cannot be removed");
    }
  }

  async writeCheckpoint(
    offset: Offset,
    chunks: AsyncIterable<Uint8Array | string> | Iterable<Uint8Array | string>,
  ): Promise<void> {
    assert(offset >= this.start && offset <= this.durableEnd, `checkpoint offset ${offset} is in the log`);
    await this.checkpoints.write(offset, chunks);
  }

  readCheckpoint(): Promise<Checkpoint | undefined> {
    return this.checkpoints.read(this.start, this.durableEnd);
  }

  status(): LogStatus {
    const failure = this.writer.failure;
    const state = this.closing !== undefined ? "closed" : failure === undefined ? "open" : "refusing";
    const reserve = this.space.reserveTouched ? "the disk is down to its reserve" : undefined;
    return {
      state,
      acceptsNewWork: failure === undefined && !this.space.reserveTouched,
      reason: failure?.message ?? reserve,
      start: this.start,
      durableEnd: this.durableEnd,
      segments: this.segments.count,
      pendingOctets: this.writer.pendingOctets,
      freeOctets: this.space.freeOctets,
      ...this.writer.counters,
    };
  }

  close(): Promise<void> {
    this.closing ??= this.shutDown();
    return this.closing;
  }

  private async shutDown(): Promise<void> {
    this.space.close();
    await this.writer.close();
    await Promise.all([...this.followers].map((follower) => follower.close()));
    await this.retaining;
    try {
      await writeFloor(this.deps.files, this.deps.directory, this.durableEnd);
    } catch (error) {
      // It only sharpens a check at the next opening.
      this.deps.logger.warn("log.durable-end-not-noted", { directory: this.deps.directory, reason: String(error) });
    }
    await this.unlock();
  }
}
