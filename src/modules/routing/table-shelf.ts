import { AppError } from "../../kernel/errors.ts";
import type { RoutingDeps, TableShelf } from "./deps.ts";
import { routingErrors } from "./errors.ts";
import { findTable, readParts } from "./route-table.store.ts";
import { compileTable, partsOf, tableFromCarriers, type CompiledTable, type TableDocument } from "./table/index.ts";

/** Compiled tables that are kept beside the active one, so that going back takes no time. */
const MAX_KEPT = 2;

type ShelfDeps = Pick<RoutingDeps, "hash" | "pause" | "carriers" | "database">;

/** Versions from the database, the last ones kept compiled. */
export class DatabaseShelf implements TableShelf {
  private readonly deps: ShelfDeps;
  private carriers: ShelfDeps["carriers"];
  private settings: Promise<CompiledTable> | undefined;
  /** The one that was asked for last is the last. */
  private readonly kept = new Map<number, CompiledTable>();

  constructor(deps: ShelfDeps) {
    this.deps = deps;
    this.carriers = deps.carriers;
  }

  /** The carriers that there are have changed: version 0 follows from these now. */
  useCarriers(carriers: ShelfDeps["carriers"]): void {
    this.carriers = carriers;
    this.settings = undefined;
  }

  async load(version: number): Promise<CompiledTable | undefined> {
    if (version === 0) return this.ofSettings();
    const table = this.kept.get(version) ?? (await this.compile(version));
    if (table === undefined) return undefined;
    this.kept.delete(version);
    this.kept.set(version, table);
    for (const oldest of this.kept.keys()) {
      if (this.kept.size <= MAX_KEPT) break;
      this.kept.delete(oldest);
    }
    return table;
  }

  defaultDocument(): TableDocument {
    const table = tableFromCarriers(this.carriers);
    // By name, as tables are kept that were made of it, so that the two can be compared.
    const inputs = table.inputs?.map((input) => ({
      ...input,
      values: Object.fromEntries(this.carriers.map(({ name }, index) => [name, -index])),
    }));
    return inputs === undefined ? table : { ...table, inputs };
  }

  /** Version 0: the table that follows from the settings. */
  ofSettings(): Promise<CompiledTable> {
    const { hash, pause } = this.deps;
    this.settings ??= compileTable({
      parts: partsOf(tableFromCarriers(this.carriers)),
      version: 0,
      hash: hash(),
      pause,
    });
    return this.settings;
  }

  private async compile(version: number): Promise<CompiledTable | undefined> {
    const { database, hash, pause } = this.deps;
    const table = await findTable(database, version);
    if (table?.status !== "complete") return undefined;
    const compiled = await compileTable({ parts: readParts(database, version), version, hash: hash(), pause });
    if (compiled.hash !== table.hash) {
      const internal = `the hash of version ${version} is ${compiled.hash}, stored is ${table.hash}`;
      throw new AppError(routingErrors.tableBroken, { version }, { internal });
    }
    return compiled;
  }
}
