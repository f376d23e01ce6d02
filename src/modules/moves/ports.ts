/** What a move needs of the rest of the system. Given by entry. */
import type { CellDescriptor, Home, HomeGate, Movable } from "../../platform/fleet/index.ts";
import type { BlobStore, Clock, Database, Logger } from "../../platform/ports.ts";

/**
 * Asks another cell. Resolves to the JSON that it answered with 200. Rejects when it does
 * not answer, or answers anything else; then it may or may not have done what was asked.
 */
export interface CellCaller {
  call(cell: string, method: "GET" | "POST", path: string, json: unknown): Promise<unknown>;
}

/** Account SIDs, key SIDs and numbers that get a new home. */
export interface HomeMove {
  readonly keys: readonly string[];
  readonly from: string;
  readonly to: string;
  readonly epoch: number;
}

/** Where accounts are at home, as the control plane has it. */
export interface Homes {
  /** The messaging cell of an account; `undefined` where none is written down or follows from the SID. */
  find(accountSid: string): Promise<Home | undefined>;
  /** A cell by name. */
  cell(name: string): Promise<CellDescriptor | undefined>;
  /** The cell that an account of this one should go to; `undefined` where none has room. */
  place(from: CellDescriptor): Promise<CellDescriptor | undefined>;
  /**
   * Gives all keys their new home in one transaction, or none. Keys that have this home and
   * epoch already are left alone, so that it can be said twice. Rejects with an `AppError`
   * below 500 where it will never be done: a key is elsewhere, or the cell is full or gone.
   */
  move(move: HomeMove): Promise<void>;
}

/** What a cell's side of moves works with. */
export interface CellMovesDeps {
  readonly database: Database;
  readonly blobs: BlobStore;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly gate: HomeGate;
  /** In an order in which rows can be inserted: accounts first. */
  readonly movables: readonly Movable[];
  readonly caller: CellCaller;
  /** Projects everything that has changed. Resolves to whether the database took it. */
  readonly flush: () => Promise<boolean>;
  /** The operator's account stays where it is. */
  readonly isOperator: (accountSid: string) => boolean;
}
