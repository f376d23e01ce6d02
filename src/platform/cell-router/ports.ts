import type { CellDescriptor, CellType, Home, Tier } from "../fleet/index.ts";

/** The epoch of a home that follows from a SID's hint alone: older than any that was written down. */
export const HINTED_EPOCH = 0;
/** The epoch of a home that was assigned and never moved. */
export const FIRST_EPOCH = 1;
/** The longest key of a home: a SID has 34 characters, a phone number at most 16. */
export const MAX_KEY_CHARACTERS = 64;

const ROUTE_KEY = /^[A-Za-z0-9+_-]{1,64}$/;

/** True for what can have a home: a SID, a phone number, or a name of their alphabet. */
export function isRouteKey(key: string): boolean {
  return key.length <= MAX_KEY_CHARACTERS && ROUTE_KEY.test(key);
}

/** What is asked of a cell for a new account. */
export interface Placement {
  readonly type: CellType;
  readonly tier: Tier;
  readonly region: string;
}

/** A wish to have a home written down for a key that may have none yet. */
export interface Assignment extends Placement {
  /** An account SID. */
  readonly key: string;
  /** Only this cell, for what was made there already. */
  readonly cell?: string;
}

/** A home that changed: `cell` is absent where the key has none any more. */
export interface HomeChange {
  readonly key: string;
  readonly type: CellType;
  readonly cell: string | undefined;
  readonly epoch: number;
}

/** What changed since a cursor. */
export interface HomeChanges {
  readonly changes: readonly HomeChange[];
  /** Where the next look goes on. */
  readonly cursor: string;
  /** Whether there is more at once. */
  readonly hasMore: boolean;
  /** Whether the cursor was not known here (another database, restored from a copy), and these are the first of all homes. */
  readonly restarted: boolean;
}

/**
 * The routing table: homes and cells, written down for good. Implemented over PostgreSQL
 * by `modules/cells`. Every call rejects while it cannot be reached.
 */
export interface HomeTable {
  /** Resolves to `undefined` for a key without a home of this type. */
  find(key: string, type: CellType): Promise<Home | undefined>;
  /**
   * The home that the key has, or else gets now. Of first requests that race, in whatever
   * processes, all get the same. Rejects with 503/20503 where no cell has room.
   */
  assign(assignment: Assignment): Promise<Home>;
  /** At most `limit` changes since a cursor of an earlier answer, or `""` for all homes. None is left out; one may come twice. */
  homesSince(cursor: string, limit: number): Promise<HomeChanges>;
  /** Every cell that ever was, `removed` ones too. */
  cells(): Promise<readonly CellDescriptor[]>;
}

/**
 * What the edges of a region tell each other of homes: Redis. A shared cache that may
 * forget and may be old, never the truth; its calls do not reject: what is down knows nothing.
 */
export interface SharedRoutes {
  get(key: string, type: CellType): Promise<Home | undefined>;
  /** Does nothing where a home of the same or a newer epoch is there. */
  put(key: string, type: CellType, home: Home): Promise<void>;
}
