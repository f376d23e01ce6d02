/** What the processes of `moves-world.ts` are made of. */
import type { ManualClock } from "../../src/adapters/memory/index.ts";
import type { AccountsModule } from "../../src/modules/accounts/index.ts";
import type { messagingModule } from "../../src/modules/messaging/index.ts";
import type { NumbersModule } from "../../src/modules/numbers/index.ts";
import type { Cell, Machine, ProjectedTable } from "../../src/platform/cell/index.ts";
import type { HomeGate, Movable } from "../../src/platform/fleet/index.ts";
import type { Around, RequestAnswerer, Route } from "../../src/platform/http/index.ts";
import type { Database, DatabaseSession, Migration, Row } from "../../src/platform/ports.ts";
import type { SecretBox } from "../../src/platform/secrets/index.ts";

/** The connection of one process to its database: when the process is killed, nothing more comes of it. */
export class ProcessDatabase implements Database {
  isDead = false;
  pending = 0;
  private readonly database: Database;

  constructor(database: Database) {
    this.database = database;
  }

  query<R extends Row>(sql: string, values?: readonly unknown[]): Promise<R[]> {
    return this.count(() => this.database.query<R>(sql, values));
  }

  transaction<T>(work: (tx: DatabaseSession) => Promise<T>): Promise<T> {
    return this.count(() =>
      this.database.transaction(async (tx) => {
        const result = await work({
          query: (sql, values) => {
            this.check();
            return tx.query(sql, values);
          },
        });
        // Killed before the commit: the server rolls back.
        this.check();
        return result;
      }),
    );
  }

  private check(): void {
    if (this.isDead) throw new Error("the process was killed");
  }

  private async count<T>(work: () => Promise<T>): Promise<T> {
    this.check();
    this.pending += 1;
    try {
      const result = await work();
      this.check();
      return result;
    } finally {
      this.pending -= 1;
    }
  }
}

/** What further modules of a cell are made of. */
export interface ExtensionPorts {
  readonly name: string;
  readonly clock: ManualClock;
  readonly database: Database;
  readonly gate: HomeGate;
  readonly accounts: AccountsModule;
  readonly numbers: NumbersModule;
  readonly secrets: SecretBox;
  readonly mintSid: (prefix: string) => string;
  readonly cell: () => Cell;
}

/** Modules of a cell beside those that every test has. */
export interface CellExtension {
  /** What messaging asks them. */
  readonly messaging: Partial<Parameters<typeof messagingModule>[0]>;
  readonly machines: readonly Machine[];
  readonly projections: readonly ProjectedTable<never>[];
  readonly migrations: readonly Migration[];
  readonly routes: readonly Route[];
  readonly movables: readonly Movable[];
  readonly around: readonly Around[];
  attach(cell: Cell): void;
  /** Before the cell recovers. */
  open(): Promise<void>;
  start(): Promise<void>;
  through(next: RequestAnswerer): RequestAnswerer;
  close(): Promise<void>;
}

export type Extend = (ports: ExtensionPorts) => Promise<CellExtension>;
