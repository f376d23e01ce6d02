import { join } from "node:path";
import type { PooledDatabase } from "../adapters/postgres/index.ts";
import type { AccountDirectory } from "../modules/accounts/index.ts";
import { messagingModule, type Carrier, type MessagingModule } from "../modules/messaging/index.ts";
import { monitorModule, type MonitorModule } from "../modules/monitor/index.ts";
import type { NumberDirectory } from "../modules/numbers/index.ts";
import { Cell, Projection, projectionMigration, readProjectedOffsets } from "../platform/cell/index.ts";
import { createAddressGuard, HttpClient } from "../platform/http-client/index.ts";
import { openLog, type Log } from "../platform/log/index.ts";
import type { BlobStore, Clock, Logger, Migration, Net } from "../platform/ports.ts";
import { WebhookDelivery, WebhookState, webhookMachine } from "../platform/webhooks/index.ts";
import type { ProgramSettings } from "./carriers.ts";
import { urlFetcher } from "./fetch-url.ts";

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
  readonly mintSid: (prefix: string) => string;
  readonly publicUrl: () => string;
}

/** A messaging cell: its log, its machines, its projections and its drivers. */
export interface MessagingCell {
  readonly cell: Cell;
  readonly messaging: MessagingModule;
  readonly monitor: MonitorModule;
  readonly webhooks: WebhookDelivery;
  readonly projection: Projection;
  close(): Promise<void>;
}

/** Opens the cell's log, which also makes sure that nobody else has it. */
export function openCellLog(dataFolder: string, name: string, ports: { clock: Clock; logger: Logger }): Promise<Log> {
  return openLog({ directory: join(dataFolder, "cells", name, "log"), maxRecordOctets: MAX_RECORD_OCTETS, ...ports });
}

/** The parts of a cell before its log is replayed: their migrations must run first. */
export function prepareMessagingCell(options: MessagingCellOptions): {
  readonly migrations: readonly Migration[];
  open(onProgress: (done: number, total: number) => void): Promise<MessagingCell>;
} {
  const { settings, clock, net, logger, database, accounts } = options;
  const { allowPrivateNetworks, maxInFlight, maxInFlightPerHost } = settings.webhooks;
  const limits = { maxConnections: maxInFlight, maxConnectionsPerHost: maxInFlightPerHost };
  const http = new HttpClient({ net, clock, limits });
  const guard = createAddressGuard({ net, clock, allowPrivateNetworks });
  const messaging = messagingModule({
    ...options,
    fetchUrl: urlFetcher(http, guard),
    accountStatus: (sid) => accounts.status(sid),
    callbackEvents: settings.messaging.statusCallbacks,
    limits: { adoptReceiptMs: settings.messaging.adoptReceiptSeconds * 1_000 },
  });
  const monitor = monitorModule({ database, clock, logger, cell: options.name });
  const webhookState = new WebhookState();
  const webhooks = new WebhookDelivery({
    state: webhookState,
    clock,
    logger,
    http,
    guard,
    maxInFlight,
    maxInFlightPerHost,
    authToken: (sid) => accounts.authToken(sid),
    responders: () => messaging.responders,
  });
  const machines = [messaging.machine, webhookMachine(webhookState, webhooks), monitor.machine];
  const migrations = [projectionMigration, ...messaging.migrations, ...monitor.migrations];
  return {
    migrations,
    open: async (onProgress) => {
      const projectedOffsets = await readProjectedOffsets(database, options.name);
      const { log } = options;
      const cell = new Cell({ name: options.name, log, clock, logger, machines, projectedOffsets, onProgress });
      messaging.attach(cell);
      webhooks.attach(cell);
      await cell.recover();
      const tables = [...messaging.projections, ...monitor.projections];
      const projection = new Projection({ cell, database, clock, logger, tables });
      projection.start();
      monitor.start();
      messaging.start();
      const close = async (): Promise<void> => {
        await messaging.close();
        await webhooks.close();
        monitor.stop();
        await projection.close();
        await cell.close();
        await http.close();
      };
      return { cell, messaging, monitor, webhooks, projection, close };
    },
  };
}
