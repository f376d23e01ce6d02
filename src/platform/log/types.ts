import type { Clock, Logger } from "../ports.ts";
import type { Files } from "./files.ts";
import type { LogError } from "./log-error.ts";

/**
 * A position in the whole log, in octets of frames since its beginning. The
 * offset of a record is where its frame starts. Offsets of durable records grow
 * and are never used again; they do not depend on how the log is cut into files.
 */
export type Offset = number;

/** A durable record as it is read back. */
export interface LogRecord {
  readonly offset: Offset;
  /** The offset after this record: where a projection that stored this one goes on. */
  readonly next: Offset;
  /** A view into a larger buffer that is never written again; copy what is kept for long. */
  readonly payload: Buffer;
}

/**
 * What a record is for, which decides who may still write when room runs short.
 * `new-work` takes on something that was not promised yet (an accepted message):
 * it is refused first. `progress` is about work that was accepted (attempts,
 * receipts, results): it may use the disk's reserve and the whole queue.
 */
export type RecordKind = "new-work" | "progress";

/**
 * Tells the fate of one append, exactly once and never before `append` returned.
 * Without an error the record is durable. With one, `offset` and `next` are -1,
 * and `error.outcome` says whether the record is certainly absent.
 */
export type AppendDone = (error: LogError | undefined, offset: Offset, next: Offset) => void;

/** What {@link Log.status} shows. Counters count from opening. */
export interface LogStatus {
  /** `refusing` after a failed write or sync, until a probe succeeds. */
  readonly state: "open" | "refusing" | "closed";
  /** False as well while the disk's reserve is touched; `progress` is then still taken. */
  readonly acceptsNewWork: boolean;
  /** Why new work is refused, for the operator. */
  readonly reason: string | undefined;
  readonly start: Offset;
  readonly durableEnd: Offset;
  readonly segments: number;
  /** Octets that wait for the disk now. */
  readonly pendingOctets: number;
  /** Free disk space when last asked, less what was written since. `undefined` where it cannot be told. */
  readonly freeOctets: number | undefined;
  readonly appendedRecords: number;
  readonly appendedOctets: number;
  readonly refusedRecords: number;
  /** Group commits; `appendedRecords / commits` is how many shared one. */
  readonly commits: number;
  /** Failed writes, syncs and segment creations. */
  readonly failures: number;
  /** Time of the slowest group commit, write and sync together. */
  readonly slowestCommitMs: number;
}

/** What a follower is told. */
export interface FollowListener {
  /**
   * Gets the next durable records in order, one batch at a time: the following
   * batch comes after the promise resolves. A follower that is slow never holds
   * up the writer; it goes on from the files. A throw or rejection ends the
   * subscription with `onError`.
   */
  onRecords(records: readonly LogRecord[]): void | Promise<void>;
  /** The subscription has ended: a corrupt or deleted record, a read error, or what `onRecords` threw. */
  onError(error: Error): void;
}

/** A running subscription. */
export interface Subscription {
  /** The offset after the last record whose `onRecords` completed. */
  readonly position: Offset;
  /** Stops. Resolves when a batch that is being handled has been handled; no other is delivered. Not to be awaited within `onRecords`. */
  close(): Promise<void>;
}

/** A checkpoint that was found whole. */
export interface Checkpoint {
  /** The log offset that the state in it includes everything before. */
  readonly offset: Offset;
  /** The chunks as they were given to `writeCheckpoint`. Each was verified before this was handed out, and is again as it is read. */
  readonly chunks: AsyncIterable<Buffer>;
}

/**
 * An append-only log of records. Acknowledged means durable; a flipped bit is
 * found and never served; a full disk refuses new records and loses none.
 */
export interface Log {
  /**
   * Adds one record of 1 to `maxRecordOctets` octets; a string is stored as
   * UTF-8. The payload is copied before this returns. Records that arrive while
   * the disk is busy share the next write and the next fdatasync. Successful
   * `done` calls come in the order of the appends; a refusal may overtake them.
   */
  append(kind: RecordKind, payload: Uint8Array | string, done: AppendDone): void;
  /** Resolves when the fate of everything appended so far has been told. */
  flush(): Promise<void>;
  /** The offset after the last durable record. */
  readonly durableEnd: Offset;
  /** The offset of the oldest record that is still kept. */
  readonly start: Offset;
  /**
   * The durable records from `from`, which must be `start`, `durableEnd` or an offset
   * or `next` that this log gave out, up to the durable end at the time of the call.
   * Memory is bounded by one batch. Throws {@link LogError} of kind `corrupt`, `gone` or `io` as it goes.
   */
  read(from: Offset): AsyncIterable<LogRecord[]>;
  /** Delivers all durable records from `from` on, as they become durable, until closed. */
  follow(from: Offset, listener: FollowListener): Subscription;
  /**
   * Deletes whole segments that lie before `minimum`. Never deletes what the
   * older of the two kept checkpoints still needs. Rejects with `io`.
   */
  retain(minimum: Offset): Promise<void>;
  /**
   * Stores a state that includes every record before `offset`, which must be
   * durable. Atomic: a crash leaves the previous ones. The last two are kept. One
   * at a time. A chunk has 1 to 16 MiB octets. Rejects with `disk-full` or `io`, or what `chunks` throws.
   */
  writeCheckpoint(
    offset: Offset,
    chunks: AsyncIterable<Uint8Array | string> | Iterable<Uint8Array | string>,
  ): Promise<void>;
  /** The newest checkpoint that is whole and that the log still reaches back to, or `undefined`; a damaged one is reported to the logger. */
  readCheckpoint(): Promise<Checkpoint | undefined>;
  status(): LogStatus;
  /** Refuses further appends, waits for what is pending, ends the followers, and gives up the lock. Idempotent. */
  close(): Promise<void>;
}

/** How to open a log. Sizes are octets. */
export interface LogOptions {
  /** A folder of its own on a local disk; created where missing. */
  readonly directory: string;
  readonly logger: Logger;
  readonly clock: Clock;
  /** A new segment is begun when one has reached this size (default 64 MiB). */
  readonly segmentOctets?: number;
  /** Default 1 MiB, at most 16 MiB. */
  readonly maxRecordOctets?: number;
  /** Bound of what waits for the disk (default 16 MiB). `new-work` may use half of it, `progress` all. */
  readonly maxPendingOctets?: number;
  /** Free disk space below which `new-work` is refused (default 256 MiB). */
  readonly reserveOctets?: number;
  /** Cuts the log before the first damaged record instead of refusing to open. What is cut is kept beside it in a `.damaged` file. */
  readonly repair?: boolean;
  /** The file system; for tests. */
  readonly files?: Files;
}
