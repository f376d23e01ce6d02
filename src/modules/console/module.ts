import { Passwords } from "../../platform/console/index.ts";
import type { Movable } from "../../platform/fleet/index.ts";
import type { Mount, Route } from "../../platform/http/index.ts";
import type { Migration } from "../../platform/ports.ts";
import { Attempts } from "./attempts.ts";
import type { ConsoleCellOptions, ConsoleDeps } from "./deps.ts";
import { consoleMounts } from "./internal-mounts.ts";
import { linkUrl, START_LINK_SECONDS } from "./link.ts";
import { accountUser, makeLink } from "./make-link.ts";
import { consoleMigrations } from "./migrations.ts";
import { consoleMovable } from "./movable.ts";
import { sessionRoutes } from "./sessions.resource.ts";
import { totpRoutes } from "./totp.resource.ts";
import { userRoutes } from "./users.resource.ts";

/** The part of the console in the cell where accounts are at home: who may sign in, and who is signed in. */
export interface ConsoleCell {
  readonly routes: readonly Route[];
  readonly migrations: readonly Migration[];
  readonly movable: Movable;
  /** What doors of edges ask, signed. */
  readonly internalMounts: () => readonly Mount[];
  /** A URL that signs in for an account once, as its owner, within a day. `baseUrl` is where the door is, without a slash at the end. */
  startLink(accountSid: string, baseUrl: string): Promise<string>;
}

/** The cell's part of the console. */
export function consoleCell(options: ConsoleCellOptions): ConsoleCell {
  const deps: ConsoleDeps = {
    ...options,
    passwords: options.passwords ?? new Passwords(),
    attempts: new Attempts(options.clock),
  };
  return {
    routes: [...userRoutes(deps), ...sessionRoutes(deps), ...totpRoutes(deps)],
    migrations: consoleMigrations,
    movable: consoleMovable(),
    internalMounts: () => consoleMounts(deps),
    startLink: async (accountSid, baseUrl) => {
      const user = await accountUser(deps, accountSid);
      const link = await makeLink(deps, { user, purpose: "sign-in", lifeMs: START_LINK_SECONDS * 1_000 });
      return linkUrl(baseUrl, link.token);
    },
  };
}
