import { systemRandomBytes } from "../adapters/system/index.ts";
import { AppError } from "../kernel/errors.ts";
import { SidMinter } from "../kernel/ids.ts";
import type { CellHints } from "../kernel/cell-hints.ts";
import { operatorAuthenticator, ticketAuthenticator } from "../modules/accounts/index.ts";
import { cellsModule, type CellObservation, type CellsModule, type PlacementPorts } from "../modules/cells/index.ts";
import { movesModule, type Homes } from "../modules/moves/index.ts";
import { numberPoolModule, type NumberPoolModule } from "../modules/numbers/index.ts";
import { GOSSIP_DESCRIPTOR, parseDescriptor } from "../platform/cell-router/index.ts";
import { INTERNAL_PREFIX, signedMount, type CellDescriptor, type FleetKey } from "../platform/fleet/index.ts";
import type { GossipView } from "../platform/gossip/index.ts";
import { NOT_FOUND, OVERLOADED, type Authenticator, type Mount, type Route } from "../platform/http/index.ts";
import { Tickets } from "../platform/console/index.ts";
import { errorFields } from "../platform/logging/index.ts";
import type { Clock, Database, Logger, Migration } from "../platform/ports.ts";
import { FIRST_CELL } from "./cell-core.ts";
import { cellCaller } from "./fleet/cell-calls.ts";
import { LOAD_KEY, readLoad } from "./fleet/cell-load.ts";
import { fleetStatus, type FleetStatus, type Occupancy } from "./fleet/fleet-status.ts";
import { supervisedMounts } from "./fleet/supervised.ts";
import type { SignedAnswer, SignedCall } from "./fleet/signed-call.ts";

export interface ControlPlaneOptions {
  /** The operator's account; `undefined` while it is not known. */
  readonly operatorSid: () => string | undefined;
  /** Of the control plane: it holds nothing of any person. */
  readonly database: Database;
  readonly gossip: GossipView;
  readonly fleetKey: FleetKey;
  readonly hints: CellHints;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Asks a cell. Rejects when it does not answer. */
  readonly callCell: CellCall;
  /** Where the run file of whoever runs the processes is. */
  readonly dataFolder: string;
  /** Whether processes may be killed to see what happens. */
  readonly chaos: boolean;
}

/** How a cell is asked: over the network, or in this process. */
export type CellCall = (cell: CellDescriptor, call: SignedCall) => Promise<SignedAnswer>;

/** The control plane: cells, homes and moves, in whichever process it runs. */
export interface ControlPlane {
  readonly routes: readonly Route[];
  readonly mounts: readonly Mount[];
  readonly migrations: readonly Migration[];
  readonly authenticator: Authenticator;
  /** The inventory of numbers that cells share. */
  readonly numberPool: NumberPoolModule;
  /** All cells and processes as they are now, from memory; how full cells are, as it was a moment ago. */
  fleet(): FleetStatus;
  /** After the migrations. `own` is the cell that runs in the same process. */
  start(own?: CellDescriptor): Promise<void>;
  close(): Promise<void>;
}

/** Puts the control plane together. Nothing of it runs before `start`. */
export function makeControlPlane(options: ControlPlaneOptions): ControlPlane {
  const { operatorSid, database, gossip, fleetKey, hints, clock, logger, dataFolder, chaos } = options;
  const isOperator = (sid: string): boolean => sid === operatorSid();
  const placement = placementPorts(options);
  const cells = cellsModule({ database, hints, isOperator, placement, observe: (cell) => observe(gossip, cell) });
  const caller = cellCaller(async (name, call) => {
    const cell = (await cells.list()).find((known) => known.name === name);
    return cell === undefined ? undefined : options.callCell(cell, call);
  });
  const minter = new SidMinter(() => clock.nowMs(), systemRandomBytes);
  const mintSid = (prefix: string): string => minter.mint(prefix);
  const moves = movesModule({ database, clock, logger, mintSid, caller, homes: homesOf(cells), isOperator });
  const numberPool = numberPoolModule({ database, clock, fleetKey, isOperator });
  /** What there is of a cell is written down, and that the operator is at home in the first one. */
  const register = async (cell: CellDescriptor): Promise<unknown> => {
    const registered = await cells.register(cell);
    const key = operatorSid();
    const { name, type, tier, region } = cell;
    if (name === FIRST_CELL && key !== undefined) await cells.assign({ key, type, tier, region, cell: name });
    return registered;
  };
  let stopListening = (): void => {};
  const watched = watchFleet(cells, gossip, clock);
  return {
    fleet: watched,
    routes: [...cells.routes, ...moves.routes],
    mounts: [
      fleetMount(cells, gossip, isOperator),
      ...supervisedMounts({ dataFolder, fleetKey, isOperator, chaos }),
      registerMount(options, register),
      ...numberPool.mounts,
    ],
    migrations: [...cells.migrations, ...moves.migrations, ...numberPool.migrations],
    numberPool,
    authenticator: ticketAuthenticator({
      authenticator: operatorAuthenticator({
        authenticator: { authenticate: () => Promise.resolve(undefined) },
        fleetKey,
        clock,
        operatorSid,
      }),
      tickets: new Tickets(fleetKey, clock),
    }),
    start: async (own) => {
      await cells.start();
      if (own !== undefined) await register(own);
      else stopListening = registerWhatIsHeard(gossip, logger, register);
      moves.start();
    },
    close: () => {
      stopListening();
      return moves.close();
    },
  };
}

function observe(gossip: GossipView, cell: string): CellObservation | undefined {
  const member = gossip.members().find(({ id }) => id === cell);
  if (member === undefined) return undefined;
  const load = readLoad(gossip.get(cell, LOAD_KEY));
  return { health: member.status, load: load === undefined ? undefined : load.cpuPercent / 100 };
}

/**
 * A cell that says by gossip that it is there is one: only processes with the system's key
 * are heard. So a cell on another machine needs nothing but to be started.
 */
function registerWhatIsHeard(
  gossip: GossipView,
  logger: Logger,
  register: (cell: CellDescriptor) => Promise<unknown>,
): () => void {
  const hear = (value: string | undefined): void => {
    const cell = value === undefined ? undefined : parseDescriptor(value);
    if (cell === undefined) return;
    register(cell).catch((error: unknown) => {
      logger.warn("cells.not-registered", { cell: cell.name, ...errorFields(error) });
    });
  };
  for (const { value } of gossip.entries(GOSSIP_DESCRIPTOR)) hear(value);
  return gossip.onChange(GOSSIP_DESCRIPTOR, (_, key, value) => {
    if (key === GOSSIP_DESCRIPTOR) hear(value);
  });
}

/** How old what is known of the registry may be. */
const REGISTRY_AGE_MS = 2_000;

/** Gives the picture of the fleet at once, and reads the registry again behind it. */
function watchFleet(cells: CellsModule, gossip: GossipView, clock: Clock): () => FleetStatus {
  let known: Awaited<ReturnType<CellsModule["list"]>> = [];
  let readMs = Number.NEGATIVE_INFINITY;
  return () => {
    const nowMs = clock.monotonicMs();
    if (nowMs - readMs >= REGISTRY_AGE_MS) {
      readMs = nowMs;
      cells.list().then(
        (list) => (known = list),
        () => undefined,
      );
    }
    return fleetStatus(known, gossip, occupancyOf(known));
  };
}

function occupancyOf(known: Awaited<ReturnType<CellsModule["list"]>>): Occupancy {
  return new Map(known.map(({ name, accounts, cap }) => [name, { accounts, capacity: cap }]));
}

/** `GET /trunkline/v1/Fleet`: the cells and all other processes, as they are now. For the operator. */
function fleetMount(cells: CellsModule, gossip: GossipView, isOperator: (sid: string) => boolean): Mount {
  return {
    method: "GET",
    path: "/trunkline/v1/Fleet",
    access: "main",
    run: async ({ principal, request }) => {
      if (!isOperator(principal?.accountSid ?? "")) throw new AppError(NOT_FOUND, { resource: request.target });
      // Without its database it still says what processes say of themselves.
      const known = await cells.list().catch(() => []);
      const headers = ["Content-Type", "application/json", "Cache-Control", "no-store"];
      return { status: 200, headers, body: JSON.stringify(fleetStatus(known, gossip, occupancyOf(known))) };
    },
  };
}

/** Where a supervisor says which cells it runs. */
function registerMount(
  { fleetKey, clock }: ControlPlaneOptions,
  register: (cell: CellDescriptor) => Promise<unknown>,
): Mount {
  return signedMount(fleetKey, clock, {
    method: "PUT",
    path: "/cells",
    run: ({ json }) => {
      const cell = parseDescriptor(JSON.stringify(json));
      if (cell === undefined) throw new AppError(NOT_FOUND, { resource: "a cell" });
      return register(cell);
    },
  });
}

/** How accounts are made in the cells: with a SID that says so, by a call to the cell. */
function placementPorts({ hints, clock, callCell }: ControlPlaneOptions): PlacementPorts {
  return {
    mintFor: (cellNumber) => new SidMinter(() => clock.nowMs(), systemRandomBytes, { cellNumber, hints }).mint("AC"),
    createIn: async (cell, account) => {
      const target = `${INTERNAL_PREFIX}/accounts`;
      const { accountSid: sid, friendlyName } = account;
      const json = friendlyName === "" ? { sid } : { sid, friendlyName };
      const answer = await callCell(cell, { method: "POST", target, json }).catch((error: unknown) => {
        throw new AppError(OVERLOADED, {}, { cause: error });
      });
      if (answer.status !== 200) throw new AppError(OVERLOADED, {});
      return answer.json as { authToken: string };
    },
    random: Math.random,
  };
}

/** The routing table as moves see it. */
function homesOf(cells: CellsModule): Homes {
  const cell = async (name: string) => (await cells.list()).find((known) => known.name === name);
  return {
    find: (accountSid) => cells.locate(accountSid),
    cell,
    place: async (from) => {
      const fitting = (await cells.list()).filter(({ name, type, tier, region, state, accounts, cap }) => {
        const isAlike = type === from.type && tier === from.tier && region === from.region;
        return isAlike && name !== from.name && state === "open" && accounts < cap;
      });
      return fitting.toSorted((left, right) => left.accounts / left.cap - right.accounts / right.cap)[0];
    },
    move: async (move) => void (await cells.moveHome({ ...move, type: "messaging" })),
  };
}
