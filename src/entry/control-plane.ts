import { systemRandomBytes } from "../adapters/system/index.ts";
import { AppError } from "../kernel/errors.ts";
import { SidMinter } from "../kernel/ids.ts";
import type { CellHints } from "../kernel/cell-hints.ts";
import { operatorAuthenticator } from "../modules/accounts/index.ts";
import { cellsModule, type PlacementPorts } from "../modules/cells/index.ts";
import { GOSSIP_DESCRIPTOR, parseDescriptor } from "../platform/cell-router/index.ts";
import { INTERNAL_PREFIX, signedMount, type CellAddress, type FleetKey } from "../platform/fleet/index.ts";
import type { GossipView } from "../platform/gossip/index.ts";
import { NOT_FOUND, OVERLOADED, type Authenticator, type Mount, type Route } from "../platform/http/index.ts";
import type { Clock, Database, Logger, Migration } from "../platform/ports.ts";
import type { ProgramSettings } from "./carriers.ts";
import { FIRST_CELL } from "./cell-core.ts";
import { LOAD_KEY, readLoad } from "./fleet/cell-load.ts";
import { fleetStatus } from "./fleet/fleet-status.ts";
import { signedCall } from "./fleet/signed-call.ts";

export interface ControlPlaneOptions {
  readonly settings: ProgramSettings;
  /** Of the control plane: it holds nothing of any person. */
  readonly database: Database;
  readonly gossip: GossipView;
  readonly fleetKey: FleetKey;
  readonly hints: CellHints;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** The control plane: cells, homes and moves, in whichever process it runs. */
export interface ControlPlane {
  readonly routes: readonly Route[];
  readonly mounts: readonly Mount[];
  readonly migrations: readonly Migration[];
  readonly authenticator: Authenticator;
  /** After the migrations. */
  start(): Promise<void>;
  close(): Promise<void>;
}

export function startControlPlane(options: ControlPlaneOptions): ControlPlane {
  const { settings, database, gossip, fleetKey, hints, clock } = options;
  const isOperator = (sid: string): boolean => sid === settings.operatorSid;
  const cells = cellsModule({
    database,
    hints,
    isOperator,
    placement: placementPorts(options),
    observe: (cell) => {
      const member = gossip.members().find(({ id }) => id === cell);
      if (member === undefined) return undefined;
      const load = readLoad(gossip.get(cell, LOAD_KEY));
      return { health: member.status, load: load === undefined ? undefined : load.cpuPercent / 100 };
    },
  });
  const fleet: Mount = {
    method: "GET",
    path: "/trunkline/v1/Fleet",
    access: "main",
    run: async ({ principal, request }) => {
      if (!isOperator(principal?.accountSid ?? "")) throw new AppError(NOT_FOUND, { resource: request.target });
      const known = (await cells.list()).filter(({ state }) => state !== "removed");
      const occupancy = new Map(known.map(({ name, accounts, cap }) => [name, { accounts, capacity: cap }]));
      const headers = ["Content-Type", "application/json", "Cache-Control", "no-store"];
      return { status: 200, headers, body: JSON.stringify(fleetStatus(known, gossip, occupancy)) };
    },
  };
  const register = signedMount(fleetKey, clock, {
    method: "PUT",
    path: "/cells",
    run: async ({ json }) => {
      const cell = parseDescriptor(JSON.stringify(json));
      if (cell === undefined) throw new AppError(NOT_FOUND, { resource: "a cell" });
      const registered = await cells.register(cell);
      const { operatorSid } = settings;
      if (cell.name === FIRST_CELL && operatorSid !== undefined) {
        const { type, tier, region, name } = cell;
        await cells.assign({ key: operatorSid, type, tier, region, cell: name });
      }
      return registered;
    },
  });
  return {
    routes: cells.routes,
    mounts: [fleet, register],
    migrations: cells.migrations,
    authenticator: operatorAuthenticator({
      authenticator: { authenticate: () => Promise.resolve(undefined) },
      fleetKey,
      clock,
      operatorSid: () => settings.operatorSid,
    }),
    start: () => cells.start(),
    close: () => Promise.resolve(),
  };
}

/** How accounts are made in the cells: with a SID that says so, by a call to the cell. */
function placementPorts({ hints, clock, fleetKey, gossip }: ControlPlaneOptions): PlacementPorts {
  return {
    mintFor: (cellNumber) => new SidMinter(() => clock.nowMs(), systemRandomBytes, { cellNumber, hints }).mint("AC"),
    createIn: async (cell, account) => {
      const url = urlOf(addressOf(gossip, cell.name) ?? cell.address);
      const target = `${INTERNAL_PREFIX}/accounts`;
      const { accountSid: sid, friendlyName } = account;
      const json = friendlyName === "" ? { sid } : { sid, friendlyName };
      const answer = await signedCall(url, fleetKey, { method: "POST", target, json }).catch((error: unknown) => {
        throw new AppError(OVERLOADED, {}, { cause: error });
      });
      if (answer.status !== 200) throw new AppError(OVERLOADED, {});
      return answer.json as { authToken: string };
    },
    random: Math.random,
  };
}

/** Where a cell says that it is, which is newer than what is written down. */
function addressOf(gossip: GossipView, cell: string): CellAddress | undefined {
  const said = gossip.get(cell, GOSSIP_DESCRIPTOR);
  return said === undefined ? undefined : parseDescriptor(said)?.address;
}

function urlOf({ host, port }: CellAddress): string {
  return `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
}
