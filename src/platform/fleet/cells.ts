/** What a cell runs, by the affinity of its work. Services that call each other at run time share a cell. */
export type CellType = "messaging" | "realtime" | "async" | "verify";

/** For whom a cell is, and what is promised to them. */
export type Tier = "enterprise" | "mid-market" | "smb";

export const CELL_TYPES: readonly CellType[] = ["messaging", "realtime", "async", "verify"];
export const TIERS: readonly Tier[] = ["enterprise", "mid-market", "smb"];

/** The most cells of one system: their numbers are 12 bits of every SID that they mint. */
export const MAX_CELLS = 4_095;

/** Where a cell takes requests. */
export interface CellAddress {
  readonly host: string;
  readonly port: number;
}

/** Whether accounts are placed in a cell: `open`; none any more, and those in it move out: `draining`; it is gone: `removed`. */
export type CellState = "open" | "draining" | "removed";

/** One cell, as the control plane and every edge know it. */
export interface CellDescriptor {
  /** For example `messaging-2`. Never used again for another cell. */
  readonly name: string;
  /** 1 to {@link MAX_CELLS}; stands, hidden, in the SIDs that the cell mints. Never used again for another cell. */
  readonly number: number;
  readonly type: CellType;
  readonly tier: Tier;
  /** For example `us1`. */
  readonly region: string;
  readonly address: CellAddress;
  readonly state: CellState;
}

/** Where an account, or a phone number, is at home. */
export interface Home {
  /** The name of the cell. */
  readonly cell: string;
  /** Grows with every move, so that of two answers the newer one is known. */
  readonly epoch: number;
}
