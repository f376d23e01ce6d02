import { assert, AssertionError } from "../../kernel/assert.ts";
import { AppError } from "../../kernel/errors.ts";
import type { Log, LogRecord, LogStatus, RecordKind } from "../log/index.ts";
import type { Clock, Logger } from "../ports.ts";
import { cellOutcomeUnknown, cellRefuses } from "./errors.ts";
import type { ApplyContext, CellRecord, CellTable, Fact, Machine, Reducer } from "./machine.ts";
import type { SnapshotEntry } from "./state-table.ts";

/** What a cell is made of. */
export interface CellOptions {
  readonly name: string;
  readonly log: Log;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly machines: readonly Machine[];
  /** For each projected table, the offset before which everything is projected. */
  readonly projectedOffsets: ReadonlyMap<string, number>;
  /** A checkpoint is written after this many octets of log. */
  readonly checkpointEveryOctets?: number;
  /** New work is refused while more than this many changes wait for the projection. */
  readonly maxUnprojected?: number;
  /** Told how far recovery has come, in octets of log. */
  readonly onProgress?: (doneOctets: number, totalOctets: number) => void;
}

/** How a commit ended, for callers that cannot afford a promise. */
export type CommitCallback = (error: AppError | undefined, outcome: unknown) => void;

const CHECKPOINT_EVERY_OCTETS = 128 * 1024 * 1024;
const MAX_UNPROJECTED = 2_000_000;
const SNAPSHOT_BATCH = 500;
/** The log takes 16 MiB in one chunk; a character is at most three octets, and one entry at most a record's worth more. */
const MAX_CHUNK_CHARACTERS = 1024 * 1024;

/**
 * A cell's state: machines in memory over one log. A record is durable before it is
 * applied, applied before its effects run, and applied again in the same order at the
 * next start.
 */
export class Cell {
  readonly name: string;
  private readonly options: CellOptions;
  private readonly log: Log;
  private readonly clock: Clock;
  private readonly logger: Logger;
  private readonly machines: readonly Machine[];
  private readonly tables: CellTable[] = [];
  private readonly reducers = new Map<string, Reducer>();
  private readonly listeners = new Map<string, Reducer[]>();
  private readonly checkpointEveryOctets: number;
  private readonly maxUnprojected: number;
  private appliedEnd = 0;
  private checkpointAt = 0;
  private pending = 0;
  private idle: (() => void) | undefined;
  private checkpointing: Promise<void> | undefined;
  private effects: (() => void)[] = [];
  /** What the contexts of records reach of this cell. */
  private readonly host: ContextHost = {
    addEffect: (run) => {
      if (this.live) this.effects.push(run);
    },
    tell: (fact, context) => {
      for (const listener of this.listeners.get(fact.kind) ?? []) listener(fact, context);
    },
  };
  private live = false;
  private closed = false;

  constructor(options: CellOptions) {
    this.options = options;
    this.name = options.name;
    this.log = options.log;
    this.clock = options.clock;
    this.logger = options.logger;
    this.machines = options.machines;
    this.checkpointEveryOctets = options.checkpointEveryOctets ?? CHECKPOINT_EVERY_OCTETS;
    this.maxUnprojected = options.maxUnprojected ?? MAX_UNPROJECTED;
    for (const machine of options.machines) this.register(machine);
  }

  private register(machine: Machine): void {
    for (const table of machine.tables) {
      assert(!this.tables.some((other) => other.name === table.name), `table ${table.name} is registered once`);
      this.tables.push(table);
    }
    for (const [kind, reducer] of Object.entries(machine.reducers)) {
      assert(!this.reducers.has(kind), `record kind ${kind} belongs to one machine`);
      this.reducers.set(kind, reducer);
    }
    for (const [kind, listener] of Object.entries(machine.listeners ?? {})) {
      this.listeners.set(kind, [...(this.listeners.get(kind) ?? []), listener]);
    }
  }

  /** Rebuilds the state from the last checkpoint and the log's tail, then lets the machines resume. Before anything else. */
  async recover(): Promise<void> {
    assert(!this.live, "a cell recovers once");
    await this.rebuild();
    this.live = true;
    for (const machine of this.machines) machine.recovered?.();
  }

  private async rebuild(): Promise<void> {
    const { options } = this;
    const checkpoint = await this.log.readCheckpoint();
    let from = this.log.start;
    if (checkpoint !== undefined) {
      const byName = new Map(this.tables.map((table) => [table.name, table]));
      for await (const chunk of checkpoint.chunks) restoreChunk(chunk, byName);
      from = checkpoint.offset;
    }
    for (const table of this.tables) table.finishRestore(options.projectedOffsets.get(table.name) ?? 0);
    for (const machine of this.machines) machine.restored?.();
    this.checkpointAt = from;
    this.appliedEnd = from;
    const total = this.log.durableEnd - from;
    for await (const batch of this.log.read(from)) {
      for (const record of batch) this.replay(record);
      options.onProgress?.(this.appliedEnd - from, total);
    }
  }

  private replay(record: LogRecord): void {
    const parsed = JSON.parse(record.payload.toString("utf8")) as CellRecord | CellRecord[];
    for (const one of Array.isArray(parsed) ? parsed : [parsed]) this.apply(one, record.offset, one.at ?? 0);
    this.appliedEnd = record.next;
  }

  private apply(record: CellRecord, offset: number, atMs: number): unknown {
    const reducer = this.reducers.get(record.kind);
    if (reducer === undefined) throw new AssertionError(`there is no reducer for ${record.kind}`);
    for (const table of this.tables) table.setOffset(offset);
    return reducer(record, new RecordContext(this.host, offset, atMs));
  }

  /**
   * Makes a record durable, applies it, and resolves to what its reducer returned.
   * `new-work` is refused while the cell cannot take more; `progress` on accepted work
   * only when the log itself cannot write. Rejects with an {@link AppError} that may be
   * retried later; then nothing happened.
   */
  commit<T = unknown>(record: CellRecord, kind: RecordKind = "new-work"): Promise<T> {
    return new Promise((resolve, reject) => {
      this.commitThen(record, kind, (error, outcome) => {
        if (error !== undefined) reject(error);
        else resolve(outcome as T);
      });
    });
  }

  /** As {@link commit}, with a callback instead of a promise, for paths that run thousands of times a second. */
  commitThen(record: CellRecord, kind: RecordKind, done: CommitCallback): void {
    this.append([record], kind, (error, outcomes) => done(error, outcomes[0]));
  }

  /** Commits several records as one: after a crash all of them happened, or none. Resolves to their outcomes in order. */
  commitAll(records: readonly CellRecord[], kind: RecordKind = "new-work"): Promise<unknown[]> {
    return new Promise((resolve, reject) => {
      this.commitAllThen(records, kind, (error, outcomes) => (error === undefined ? resolve(outcomes) : reject(error)));
    });
  }

  /** As {@link commitAll}, with a callback instead of a promise. */
  commitAllThen(
    records: readonly CellRecord[],
    kind: RecordKind,
    done: (error: AppError | undefined, outcomes: unknown[]) => void,
  ): void {
    this.append(records, kind, done);
  }

  private append(
    records: readonly CellRecord[],
    kind: RecordKind,
    done: (error: AppError | undefined, outcomes: unknown[]) => void,
  ): void {
    if (this.closed) return done(new AppError(cellRefuses, { reason: "it is shutting down" }), []);
    if (kind === "new-work" && this.unprojected() > this.maxUnprojected) {
      return done(new AppError(cellRefuses, {}, { internal: "the projection is too far behind" }), []);
    }
    const atMs = this.clock.nowMs();
    const payload = encodeRecords(records, atMs);
    this.pending += 1;
    this.log.append(kind, payload, (failure, offset, next) => {
      this.pending -= 1;
      if (failure !== undefined) {
        const spec = failure.outcome === "unknown" ? cellOutcomeUnknown : cellRefuses;
        done(new AppError(spec, {}, { internal: failure.message, cause: failure }), []);
      } else {
        const outcomes = records.map((record) => this.apply(record, offset, atMs));
        this.appliedEnd = next;
        done(undefined, outcomes);
        this.runEffects();
        if (next - this.checkpointAt >= this.checkpointEveryOctets) void this.checkpoint();
      }
      if (this.pending === 0) this.idle?.();
    });
  }

  private runEffects(): void {
    // An effect may commit, never apply; so the list cannot grow while it runs.
    const effects = this.effects;
    if (effects.length === 0) return;
    this.effects = [];
    for (const run of effects) run();
  }

  /** How the cell's log is doing. */
  logStatus(): LogStatus {
    return this.log.status();
  }

  /** The end of what has been applied. */
  get end(): number {
    return this.appliedEnd;
  }

  /** Changes that wait for the projection. */
  unprojected(): number {
    let count = 0;
    for (const table of this.tables) count += table.dirtyCount;
    return count;
  }

  /** Writes a checkpoint of all tables while work goes on; a second call joins the first. */
  checkpoint(): Promise<void> {
    this.checkpointing ??= this.writeCheckpoint().finally(() => {
      this.checkpointing = undefined;
    });
    return this.checkpointing;
  }

  private async writeCheckpoint(): Promise<void> {
    const offset = this.appliedEnd;
    const started = this.clock.monotonicMs();
    this.checkpointAt = offset;
    for (const table of this.tables) table.beginSnapshot();
    try {
      await this.log.writeCheckpoint(offset, readSnapshots(this.tables));
      // The log keeps what the older of its two checkpoints needs, whatever is asked.
      await this.log.retain(offset);
      const tookMs = Math.round(this.clock.monotonicMs() - started);
      this.logger.info("cell.checkpoint", { cell: this.name, offset, tookMs });
    } catch (error) {
      // The log still reaches back to the last good checkpoint, so only the next start is slower.
      this.logger.error("cell.checkpoint-failed", { cell: this.name, reason: String(error) });
    } finally {
      for (const table of this.tables) table.endSnapshot();
    }
  }

  /** Stops taking records, writes a last checkpoint and closes the log. */
  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    if (this.pending > 0) await new Promise<void>((resolve) => (this.idle = resolve));
    await this.checkpointing;
    await this.checkpoint();
    await this.log.close();
  }
}

interface ContextHost {
  addEffect(run: () => void): void;
  tell(fact: Fact, context: ApplyContext): void;
}

/** One for each record that is applied; a class, because there are tens of thousands a second. */
class RecordContext implements ApplyContext {
  readonly offset: number;
  readonly atMs: number;
  private readonly host: ContextHost;

  constructor(host: ContextHost, offset: number, atMs: number) {
    this.host = host;
    this.offset = offset;
    this.atMs = atMs;
  }

  effect(run: () => void): void {
    this.host.addEffect(run);
  }

  emit(fact: Fact): void {
    this.host.tell(fact, this);
  }
}

/** Records as they stand in the log: JSON, an array where several were committed as one, each with its time. */
function encodeRecords(records: readonly CellRecord[], atMs: number): string {
  // The time is written into the text, because copying each record for it costs more than the rest.
  const stamp = `,"at":${atMs}}`;
  const encoded = records.map((record) => JSON.stringify(record).slice(0, -1) + stamp);
  return encoded.length === 1 ? (encoded[0] ?? "") : `[${encoded.join(",")}]`;
}

function restoreChunk(chunk: Buffer, tables: ReadonlyMap<string, CellTable>): void {
  for (const line of chunk.toString("utf8").split("\n")) {
    if (line === "") continue;
    const [name, ...entry] = JSON.parse(line) as [string, ...SnapshotEntry<never>];
    tables.get(name)?.restore(entry);
  }
}

async function* readSnapshots(tables: readonly CellTable[]): AsyncIterable<string> {
  for (const table of tables) {
    for (const lines of table.readSnapshot(SNAPSHOT_BATCH)) {
      yield* cutChunks(lines);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

/** A batch holds all that changed while the one before it was written, which is without bound. */
function* cutChunks(lines: readonly string[]): IterableIterator<string> {
  let chunk: string[] = [];
  let characters = 0;
  for (const line of lines) {
    if (characters > 0 && characters + line.length > MAX_CHUNK_CHARACTERS) {
      yield `${chunk.join("\n")}\n`;
      chunk = [];
      characters = 0;
    }
    chunk.push(line);
    characters += line.length + 1;
  }
  if (chunk.length > 0) yield `${chunk.join("\n")}\n`;
}
