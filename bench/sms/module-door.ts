/**
 * A messaging cell without HTTP in front: the real log, PostgreSQL and SMPP carrier, and
 * messages made by calling the module. Started as a child; everything that is the edge's
 * (accounts, numbers) answers at once.
 */
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { openBlobFolder } from "../../src/adapters/files/index.ts";
import { migrate, openDatabase, startEmbeddedPostgres } from "../../src/adapters/postgres/index.ts";
import { systemClock, systemNet, systemRandomBytes } from "../../src/adapters/system/index.ts";
import { carrierSettings, type ProgramSettings } from "../../src/entry/carriers.ts";
import { openCellLog, prepareMessagingCell, type MessagingCell } from "../../src/entry/messaging-cell.ts";
import { SidMinter } from "../../src/kernel/ids.ts";
import { regulatoryModule } from "../../src/modules/regulatory/index.ts";
import { FleetKey } from "../../src/platform/fleet/index.ts";
import { accountsModule } from "../../src/modules/accounts/index.ts";
import { CarrierBook, type Carrier } from "../../src/modules/messaging/index.ts";
import { loadSettings } from "../../src/platform/config/index.ts";
import { SecretBox } from "../../src/platform/secrets/index.ts";
import type { Log } from "../../src/platform/log/index.ts";
import { BLOCKED_PREFIX, carrierPrefix } from "./addresses.ts";
import { serveCalls } from "./child.ts";
import { ModuleMessages, type ModuleLoad, type ModuleLoadInput } from "./module-load.ts";
import { monotonicMs } from "./monotonic.ts";
import { quietLogger } from "./quiet-logger.ts";
import { AUTH_TOKEN } from "./settings-file.ts";

const CELL = "bench-1";
const publicUrl = (): string => "http://127.0.0.1";

/** How the cell is opened. */
export interface ModuleOpenInput {
  readonly checkpoints: boolean;
  /** So many carriers that lead nowhere, each with its prefix, instead of those of the settings. */
  readonly nullCarriers?: number | undefined;
  /** Gives the senders that {@link BLOCKED_PREFIX} begins so small a rate that their second message waits for hours. */
  readonly blocksSenders?: boolean;
  readonly parking?: { readonly messagesInMemory?: number; readonly messagesPerFlow?: number };
}

/** What the process and the cell hold. */
export interface CellSize {
  readonly messages: number;
  readonly queued: number;
  /** Waiting in rows alone. */
  readonly parked: number;
  readonly unprojected: number;
  readonly rssMiB: number;
  readonly heapMiB: number;
  readonly arrayBuffersMiB: number;
  /** Written since the cell began, or waiting to be; with checkpoints less is on the disk. */
  readonly logMiB: number;
}

/** What is on the disk. */
export interface StoredSize {
  readonly databaseMiB: number;
  readonly logMiB: number;
}

const NULL_LATENCY_MS = 20;
const NULL_WINDOW = 4_000;
/** One message in an hour. */
const BLOCKED_PER_MINUTE = 1 / 60;

let cell: MessagingCell | undefined;
let messages: ModuleMessages | undefined;
let stored: (() => Promise<StoredSize>) | undefined;
let stop: () => Promise<void> = () => Promise.resolve();

const useCell = (): MessagingCell => {
  if (cell === undefined) throw new Error("the cell is not open");
  return cell;
};

const calls = {
  /** Opens the cell; resolves to how long its recovery took and how much log was replayed. */
  async open(input: ModuleOpenInput): Promise<{ recoverMs: number; replayedMiB: number }> {
    const settings = settingsFor(input);
    const postgres = await startEmbeddedPostgres({ folder: join(settings.data, "postgres") });
    const database = openDatabase({ url: await postgres.database("trunkline"), poolSize: 4 });
    const ports = { clock: systemClock, logger: quietLogger };
    const startedMs = monotonicMs();
    const log = await openCellLog(settings.data, CELL, ports);
    const minter = new SidMinter(() => systemClock.nowMs(), systemRandomBytes);
    const secrets = new SecretBox(Buffer.alloc(32));
    // As in the program: what is said to carriers is written down, which costs.
    const book = new CarrierBook({
      net: systemNet,
      ...ports,
      configured: settings.carriers,
      database,
      secrets,
      callbackUrl: () => "http://127.0.0.1",
      allowPrivateNetworks: true,
      chaos: settings.console.chaos,
      traces: settings.console.traces,
    });
    // The cell hands what it does not know on to the messaging module: so limits can be set that are no settings.
    const options = {
      ...(input.parking === undefined ? {} : { parking: input.parking }),
      name: CELL,
      settings,
      log: input.checkpoints ? log : withoutCheckpoints(log),
      database,
      blobs: await openBlobFolder(join(settings.data, "media")),
      ...ports,
      net: systemNet,
      accounts: {
        authToken: () => Promise.resolve(AUTH_TOKEN),
        status: () => Promise.resolve("active" as const),
        mainOf: (sid: string) => Promise.resolve(sid),
        knownMainOf: (sid: string) => sid,
        canAccess: () => Promise.resolve(true),
      },
      numbers: {
        sender: (_account: string, address: string) => ({
          mms: true,
          kind: address.startsWith(BLOCKED_PREFIX) ? ("tollfree" as const) : ("local" as const),
        }),
        inboundText: () => undefined,
        applicationStatusCallback: () => undefined,
        numberBySid: () => undefined,
        owned: () => [],
        reload: () => Promise.resolve(),
      },
      regulatory: regulatoryModule({
        database,
        ...ports,
        mintSid: (prefix: string) => minter.mint(prefix),
        commit: () => Promise.resolve(undefined),
        simulatedReviewMs: 0,
      }),
      subaccountsOf: () => Promise.resolve([]),
      fleetKey: new FleetKey(Buffer.alloc(32)),
      cellNumber: 1,
      carrierBook: heardBook(book),
      authenticator: { authenticate: () => Promise.resolve(undefined) },
      secrets,
      isOperator: () => false,
      mintSid: (prefix: string) => minter.mint(prefix),
      publicUrl,
    };
    const prepared = await prepareMessagingCell(options);
    // The tables of credentials refer to those of accounts.
    const accounts = accountsModule({ ...ports, ...options, randomBytes: systemRandomBytes });
    await migrate(database, [...accounts.migrations, ...prepared.migrations]);
    let replayed = 0;
    cell = await prepared.open({
      onProgress: (doneOctets: number) => {
        replayed = doneOctets;
      },
    });
    const recoverMs = monotonicMs() - startedMs;
    messages = new ModuleMessages(cell.messaging.deps);
    stored = async () => {
      const rows = await database.query<{ size: string }>("select pg_database_size(current_database()) as size");
      return { databaseMiB: mib(Number(rows[0]?.size ?? 0)), logMiB: mib(await folderOctets(settings.data)) };
    };
    stop = async () => {
      await useCell().close();
      await database.close();
      await postgres.stop();
    };
    return { recoverMs, replayedMiB: replayed / 2 ** 20 };
  },
  load(input: ModuleLoadInput): Promise<ModuleLoad> {
    if (messages === undefined) throw new Error("the cell is not open");
    return messages.run(input);
  },
  stored(_input: undefined): Promise<StoredSize> {
    if (stored === undefined) throw new Error("the cell is not open");
    return stored();
  },
  size(_input: undefined): CellSize {
    const { messaging, cell: inner } = useCell();
    const { rss, heapUsed, arrayBuffers } = process.memoryUsage();
    const status = messaging.status();
    const log = inner.logStatus();
    return {
      messages: status.messages,
      queued: status.carriers.reduce((sum, carrier) => sum + carrier.queued, 0),
      parked: status.parked,
      unprojected: inner.unprojected(),
      rssMiB: mib(rss),
      heapMiB: mib(heapUsed),
      arrayBuffersMiB: mib(arrayBuffers),
      logMiB: mib(log.durableEnd + log.pendingOctets),
    };
  },
  async checkpoint(_input: undefined): Promise<{ tookMs: number }> {
    const startedMs = monotonicMs();
    await useCell().cell.checkpoint();
    return { tookMs: monotonicMs() - startedMs };
  },
  async stop(_input: undefined): Promise<void> {
    await stop();
  },
};

/** What the parent may call. */
export type ModuleDoorCalls = typeof calls;

/** A log that takes no checkpoint, so that recovery has to read all of it. */
function withoutCheckpoints(log: Log): Log {
  return new Proxy(log, {
    get(target, name) {
      if (name === "writeCheckpoint") return () => Promise.reject(new Error("this benchmark wants none"));
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

/** A carrier whose receipts are counted when they are durable. Changed in its place, because a proxy around it costs. */
function heardBook(book: CarrierBook): CarrierBook {
  for (const carrier of book.running) heardCarrier(carrier);
  return book;
}

function heardCarrier(carrier: Carrier): Carrier {
  const start = carrier.start.bind(carrier);
  const heard = (listener: CarrierListener): void => {
    start({
      onCapacity: () => listener.onCapacity(),
      onText: (text, settle) => listener.onText(text, settle),
      onReceipt: (receipt, settle) => {
        listener.onReceipt(receipt, (durable) => {
          settle(durable);
          if (durable) messages?.receipted();
        });
      },
    });
  };
  return Object.assign(carrier, { start: heard });
}

type CarrierListener = Parameters<Carrier["start"]>[0];

/** The settings of the file, with the carriers and rates that a benchmark wants; more than a file may have. */
function settingsFor(input: ModuleOpenInput): ProgramSettings {
  const settings = loadSettings({ flags: {}, env: process.env, cwd: process.cwd(), carrierTypes: carrierSettings });
  const { nullCarriers, blocksSenders } = input;
  const senderRates = [{ kind: "tollfree" as const, country: undefined, segmentsPerMinute: BLOCKED_PER_MINUTE }];
  return {
    ...settings,
    carriers: nullCarriers === undefined ? settings.carriers : Array.from({ length: nullCarriers }, nullCarrier),
    compliance: { ...settings.compliance, anyCountry: true },
    messaging: blocksSenders === true ? { ...settings.messaging, senderRates } : settings.messaging,
  };
}

function nullCarrier(_: unknown, index: number): Extract<ProgramSettings["carriers"][number], { type: "null" }> {
  return {
    type: "null",
    name: `null-${index}`,
    priority: 100,
    prefixes: [carrierPrefix(index)],
    maintenance: [],
    latencyMs: NULL_LATENCY_MS,
    messagesPerSecond: undefined,
    window: NULL_WINDOW,
    texts: "parts",
    refusedPercent: 0,
    refusal: "later",
    receipts: "delivered",
    receiptDelayMs: NULL_LATENCY_MS,
    failedPercent: 0,
    seed: 1,
  };
}

async function folderOctets(data: string): Promise<number> {
  const folder = join(data, "cells", CELL, "log");
  const sizes = await Promise.all(
    (await readdir(folder, { recursive: true })).map((name) =>
      stat(join(folder, name)).then(
        (found) => found.size,
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

function mib(octets: number): number {
  return Math.round(octets / 2 ** 20);
}

serveCalls(calls);
