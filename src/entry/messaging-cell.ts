import { extname, join } from "node:path";
import { present } from "../kernel/assert.ts";
import type { PooledDatabase } from "../adapters/postgres/index.ts";
import type { AccountDirectory } from "../modules/accounts/index.ts";
import {
  messagingModule,
  type Carrier,
  type FetchUrl,
  type MessagingModule,
  type TextRouting,
} from "../modules/messaging/index.ts";
import { idempotencyMovable, webhookMovable } from "../modules/moves/index.ts";
import { monitorModule, type MonitorModule } from "../modules/monitor/index.ts";
import type { EsmeModule } from "../modules/esme/index.ts";
import type { NumberDirectory } from "../modules/numbers/index.ts";
import type { PortedNumbers, RoutingModule } from "../modules/routing/index.ts";
import { Cell, Projection, projectionMigration, readProjectedOffsets } from "../platform/cell/index.ts";
import { createAddressGuard, HttpClient } from "../platform/http-client/index.ts";
import type { HomeGate, Movable } from "../platform/fleet/index.ts";
import type { Around, Authenticator, Route } from "../platform/http/index.ts";
import { idempotency, KeyBook } from "../platform/idempotency/index.ts";
import { openLog, type Log } from "../platform/log/index.ts";
import type { BlobStore, Clock, Logger, Migration, Net } from "../platform/ports.ts";
import type { SecretBox } from "../platform/secrets/index.ts";
import { ThreadSender, WebhookDelivery, WebhookState, webhookMachine } from "../platform/webhooks/index.ts";
import type { ProgramSettings } from "./carriers.ts";
import { makeEsme } from "./esme.ts";
import { urlFetcher } from "./fetch-url.ts";
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
  readonly numbers: NumberDirectory;
  readonly carriers: readonly Carrier[];
  readonly ported?: PortedNumbers | undefined;
  /** Whether an account may see what is the operator's. */
  readonly isOperator: (accountSid: string) => boolean;
  readonly authenticator: Authenticator;
  readonly secrets: SecretBox;
  readonly mintSid: (prefix: string) => string;
  readonly publicUrl: () => string;
  /** Where accounts and numbers of a cell among others are; without it, all are at home here. */
  readonly neighbours?: Neighbours | undefined;
}

/** The other cells, as this one knows them. */
export interface Neighbours {
  readonly gate: HomeGate;
  /** Gives texts that came here to the cell whose they are. */
  readonly sendTexts: TextRouting["send"];
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
  readonly monitor: MonitorModule;
  readonly webhooks: WebhookDelivery;
  readonly projection: Projection;
  /** Steps around the work of every route. */
  readonly around: readonly Around[];
  /** What moves with an account to another cell, beside the account itself and its numbers. */
  readonly movables: readonly Movable[];
  close(): Promise<void>;
}

/** Opens the cell's log, which also makes sure that nobody else has it. */
export function openCellLog(dataFolder: string, name: string, ports: { clock: Clock; logger: Logger }): Promise<Log> {
  return openLog({ directory: join(dataFolder, "cells", name, "log"), maxRecordOctets: MAX_RECORD_OCTETS, ...ports });
}

/** The parts of a cell before its log is replayed: their migrations must run first. */
export async function prepareMessagingCell(options: MessagingCellOptions): Promise<{
  readonly migrations: readonly Migration[];
  open(onProgress: (done: number, total: number) => void): Promise<MessagingCell>;
}> {
  const { clock, logger, database } = options;
  const parts = await makeParts(options);
  const { http, esme, routing, messaging, monitor, webhooks, sender, keys, machines } = parts;
  const migrations = [
    projectionMigration,
    ...messaging.migrations,
    ...monitor.migrations,
    ...routing.migrations,
    ...esme.migrations,
  ];
  const routes = [...messaging.routes, ...monitor.routes, ...routing.routes, ...esme.routes];
  return {
    migrations,
    open: async (onProgress) => {
      const projectedOffsets = await readProjectedOffsets(database, options.name);
      const { log } = options;
      const cell: Cell = new Cell({ name: options.name, log, clock, logger, machines, projectedOffsets, onProgress });
      messaging.attach(cell);
      webhooks.attach(cell);
      esme.attach(cell);
      await routing.start();
      await cell.recover();
      const tables = [...messaging.projections, ...monitor.projections];
      const projection = new Projection({ cell, database, clock, logger, tables });
      projection.start();
      monitor.start();
      const close = async (): Promise<void> => {
        // Nobody is promised anything more while what was promised is finished.
        await esme.close();
        routing.close();
        await messaging.close();
        await webhooks.close();
        await sender.close();
        monitor.stop();
        await projection.close();
        await cell.close();
        await http.close();
      };
      // The credentials first, so that the first text that comes in finds the binds that take it.
      const smppPorts = await esme.start().catch(async (error: unknown) => {
        await close();
        throw error;
      });
      messaging.start();
      const around = [idempotency({ keys, cell: () => cell, secrets: options.secrets, clock, logger })];
      const movables = [
        messaging.movable,
        webhookMovable(parts.webhookState),
        idempotencyMovable(keys, { cell: () => cell, clock }),
        monitor.movable,
        esme.movable,
      ];
      const made = { cell, messaging, routing, esme, smppPorts, routes, monitor, webhooks, projection };
      return { ...made, around, movables, close };
    },
  };
}

/** The parts of a cell, which know each other but no log yet. */
async function makeParts(options: MessagingCellOptions) {
  const { settings, clock, net, logger, database, accounts, carriers, ported, isOperator } = options;
  const { allowPrivateNetworks, maxInFlight, maxInFlightPerHost } = settings.webhooks;
  const limits = { maxConnections: maxInFlight, maxConnectionsPerHost: maxInFlightPerHost };
  const http = new HttpClient({ net, clock, limits });
  const guard = createAddressGuard({ net, clock, allowPrivateNetworks });
  const late: { messaging?: MessagingModule } = {};
  const useMessaging = (): MessagingModule => present(late.messaging, "messaging is made");
  const esme = makeEsme({
    ...options,
    accounts: { authenticator: options.authenticator, directory: accounts },
    messaging: useMessaging,
  });
  const routing = await makeRouting({ database, clock, logger, carriers, ported, isOperator, messaging: useMessaging });
  const messaging = makeMessaging(options, { routing, esme, fetchUrl: urlFetcher(http, guard) });
  late.messaging = messaging;
  const monitor = monitorModule({ database, clock, logger, cell: options.name });
  const { sender, webhooks, state: webhookState, machine } = makeWebhooks(options, useMessaging);
  const keys = new KeyBook();
  const machines = [...messaging.machines, machine, monitor.machine, esme.machine, keys.machine];
  return { http, esme, routing, messaging, monitor, sender, webhooks, webhookState, keys, machines };
}

/** Messaging as the settings have it. */
function makeMessaging(
  options: MessagingCellOptions,
  { routing, esme, fetchUrl }: { routing: RoutingModule; esme: EsmeModule; fetchUrl: FetchUrl },
): MessagingModule {
  const { unknownGraceSeconds, adoptReceiptSeconds, senderRates, accountRates, senderQueueSeconds, statusCallbacks } =
    options.settings.messaging;
  const { neighbours } = options;
  return messagingModule({
    ...options,
    ...(neighbours === undefined ? {} : elsewhere(neighbours)),
    router: routing.router,
    rates: { senders: senderRates, accounts: accountRates, queueSeconds: senderQueueSeconds },
    inboundBinds: esme.inboundBinds,
    fetchUrl,
    accountStatus: (sid) => options.accounts.status(sid),
    callbackEvents: statusCallbacks,
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

/** What sends webhooks: decided on the cell's thread, sent by one of its own. */
function makeWebhooks({ settings, clock, logger, accounts }: MessagingCellOptions, messaging: () => MessagingModule) {
  const { allowPrivateNetworks, maxInFlight, maxInFlightPerHost } = settings.webhooks;
  const sender = new ThreadSender({
    entry: new URL(`./webhook-thread${extname(import.meta.url)}`, import.meta.url),
    setup: { allowPrivateNetworks, maxConnections: maxInFlight, maxConnectionsPerHost: maxInFlightPerHost },
    clock,
    logger,
  });
  const state = new WebhookState();
  const webhooks = new WebhookDelivery({
    state,
    clock,
    logger,
    sender,
    maxInFlight,
    maxInFlightPerHost,
    authToken: (sid) => accounts.authToken(sid),
    responders: () => messaging().responders,
  });
  return { sender, webhooks, state, machine: webhookMachine(state, webhooks) };
}
