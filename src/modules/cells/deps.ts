import type { PlacementPorts } from "./place-account.ts";
import type { CellHints } from "../../kernel/cell-hints.ts";
import type { Tier } from "../../platform/fleet/index.ts";
import type { Database } from "../../platform/ports.ts";

/** What is seen of a running cell, beside what is written down of it. */
export interface CellObservation {
  /** For example `alive`, `suspect` or `dead`. */
  readonly health: string;
  /** Requests under way of those that it takes at once, or what else it says of itself: 0 is idle, 1 is full. */
  readonly load: number | undefined;
}

/** What entry gives to this module. */
export interface CellsDeps {
  /** The database of the control plane. */
  readonly database: Database;
  /** Reads what SIDs say of their cell. */
  readonly hints: CellHints;
  /** Whether an account may see and change cells. */
  readonly isOperator: (accountSid: string) => boolean;
  /** What gossip says of a cell; `undefined` when nothing. */
  readonly observe?: (cell: string) => CellObservation | undefined;
  /** How main accounts are made in cells; without it they are not. */
  readonly placement?: PlacementPorts;
  /** Other caps than those that the tiers come with. Below what a cell has already it takes no more, and keeps what it has. */
  readonly caps?: Readonly<Partial<Record<Tier, number>>>;
}
