import type { Route } from "../../platform/http/index.ts";
import type { Clock, Database, Logger, Migration } from "../../platform/ports.ts";
import { beginMove, cancelMove } from "./begin-move.ts";
import { moveMigrations } from "./migrations.ts";
import type { Move } from "./move.ts";
import { findMove } from "./move.store.ts";
import { moveDefaults, Mover, type MoveLimits } from "./mover.ts";
import { moveRoutes } from "./moves.resource.ts";
import type { CellCaller, Homes } from "./ports.ts";

/** What the control plane's side of moves works with. */
export interface MovesOptions {
  /** The control database. */
  readonly database: Database;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly mintSid: (prefix: string) => string;
  readonly caller: CellCaller;
  readonly homes: Homes;
  readonly isOperator: (accountSid: string) => boolean;
  readonly limits?: Partial<MoveLimits>;
}

/** What entry mounts in the control plane. */
export interface MovesModule {
  readonly migrations: readonly Migration[];
  /** For the operator. */
  readonly routes: readonly Route[];
  /** Moves an account; `to` absent: placement chooses. Rejects with a public error. */
  begin(input: { readonly accountSid: string; readonly to: string | undefined }): Promise<Move>;
  cancel(sid: string): Promise<Move | undefined>;
  find(sid: string): Promise<Move | undefined>;
  /** Goes on with what is under way; after the migrations. */
  start(): void;
  close(): Promise<void>;
}

/** Moving accounts between cells. */
export function movesModule(options: MovesOptions): MovesModule {
  const { database, clock, homes, mintSid, isOperator } = options;
  const mover = new Mover({ ...options, limits: { ...moveDefaults, ...options.limits } });
  const deps = { database, clock, homes, mintSid, isOperator, wake: () => mover.wake() };
  return {
    migrations: moveMigrations,
    routes: moveRoutes(deps),
    begin: (input) => beginMove(deps, input),
    cancel: (sid) => cancelMove(deps, sid),
    find: (sid) => findMove(database, sid),
    start: () => mover.start(),
    close: () => mover.close(),
  };
}
