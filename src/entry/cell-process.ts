import { mkdir } from "node:fs/promises";
import { present } from "../kernel/assert.ts";
import { AppError } from "../kernel/errors.ts";
import { openDatabase, type PooledDatabase } from "../adapters/postgres/index.ts";
import { systemClock } from "../adapters/system/index.ts";
import { OPERATOR_HEADER, operatorAuthenticator, ticketAuthenticator } from "../modules/accounts/index.ts";
import {
  cellMoveMigrations,
  cellMoves,
  loadStandings,
  type CellCaller,
  type CellMoves,
} from "../modules/moves/index.ts";
import { remotePool, type AskControl, type NumberPool } from "../modules/numbers/index.ts";
import { Tickets } from "../platform/console/index.ts";
import { errorFields } from "../platform/logging/index.ts";
import { encodeDescriptor, GOSSIP_DESCRIPTOR } from "../platform/cell-router/index.ts";
import {
  HomeGate,
  INTERNAL_PREFIX,
  signedMount,
  type CellDescriptor,
  type SignedEndpoint,
} from "../platform/fleet/index.ts";
import type { GossipView } from "../platform/gossip/index.ts";
import {
  headerOf,
  healthRoutes,
  HttpServer,
  OVERLOADED,
  type Mount,
  type RequestAnswerer,
  type Route,
} from "../platform/http/index.ts";
import type { Log } from "../platform/log/index.ts";
import { keptTracesEndpoint } from "../platform/tracing/index.ts";
import { simulatedCarrier } from "./carriers.ts";
import { cellPath } from "./cell-path.ts";
import { FIRST_CELL, lockCellLog, mountsOf, readiness, routesOf, startCellCore, type CellCore } from "./cell-core.ts";
import { cellCaller, saidAddress, urlOf } from "./fleet/cell-calls.ts";
import { LoadTeller } from "./fleet/cell-load.ts";
import { joinGossip } from "./fleet/join-gossip.ts";
import { readVersion } from "./package-folder.ts";
import { metricsMount, watchAnswers, watchSystem } from "./metrics.ts";
import { mediaFolder, startWithParts, type NodeParts } from "./node-parts.ts";
import { CONTROL_ADDRESS, controlAddress } from "./fleet/control-address.ts";
import { escrowHome, escrowMount } from "./fleet/escrow-calls.ts";
import { readAllCells, seriesMount } from "./fleet/insight-calls.ts";
import { reportReady } from "./fleet/ready-report.ts";
import { tracedCell } from "./observability.ts";
import { sharedSettings, watchSharedSettings } from "./fleet/shared-settings.ts";
import { healthMount } from "./doctor/health-mount.ts";
import { signedCall } from "./fleet/signed-call.ts";
import type { RoleStart, Running } from "./role-command.ts";
import { StartFailure } from "./start-failure.ts";
import { numbersOfCell } from "./test-numbers.ts";

const POOL_SIZE = 8;
const STOP_GRACE_MS = 2_000;
/** Where other cells bring texts that came to them for numbers of this one. */
const TEXTS_PATH = "/inbound";
/** A batch is at most 100 of them. */
const MAX_TEXTS_OCTETS = 4 * 1024 * 1024;

/** A messaging cell among others. */
interface MessagingRole {
  readonly core: CellCore;
  readonly gate: HomeGate;
  readonly moves: CellMoves;
  readonly gossip: GossipView;
}

interface CorePorts {
  readonly log: Log;
  readonly database: PooledDatabase;
  readonly gossip: GossipView;
}

interface MovePorts extends Pick<MessagingRole, "core" | "gate"> {
  readonly caller: CellCaller;
  readonly database: PooledDatabase;
}

/** Starts one cell. Rejects with {@link StartFailure} in words for the operator; nothing is left running then. */
export async function startCell(role: RoleStart): Promise<Running> {
  const { number } = role.settings.cell;
  if (number === undefined) {
    throw new StartFailure("A cell needs a number that no other one has: --cell-number, TRUNKLINE_CELL_NUMBER.");
  }
  return startWithParts(role, { kind: "cell", cellNumber: number }, (_, parts) =>
    new CellStart(role, parts, number).run(),
  );
}

class CellStart {
  private readonly role: RoleStart;
  private readonly parts: NodeParts;
  private readonly number: number;

  constructor(role: RoleStart, parts: NodeParts, number: number) {
    this.role = role;
    this.parts = parts;
    this.number = number;
  }

  async run(): Promise<Running> {
    const { settings } = this.role;
    const { name, shutdown } = this.parts;
    await mkdir(settings.data, { recursive: true });
    const log = await lockCellLog({ ...this.role, shutdown, metrics: this.parts.metrics }, name);
    const database = this.openDatabase();
    await database.query("select 1");
    // A type whose products are not there yet is a cell that answers 404 to everything, and says how it is.
    const gossip = await joinGossip(this.role, this.parts, "cell");
    const made = settings.cell.type === "messaging" ? await this.startCore({ log, database, gossip }) : undefined;
    const core = made?.core;
    const load = new LoadTeller(gossip, systemClock, core?.cell);
    this.watchOthers(gossip, core);
    if (core !== undefined) this.claimNumbersLater(gossip, core);
    const server = this.makeServer(made, load);
    const address = await server.listen({ host: settings.host, port: settings.port }).catch((error: unknown) => {
      throw StartFailure.ofListen(error, { port: settings.port, setting: "port" });
    });
    shutdown.add("door for edges", () => server.close(STOP_GRACE_MS));
    gossip.set(GOSSIP_DESCRIPTOR, encodeDescriptor(this.descriptor(address.port)));
    load.start();
    shutdown.add("load", () => load.stop());
    const baseUrl = `http://${address.host}:${address.port}`;
    const smpp = core?.cell.smppPorts;
    reportReady({
      kind: "ready",
      name,
      baseUrl,
      account: core?.account,
      from: core?.from,
      smppPort: smpp?.port,
      smppTlsPort: smpp?.tlsPort,
    });
    return { close: () => shutdown.run() };
  }

  /** The inventory of numbers that cells share, which control has. */
  private numberPool(gossip: GossipView): NumberPool {
    const { fleetKey, name } = this.parts;
    const ask: AskControl = async (method, target, json) => {
      const address = controlAddress(gossip);
      if (address === undefined) throw new AppError(OVERLOADED, { reason: "control is away" });
      const answer = await signedCall(urlOf(address), fleetKey, { method, target, json });
      if (answer.status !== 200) throw new Error(`control answers ${answer.status} to ${target}`);
      return answer.json;
    };
    return remotePool(ask, { name, region: this.role.settings.region });
  }

  /** What could not be said to control when this cell started is said when control is there. */
  private claimNumbersLater(gossip: GossipView, core: CellCore): void {
    const { settings, logger } = this.role;
    const claim = (): void => {
      const input = { numbers: numbersOfCell(settings, this.number), ownerSid: core.account?.accountSid };
      core.numbers.syncInventory(input).catch((error: unknown) => {
        logger.warn("numbers.not-synced", errorFields(error));
      });
    };
    if (controlAddress(gossip) !== undefined) return;
    const stop = gossip.onChange(CONTROL_ADDRESS, () => {
      stop();
      claim();
    });
    this.parts.shutdown.add("claim of numbers", stop);
  }

  /** Compares settings with control, and the audit logs of the neighbours with what they were. */
  private watchOthers(gossip: GossipView, core: CellCore | undefined): void {
    const { settings, logger } = this.role;
    const { fleetKey, shutdown } = this.parts;
    const compared = watchSharedSettings({ settings, gossip, fleetKey, clock: systemClock, logger });
    shutdown.add("comparison of settings", compared);
    core?.cell.modules.audit.watch({
      gossip,
      operatorSid: () => settings.operatorSid ?? core.account?.accountSid,
      askConsistency: async (cell, first, second) => {
        const address = saidAddress(gossip, cell);
        if (address === undefined) throw new Error(`nobody knows where ${cell} is`);
        const target = `${INTERNAL_PREFIX}/audit/consistency?first=${first}&second=${second}`;
        const { status, json } = await signedCall(urlOf(address), fleetKey, { method: "GET", target });
        if (status !== 200 || !Array.isArray(json)) throw new Error(`${cell} answers ${status}`);
        return json.map(String);
      },
    });
  }

  /** What this cell says of itself. */
  private descriptor(port: number): CellDescriptor {
    const { settings } = this.role;
    const { type, tier } = settings.cell;
    const address = { host: settings.advertise ?? settings.host, port };
    return { name: this.parts.name, number: this.number, type, tier, region: settings.region, address, state: "open" };
  }

  private openDatabase(): PooledDatabase {
    const url = this.role.settings.databaseUrl;
    if (url === undefined) throw new StartFailure("A cell needs a database of its own: give it with databaseUrl.");
    const database = openDatabase({ url: String(url), poolSize: POOL_SIZE });
    this.parts.shutdown.add("database connections", () => database.close());
    return database;
  }

  private async startCore({ log, database, gossip }: CorePorts): Promise<MessagingRole> {
    const { settings } = this.role;
    const { name, shutdown, secrets, minter, hints, fleetKey } = this.parts;
    const { enabled, port } = settings.simulator;
    const simulated = enabled ? [simulatedCarrier(port, name.slice(0, 15))] : [];
    const publicUrl = String(settings.publicUrl ?? `http://${settings.host}:${settings.port}`).replace(/\/$/, "");
    const caller = cellCaller(async (cell, call) => {
      const address = saidAddress(gossip, cell);
      return address === undefined ? undefined : signedCall(urlOf(address), fleetKey, call);
    });
    const late: { core?: CellCore } = {};
    const gate = new HomeGate({
      clock: systemClock,
      hints: { cellNumber: this.number, cellOf: (sid) => hints.cellOf(sid) },
      isKnown: (sid) => late.core?.accounts.isKnown(sid) ?? true,
      isExempt: ({ method, target, headers }) => {
        const signature = headerOf(headers, OPERATOR_HEADER);
        const signed = { method, target, body: "", use: "operator" } as const;
        return signature !== undefined && fleetKey.isSigned(signed, signature, systemClock.nowMs());
      },
    });
    const core = await startCellCore({
      ...this.role,
      name,
      log,
      database,
      mediaFolder: mediaFolder(settings.data, name, name === FIRST_CELL),
      secrets,
      minter,
      fleetKey,
      cellNumber: this.number,
      pool: this.numberPool(gossip),
      carriers: settings.carriers.length > 0 ? settings.carriers : simulated,
      numbers: numbersOfCell(settings, this.number),
      isOperatorHome: name === FIRST_CELL,
      publicUrl: () => publicUrl,
      carrierPath: cellPath(name),
      shutdown,
      observing: this.parts.observing,
      migrations: cellMoveMigrations,
      beforeOpen: () => loadStandings(database, gate),
      neighbours: {
        gate,
        escrowHome: escrowHome({ gossip, hints, fleetKey }),
        readAll: readAllCells({
          gossip,
          fleetKey,
          own: name,
          reader: () => present(late.core, "alerts are judged when the cell is open").cell.watching.insights.reader,
        }),
        sendTexts: (cell, texts) => caller.call(cell, "POST", `${INTERNAL_PREFIX}${TEXTS_PATH}`, { texts }),
      },
    });
    late.core = core;
    return { core, gate, gossip, moves: this.makeMoves({ core, gate, caller, database }) };
  }

  private makeMoves({ core, gate, caller, database }: MovePorts): CellMoves {
    const { settings, logger } = this.role;
    const operatorSid = settings.operatorSid ?? core.account?.accountSid;
    return cellMoves({
      database,
      blobs: core.blobs,
      clock: systemClock,
      logger,
      gate,
      movables: [core.accounts, core.console, core.regulatory, core.numbers]
        .map(({ movable }) => movable)
        .concat(core.cell.movables),
      caller,
      flush: () => core.cell.projection.flush(),
      isOperator: (sid) => sid === operatorSid,
    });
  }

  private makeServer(made: MessagingRole | undefined, load: LoadTeller): HttpServer {
    const core = made?.core;
    const { logger, onFatal, settings } = this.role;
    const { metrics, minter, fleetKey } = this.parts;
    const { tracing } = this.parts.observing;
    const watch = core === undefined ? watchAnswers(metrics) : watchSystem(metrics, core.cell);
    const routes: readonly Route[] = core === undefined ? [] : routesOf(core);
    const mounts: Mount[] = [
      ...healthRoutes({ ready: () => (core === undefined ? [] : readiness(core.cell)) }),
      metricsMount(metrics),
      ...(core === undefined
        ? []
        : [...core.cell.messaging.carrierMounts(cellPath(this.parts.name)), ...mountsOf(core)]),
      ...(made === undefined ? [] : this.internalMounts(made)),
    ];
    return new HttpServer({
      clock: systemClock,
      logger,
      minter,
      authenticator: ticketAuthenticator({
        authenticator: operatorAuthenticator({
          authenticator: core?.accounts.authenticator ?? { authenticate: () => Promise.resolve(undefined) },
          fleetKey,
          clock: systemClock,
          operatorSid: () => settings.operatorSid ?? core?.account?.accountSid,
        }),
        tickets: new Tickets(fleetKey, systemClock),
        directory: core?.accounts.directory,
      }),
      routes,
      mounts,
      onAnswer: (answered) => {
        load.count();
        core?.requests?.record(answered);
        watch(answered);
        tracing?.requests.answered(answered);
      },
      around: core?.cell.around ?? [],
      takesRequestIds: true,
      ...(made === undefined
        ? {}
        : {
            through: (dispatcher) =>
              tracedCell(tracing, "server", made.core.cell.through(behind(made.gate, dispatcher))),
          }),
      onBug: (error) => onFatal(error.message),
    });
  }

  /** What other processes of the system ask of this cell. */
  private internalMounts({ core, moves, gossip }: MessagingRole): readonly Mount[] {
    const { fleetKey, name } = this.parts;
    const { settings } = this.role;
    const operatorSid = (): string | undefined => settings.operatorSid ?? core.account?.accountSid;
    const texts: SignedEndpoint = {
      method: "POST",
      path: TEXTS_PATH,
      maxBodyOctets: MAX_TEXTS_OCTETS,
      run: ({ json }) => core.cell.messaging.takeTexts(json),
    };
    const { tracing } = this.parts.observing;
    const kept = tracing === undefined ? [] : [keptTracesEndpoint(tracing.sampler)];
    return [
      healthMount({
        name,
        version: readVersion(),
        configHash: sharedSettings(settings).root,
        cell: core.cell,
        database: core.database,
        clock: systemClock,
        folders: { data: settings.data },
        isOperator: (sid) => sid === operatorSid(),
        certificates: () => [],
        hears: () => gossip.members().filter(({ status }) => status === "alive").length,
      }),
      ...core.accounts.internalMounts(fleetKey),
      ...core.console.internalMounts(),
      ...core.cell.modules.audit.internalMounts(fleetKey),
      ...core.cell.watching.insights.mounts,
      seriesMount(core.cell.watching.insights.reader, fleetKey),
      escrowMount(core.cell.modules.ledger, fleetKey, systemClock),
      ...[...moves.endpoints, texts, ...kept, core.live.endpoint, core.cell.modules.links.siteEndpoint].map(
        (endpoint) => signedMount(fleetKey, systemClock, endpoint),
      ),
    ];
  }
}

/** Lets in what is at home here. */
function behind(gate: HomeGate, dispatcher: RequestAnswerer): RequestAnswerer {
  return {
    dispatch: (request) => gate.run(request, (admitted) => dispatcher.dispatch(admitted)),
    reject: (request, error) => dispatcher.reject(request, error),
  };
}
