/**
 * What a module says of the data that it keeps for an account, so that an account can
 * move to another cell. The move itself knows no module: it copies rows and entries,
 * compares them, and takes them away again.
 */
import type { Row } from "../ports.ts";

/** A main account with its subaccounts, as the cell that has it knows it. */
export interface Family {
  readonly mainSid: string;
  /** The main account first. At most {@link MAX_FAMILY_ACCOUNTS}. */
  readonly accountSids: readonly string[];
  /** Their phone numbers and short codes, as their rows have them. */
  readonly numbers: readonly string[];
}

/** The most accounts of one family that can be moved. */
export const MAX_FAMILY_ACCOUNTS = 10_000;

/**
 * A table with rows of accounts. All texts are SQL over the alias `t`; they are written by
 * modules, never made of what a request brought.
 */
export interface MovableTable {
  readonly name: string;
  /** Whether a row is of the family: a condition on `t` with `$1`, the account SIDs as `text[]`. */
  readonly owned: string;
  /** What a row is found by, unique and never changed: an expression over `t`. Rows are copied in its order. */
  readonly key: string;
  /** `text` is compared octet by octet (collation C). `uuid` should have an index on (`account_sid`, `key`). */
  readonly keyType: "text" | "uuid";
  /** The columns of the primary key, for `on conflict`. */
  readonly primaryKey: string;
  /** Very many rows, which are copied ahead, while the account is served; it has a column `account_sid`. */
  readonly isHistory?: true;
  /**
   * Of history: an SQL expression that becomes another one with every change of a row. By it
   * the cells compare what was copied and compared as a whole before, while the account waits.
   */
  readonly stamp?: string;
  /** Columns that do not travel, and what they are in a new row: each an SQL expression. */
  readonly local?: Readonly<Record<string, string>>;
  /** Where a row of this key may belong to somebody else: `$2` are the SIDs of accounts whose rows may be written over, as `text[]`. */
  readonly mayReplace?: string;
  /** An SQL expression over `t` for what requests are routed by: an account SID, a key SID or a phone number. */
  readonly routeKey?: string;
  /** The `set` list that stands for deleting a row that stays behind: in the cell that the account left, and where a move was called off. */
  readonly emptied?: { readonly left: string; readonly calledOff: string };
  /** Rows that the old cell goes on changing after the move, by work that it had accepted. */
  readonly tail?: MovableTail;
  /** The keys of the blobs that belong to a row. They are copied before it and removed before it. */
  readonly blobs?: (row: Row) => readonly string[];
}

/** How rows follow that change in the old cell after the move. Only for `uuid` keys that begin with the time (UUIDv7). */
export interface MovableTail {
  /** A condition on `t`: the row may still change by itself. */
  readonly open: string;
  /** The `set` list of the target, which is `t`, from `e`, the row as it came: only what the old cell may still change. */
  readonly update: string;
  /** Rows whose key is younger than this count as changing, whatever they say of themselves. */
  readonly marginMs: number;
}

/** One entry of a cell's state that is in its log and in no table. The value survives JSON. */
export type MovableEntry = readonly [key: string, value: unknown];

/** State of accounts that lives in the cell's log. */
export interface MovableRecords {
  readonly name: string;
  /** All entries of the family, in any order. */
  list(family: Family): readonly MovableEntry[];
  /** Makes entries durable in this cell's log; with `isFirst` what there was of the family is forgotten before. */
  put(family: Family, entries: readonly MovableEntry[], isFirst: boolean): Promise<void>;
  /** Forgets all entries of the family, durably. */
  forget(family: Family): Promise<void>;
}

/** What a module tells a move. One for each module of a cell, in an order in which rows can be inserted. */
export interface Movable {
  readonly name: string;
  readonly tables?: readonly MovableTable[];
  readonly records?: readonly MovableRecords[];
  /** The account with its subaccounts; `undefined` where the SID is no main account of this cell. One module has it. */
  family?(mainSid: string): Promise<readonly string[] | undefined>;
  /** Keys of rows of a table with a tail that are in memory, so that their row may still change. */
  changing?(family: Family, table: string): Iterable<string>;
  /** Messages that could be handed over soon: what {@link pending} counts and a short wait makes fewer. */
  queued?(family: Family): number;
  /** Work of the family that this cell has accepted and not finished, beside open rows. */
  pending?(family: Family): number;
  /** Resolves when everything that was committed before has been applied. */
  settled?(): Promise<void>;
  /** Rows and entries of the family are there: what memory holds is read anew. */
  arrived?(family: Family): Promise<void>;
  /** Rows and entries of the family are gone. */
  departed?(family: Family): Promise<void>;
}
