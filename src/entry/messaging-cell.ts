import { join } from "node:path";
import type { LiveSource } from "../platform/live/index.ts";
import type { ReadAll } from "../modules/insights/index.ts";
import { alertTexts, makeWatchingModules, type WatchingModules } from "./watching-modules.ts";
import { present } from "../kernel/assert.ts";
import type { PooledDatabase } from "../adapters/postgres/index.ts";
import type { AccountDirectory } from "../modules/accounts/index.ts";
import {
  messagingModule,
  type CarrierBook,
  type FetchUrl,
  type MessagingModule,
  type TextRouting,
} from "../modules/messaging/index.ts";
import type { EscrowHome } from "../modules/ledger/index.ts";
import { idempotencyMovable, webhookMovable } from "../modules/moves/index.ts";
import { monitorModule, type MonitorModule } from "../modules/monitor/index.ts";
import type { EsmeModule } from "../modules/esme/index.ts";
import { numbersMachine, type NumbersModule } from "../modules/numbers/index.ts";
import type { RegulatoryModule } from "../modules/regulatory/index.ts";
import type { PortedNumbers, RoutingModule } from "../modules/routing/index.ts";
import {
  Cell,
  Projection,
  projectionMigration,
  readProjectedOffsets,
  refusedRowsMigration,
  type Machine,
  type ProjectedTable,
} from "../platform/cell/index.ts";
import { createAddressGuard, HttpClient } from "../platform/http-client/index.ts";
import type { FleetKey, HomeGate, Movable } from "../platform/fleet/index.ts";
import type { Around, Authenticator, Mount, RequestAnswerer, Route } from "../platform/http/index.ts";
import { idempotency, KeyBook } from "../platform/idempotency/index.ts";
import type { Log } from "../platform/log/index.ts";
import { ProjectionLag, type FailingHost, type Metrics } from "../platform/metrics/index.ts";
import type { BlobStore, Clock, Logger, Migration, Net } from "../platform/ports.ts";
import type { SecretBox } from "../platform/secrets/index.ts";
import type { WebhookDelivery } from "../platform/webhooks/index.ts";
import type { ProgramSettings } from "./carriers.ts";
import {
  closeModules,
  listModules,
  makeCellModules,
  openModules,
  startModules,
  type CellModules,
} from "./cell-modules.ts";
import { makeEsme } from "./esme.ts";
import { textFetcher, urlFetcher } from "./fetch-url.ts";
import { makeLooked, makeWebhooks, watchedWebhooks, type Looked } from "./cell-webhooks.ts";
import { openWatchedLog, watchMachines, watchProjection, type Observing } from "./observability.ts";
import { makeRouting } from "./routing.ts";

/** A TwiML answer of 64 KiB can ask for ten replies; with the webhooks that end beside it this is never reached. */
const MAX_RECORD_OCTETS = 8 * 1024 * 1024;

export interface MessagingCellOptions {
  readonly name: string;
  readonly settings: ProgramSettings;
  readonly log: Log;
  readonly database: PooledDatabase;
  readonly blobs: BlobStore;
  readonly clock: Clock;
  readonly net: Net;
  readonly logger: Logger;
  readonly accounts: AccountDirectory;
  readonly numbers: NumbersModule["directory"];
  readonly regulatory: RegulatoryModule;
  /** The subaccounts of a main account. */
  readonly subaccountsOf: (accountSid: string) => Promise<readonly string[]>;
  readonly fleetKey: FleetKey;
  /** 0 where there is one cell only. */
  readonly cellNumber: number;
  readonly carrierBook: CarrierBook;
  readonly ported?: PortedNumbers | undefined;
  /** Whether an account may see what is the operator's. */
  readonly isOperator: (accountSid: string) => boolean;
  readonly authenticator: Authenticator;
  readonly secrets: SecretBox;
  readonly mintSid: (prefix: string) => string;
  readonly publicUrl: () => string;
  /** Where accounts and numbers of a cell among others are; without it, all are at home here. */
  readonly neighbours?: Neighbours | undefined;
  /** Nothing is watched where absent. */
  readonly observing?: Observing | undefined;
}

/** The other cells, as this one knows them. */
export interface Neighbours {
  readonly gate: HomeGate;
  /** Asks the cell in which an account is at home for money that it may spend here. */
  readonly escrowHome?: EscrowHome;
  /** Gives texts that came here to the cell whose they are. */
  readonly sendTexts: TextRouting["send"];
  /** Reads a series of all accounts over all cells, for alerts. */
  readonly readAll?: ReadAll;
}

/** A messaging cell: its log, its machines, its projections and its drivers. */
export interface MessagingCell {
  readonly cell: Cell;
  readonly messaging: MessagingModule;
  readonly routing: RoutingModule;
  /** SMPP for customers, and the ports on which it listens. */
  readonly esme: EsmeModule;
  readonly smppPorts: { readonly port: number | undefined; readonly tlsPort: number | undefined };
  readonly routes: readonly Route[];
  /** Files that are answered beside the routes. */
  readonly mounts: readonly Mount[];
  readonly modules: CellModules;
  readonly watching: WatchingModules;
  /** Puts what answers on other hosts than the API's before what answers requests. */
  through(next: RequestAnswerer): RequestAnswerer;
  readonly monitor: MonitorModule;
  readonly webhooks: WebhookDelivery;
  /** Hosts of webhooks that fail. */
  readonly failingHosts: () => readonly FailingHost[];
  readonly lag: ProjectionLag;
  readonly projection: Projection;
  /** What can be watched while it happens. */
  readonly liveSources: readonly LiveSource[];
  /** Steps around the work of every route. */
  readonly around: readonly Around[];
  /** What moves with an account to another cell, beside the account itself and its numbers. */
  readonly movables: readonly Movable[];
  close(): Promise<void>;
}

/** Who is told while a cell opens. */
export interface Opening {
  readonly onProgress: (done: number, total: number) => void;
  /** The cell is made, before it recovers. */
  readonly onCell?: (cell: Cell) => void;
}

/** Opens the cell's log, which also makes sure that nobody else has it. */
export function openCellLog(
  dataFolder: string,
  name: string,
  ports: { clock: Clock; logger: Logger; metrics?: Metrics | undefined },
): Promise<Log> {
  const { clock, logger, metrics } = ports;
  const directory = join(dataFolder, "cells", name, "log");
  return openWatchedLog({ directory, maxRecordOctets: MAX_RECORD_OCTETS, clock, logger }, metrics);
}

/** The parts of a cell before its log is replayed: their migrations must run first. */
export async function prepareMessagingCell(options: MessagingCellOptions): Promise<{
  readonly migrations: readonly Migration[];
  open(opening: Opening): Promise<MessagingCell>;
}> {
  const parts = await makeParts(options);
  const { esme, routing, messaging, monitor, modules, watching } = parts;
  const migrating = [...listModules(modules), watching.alerts, messaging, monitor, routing, esme];
  const migrations = [projectionMigration, refusedRowsMigration, ...migrating.flatMap((each) => each.migrations)];
  return { migrations, open: (opening) => openParts(options, parts, opening) };
}

/** Replays the log, and lets everything begin. */
async function openParts(
  options: MessagingCellOptions,
  parts: Parts,
  { onProgress, onCell }: Opening,
): Promise<MessagingCell> {
  const { name, log, clock, logger, database, secrets } = options;
  const { esme, routing, messaging, monitor, webhooks, keys, machines, modules, watching, late } = parts;
  const { insights, events, alerts } = watching;
  const { compliance, links, audit, ledger, services } = modules;
  const projectedOffsets = await readProjectedOffsets(database, name);
  const watched = watchMachines(options.observing, machines);
  const cell: Cell = new Cell({ name, log, clock, logger, machines: watched, projectedOffsets, onProgress });
  late.cell = cell;
  onCell?.(cell);
  for (const part of [messaging, webhooks, esme, compliance, links, audit, events, alerts]) part.attach(cell);
  await openModules(modules);
  await alerts.open();
  await messaging.loadCarriers();
  await routing.start();
  await cell.recover();
  await audit.start();
  await events.start();
  const tables = [messaging, monitor, ledger, compliance, links, audit, alerts].flatMap((module) => module.projections);
  const projection = new Projection({ cell, database, clock, logger, tables });
  projection.start();
  monitor.start();
  const lag = new ProjectionLag({ clock, end: () => cell.end, firstUnprojected: () => firstDirty(tables) });
  const stopLag = watchProjection(options.observing?.metrics, lag);
  const close = (): Promise<void> => {
    stopLag();
    return closeParts(parts, { cell, projection });
  };
  // The credentials first, so that the first text that comes in finds the binds that take it.
  const smppPorts = await esme.start().catch(async (error: unknown) => {
    await close();
    throw error;
  });
  messaging.start();
  startModules(modules);
  alerts.start();
  const around = [idempotency({ keys, cell: () => cell, secrets, clock, logger }), audit.step];
  const movables = [
    messaging.movable,
    webhookMovable(parts.webhookState),
    idempotencyMovable(keys, { cell: () => cell, clock }),
    monitor.movable,
    esme.movable,
    ...[...listModules(modules), insights, alerts].map((module) => module.movable),
  ];
  const routed = [messaging, monitor, routing, esme, insights, events, alerts, ...listModules(modules)];
  const routes = routed.flatMap((module) => module.routes);
  const { mounts } = services;
  const through = (next: RequestAnswerer): RequestAnswerer => links.through(next);
  const made = { cell, messaging, routing, esme, smppPorts, routes, mounts, monitor, webhooks, projection, lag };
  const liveSources: readonly LiveSource[] = [messaging, monitor, insights, alerts].flatMap((part) => part.liveSources);
  return {
    ...made,
    failingHosts: parts.failingHosts,
    modules,
    watching,
    through,
    liveSources,
    around,
    movables,
    close,
  };
}

/** The oldest change of all tables that is not in the database. */
function firstDirty(tables: readonly ProjectedTable<never>[]): number | undefined {
  let first: number | undefined;
  for (const { table } of tables) {
    const offset = table.firstDirtyOffset();
    if (offset !== undefined && (first === undefined || offset < first)) first = offset;
  }
  return first;
}

/** Nobody is promised anything more while what was promised is finished. */
async function closeParts(parts: Parts, { cell, projection }: { cell: Cell; projection: Projection }): Promise<void> {
  const { http, esme, routing, messaging, monitor, webhooks, sender, modules, watching } = parts;
  watching.alerts.stop();
  await esme.close();
  routing.close();
  await messaging.close();
  await webhooks.close();
  await sender.close();
  monitor.stop();
  await closeModules(modules);
  await projection.close();
  await watching.events.stop();
  await cell.close();
  await modules.close();
  await http.close();
}

type Parts = Awaited<ReturnType<typeof makeParts>>;

/** The parts of a cell, which know each other but no log yet. */
async function makeParts(options: MessagingCellOptions) {
  const { settings, clock, net, logger, database, accounts, carrierBook, ported, isOperator } = options;
  const { allowPrivateNetworks, maxInFlight, maxInFlightPerHost } = settings.webhooks;
  const limits = { maxConnections: maxInFlight, maxConnectionsPerHost: maxInFlightPerHost };
  const http = new HttpClient({ net, clock, limits });
  const guard = createAddressGuard({ net, clock, allowPrivateNetworks });
  const late: { messaging?: MessagingModule; cell?: Cell } = {};
  const modules = await makeCellModules({
    ...options,
    cell: () => present(late.cell, "the cell is made"),
    fetchText: textFetcher(http, guard),
    gate: options.neighbours?.gate,
    escrowHome: options.neighbours?.escrowHome,
  });
  const keys = new KeyBook();
  const looked = makeLooked(options);
  const useMessaging = (): MessagingModule => present(late.messaging, "messaging is made");
  const esme = makeEsme({
    ...options,
    accounts: { authenticator: options.authenticator, directory: accounts },
    messaging: useMessaging,
  });
  const routing = await makeRouting({
    database,
    clock,
    logger,
    carriers: carrierBook.routable,
    ported,
    isOperator,
    messaging: useMessaging,
  });
  const messaging = makeMessaging(options, { routing, esme, modules, looked, fetchUrl: urlFetcher(http, guard) });
  late.messaging = messaging;
  const watching = await makeWatchingModules({
    ...options,
    cell: () => present(late.cell, "the cell is made"),
    texts: alertTexts({ numbers: options.numbers, messaging: useMessaging, keys, clock }),
    gate: options.neighbours?.gate,
    readAll: options.neighbours?.readAll,
  });
  const monitor = monitorModule({
    database,
    clock,
    logger,
    cell: options.name,
    traces: settings.console.traces,
    ...(looked.traces === undefined ? {} : { webhooks: watchedWebhooks(options, looked, late) }),
  });
  const all: { responders?: MessagingModule["responders"] } = {};
  // Asked for every webhook: put together once.
  const responders = () => (all.responders ??= { ...watching.alerts.responders, ...useMessaging().responders });
  const { sender, failingHosts, webhooks, machine } = makeWebhooks(options, { modules, looked, responders });
  const machines = machinesOf(options, { messaging, machine, monitor, esme, keys, modules, watching });
  return {
    modules,
    watching,
    late,
    http,
    esme,
    routing,
    messaging,
    monitor,
    sender,
    failingHosts,
    webhooks,
    webhookState: looked.state,
    keys,
    machines,
  };
}

/** The machines over the cell's log. */
function machinesOf(
  { regulatory }: Pick<MessagingCellOptions, "regulatory">,
  parts: {
    readonly messaging: MessagingModule;
    /** Of webhooks. */
    readonly machine: Machine;
    readonly monitor: MonitorModule;
    readonly esme: EsmeModule;
    readonly keys: KeyBook;
    readonly modules: CellModules;
    readonly watching: WatchingModules;
  },
): readonly Machine[] {
  const { messaging, machine, monitor, esme, keys, modules, watching } = parts;
  const { ledger, services, a2p, compliance, links, audit } = modules;
  const { insights, events, alerts } = watching;
  const own = [monitor, esme, keys, ledger, services, a2p, compliance, links, audit, insights, events, alerts];
  return [
    ...messaging.machines,
    machine,
    ...own.map((part) => part.machine),
    ledger.usageMachine,
    numbersMachine,
    regulatory.machine,
  ];
}

/** Messaging as the settings have it. */
function makeMessaging(
  options: MessagingCellOptions,
  parts: { routing: RoutingModule; esme: EsmeModule; modules: CellModules; looked: Looked; fetchUrl: FetchUrl },
): MessagingModule {
  const { unknownGraceSeconds, adoptReceiptSeconds, senderRates, accountRates, senderQueueSeconds, statusCallbacks } =
    options.settings.messaging;
  const { neighbours } = options;
  const tracing = options.observing?.tracing;
  const { routing, esme, fetchUrl, modules, looked } = parts;
  const { compliance, ledger } = modules;
  return messagingModule({
    ...options,
    ...(neighbours === undefined ? {} : elsewhere(neighbours)),
    carriers: options.carrierBook.running,
    useCarriers: (carriers) => routing.useCarriers(carriers),
    timeline: {
      pdus: options.carrierBook.traces,
      webhooks: looked.traces === undefined ? undefined : { traces: looked.traces, state: looked.state },
      rulesAsked: (country) => (country === undefined ? [] : compliance.rulesAsked(country)),
      linesOf: (sid) => ledger.linesOf(sid),
    },
    traces: options.settings.console.traces,
    router: routing.router,
    rates: { senders: senderRates, accounts: accountRates, queueSeconds: senderQueueSeconds },
    inboundBinds: esme.inboundBinds,
    services: modules.services.directory,
    compliance: modules.compliance.compliance,
    spending: modules.ledger.spending,
    prices: modules.pricing.prices,
    links: modules.links.shortening,
    fetchUrl,
    accountStatus: (sid) => options.accounts.status(sid),
    callbackEvents: statusCallbacks,
    ...(tracing === undefined ? {} : { traceOf: (request) => tracing.requests.packedOf(request) }),
    limits: { adoptReceiptMs: adoptReceiptSeconds * 1_000, unknownGraceMs: unknownGraceSeconds * 1_000 },
  });
}

/** What messaging asks about accounts and numbers that may be at home in other cells. */
function elsewhere({ gate, sendTexts }: Neighbours) {
  return {
    accepts: (accountSid: string) => gate.accepts(accountSid),
    textRouting: { placeOf: (address: string) => gate.placeOfText(address), send: sendTexts },
  };
}
