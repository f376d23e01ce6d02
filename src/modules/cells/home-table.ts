import type { Assignment, HomeChanges, HomeTable } from "../../platform/cell-router/index.ts";
import type { CellDescriptor, CellType, Home } from "../../platform/fleet/index.ts";
import type { Database } from "../../platform/ports.ts";
import { assignHome } from "./assign-home.ts";
import { listCells } from "./cell.store.ts";
import { findHome, isKnownTransaction, listChanges, type ChangePlace } from "./home.store.ts";

const START: ChangePlace = { changed: "0", key: "", type: "" };
const CURSOR = /^(\d{1,20}) ([A-Za-z0-9+_-]{1,64}) ([a-z]{1,16})$/;

/** The routing table over PostgreSQL: for whoever can reach the database of the control plane. */
export class DatabaseHomeTable implements HomeTable {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async find(key: string, type: CellType): Promise<Home | undefined> {
    const entry = await findHome(this.#database, key, type);
    return entry?.cell === undefined ? undefined : { cell: entry.cell, epoch: entry.epoch };
  }

  assign(assignment: Assignment): Promise<Home> {
    return assignHome({ database: this.#database }, assignment);
  }

  async homesSince(cursor: string, limit: number): Promise<HomeChanges> {
    let after = readCursor(cursor);
    let restarted = cursor !== "" && after === START;
    if (after !== START && !(await isKnownTransaction(this.#database, after.changed))) {
      after = START;
      restarted = true;
    }
    const changes = await listChanges(this.#database, after, limit);
    const last = changes.at(-1) ?? after;
    return {
      changes: changes.map(({ key, type, cell, epoch }) => ({ key, type, cell, epoch })),
      cursor: last === START ? "" : `${last.changed} ${last.key} ${last.type}`,
      hasMore: changes.length === limit,
      restarted,
    };
  }

  async cells(): Promise<readonly CellDescriptor[]> {
    const cells = await listCells(this.#database);
    return cells.map(({ name, number, type, tier, region, address, state }) => {
      return { name, number, type, tier, region, address, state };
    });
  }
}

function readCursor(cursor: string): ChangePlace {
  const [, changed, key, type] = CURSOR.exec(cursor) ?? [];
  if (changed === undefined || key === undefined || type === undefined) return START;
  return { changed, key, type };
}
