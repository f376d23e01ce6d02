import type { HomeTable, Assignment } from "../../platform/cell-router/index.ts";
import { TIERS, type Home, type CellState } from "../../platform/fleet/index.ts";
import type { Route } from "../../platform/http/index.ts";
import type { Migration } from "../../platform/ports.ts";
import { assignHome } from "./assign-home.ts";
import type { Cell, CellWish } from "./cell.ts";
import { listCells, updateCap } from "./cell.store.ts";
import { cellRoutes } from "./cells.resource.ts";
import { registerCell, removeCell, setCellState } from "./change-cells.ts";
import { claimHomes, moveHomes, releaseHomes, type HomeMove, type KeysOfCell } from "./change-homes.ts";
import type { CellsDeps } from "./deps.ts";
import { DatabaseHomeTable } from "./home-table.ts";
import { homeRoutes } from "./homes.resource.ts";
import { locateHome } from "./locate-home.ts";
import { placementRoutes } from "./placement.resource.ts";
import { cellsMigrations } from "./migrations.ts";

/** What entry mounts of this module. */
export interface CellsModule {
  readonly routes: readonly Route[];
  readonly migrations: readonly Migration[];
  readonly homes: HomeTable;
  /** Takes over the caps of the settings; after the migrations. */
  start(): Promise<void>;
  /** Every cell that ever was, by number, with how many accounts it has. */
  list(): Promise<Cell[]>;
  /** Adds a cell, or tells the address of one that is there. Throws 409/20409 where it is another one. */
  register(wish: CellWish): Promise<Cell>;
  /** No account is placed in the cell any more. */
  drain(name: string): Promise<Cell>;
  /** Accounts are placed in the cell again. */
  reopen(name: string): Promise<Cell>;
  /** Removes a cell; throws 409/20409 where it is somebody's home. */
  remove(name: string): Promise<void>;
  /** The home that an account has, or gets now. Throws 503/20503 where there is no room. */
  assign(assignment: Assignment): Promise<Home>;
  /** Where a main account is at home, by the table or else by its SID; `undefined` where neither says so. */
  locate(accountSid: string): Promise<Home | undefined>;
  /** Makes another cell the home of keys, all of them or none. Throws 409/20409 where they are not where they should be. */
  moveHome(move: HomeMove): Promise<Home>;
  /** Writes down keys that are at home in a cell; resolves to those that are in another one. */
  claim(claimed: KeysOfCell): Promise<string[]>;
  /** Takes keys the home that they have in a cell. */
  release(released: KeysOfCell): Promise<void>;
}

/** Cells, tiers and homes: the routing table of the control plane. */
export function cellsModule(deps: CellsDeps): CellsModule {
  const turnTo = (name: string, state: Exclude<CellState, "removed">) => setCellState(deps, name, state);
  return {
    routes: [
      ...cellRoutes(deps),
      ...homeRoutes(deps),
      ...(deps.placement === undefined ? [] : placementRoutes(deps, deps.placement)),
    ],
    migrations: cellsMigrations,
    homes: new DatabaseHomeTable(deps.database),
    start: async () => {
      for (const tier of TIERS) {
        const cap = deps.caps?.[tier];
        if (cap !== undefined) await updateCap(deps.database, tier, cap);
      }
    },
    list: () => listCells(deps.database),
    register: (wish) => registerCell(deps, wish),
    drain: (name) => turnTo(name, "draining"),
    reopen: (name) => turnTo(name, "open"),
    remove: (name) => removeCell(deps, name),
    assign: (assignment) => assignHome(deps, assignment),
    locate: (accountSid) => locateHome(deps, accountSid, "messaging"),
    moveHome: (move) => moveHomes(deps, move),
    claim: (claimed) => claimHomes(deps, claimed),
    release: (released) => releaseHomes(deps, released),
  };
}
