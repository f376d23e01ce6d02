import type { SnapshotEntry } from "./state-table.ts";

/**
 * One thing that happened, as it stands in the cell's log. Plain data; `kind` names
 * the reducer, for example `message.accepted`. `at` is stamped by the cell.
 */
export interface CellRecord {
  readonly kind: string;
  readonly at?: number;
}

/** What a record led to, told to other machines of the cell in the same step, for example `webhook.requested`. */
export interface Fact {
  readonly kind: string;
}

/** What a reducer may use beside the record and the machine's own tables. */
export interface ApplyContext {
  /** Where the record stands in the log. */
  readonly offset: number;
  /** When the record was appended, in epoch milliseconds. The only time a reducer may know. */
  readonly atMs: number;
  /** Runs `run` after the record is applied, and never while the log is replayed at start. */
  effect(run: () => void): void;
  /** Tells the other machines of this cell, at once and again on every replay. */
  emit(fact: Fact): void;
}

/**
 * A reducer: changes the machine's tables as the record says and returns what the
 * committer is told. It must be a function of the tables, the record and the context
 * alone, because it runs again on every start.
 */
// eslint-disable-next-line typescript/no-explicit-any -- the registry holds reducers of every record type
export type Reducer = (record: any, context: ApplyContext) => unknown;

/**
 * What a cell needs of a table: that it says what waits for the projection, and can be written into a
 * checkpoint while records go on changing it. `StateTable` is the usual one; a machine with very many
 * small numbers may keep them in another form.
 */
export interface CellTable {
  /** Unique in the cell. */
  readonly name: string;
  /** Changes that wait for the projection; 0 where nothing is projected. */
  readonly dirtyCount: number;
  /** The offset of the record that is applied next. */
  setOffset(offset: number): void;
  /** Fixes a snapshot of the table as it is now, in a few milliseconds at most. */
  beginSnapshot(): void;
  /** The lines of that snapshot: JSON arrays of the table's name and a {@link SnapshotEntry}. Other work is done between the batches. */
  readSnapshot(batchSize: number): IterableIterator<string[]>;
  /** Ends the snapshot, read or not; called twice it does nothing. */
  endSnapshot(): void;
  /** Takes an entry of a snapshot, in the order in which they were written. */
  restore(entry: SnapshotEntry<never>): void;
  /** After the last entry, and where there was no checkpoint, too. */
  finishRestore(projectedOffset: number): void;
}

/** A state machine that lives in the cell: tables in memory, changed only by records of the cell's log. */
export interface Machine {
  readonly name: string;
  readonly tables: readonly CellTable[];
  /** By record kind. A kind belongs to one machine. */
  readonly reducers: Readonly<Record<string, Reducer>>;
  /** By fact kind. Any number of machines may listen to one kind. */
  readonly listeners?: Readonly<Record<string, Reducer>>;
  /** Called once after a checkpoint was restored and before the log's tail is replayed, to rebuild indexes. */
  restored?(): void;
  /** Called once, when the state stands as the log left it, before new work is accepted. */
  recovered?(): void;
}
