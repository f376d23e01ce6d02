/**
 * A messaging cell without HTTP in front: the real log, PostgreSQL and SMPP carrier, and
 * messages made by calling the module. Started as a child; everything that is the edge's
 * (accounts, numbers) answers at once.
 */
import { join } from "node:path";
import { openBlobFolder } from "../../src/adapters/files/index.ts";
import { migrate, openDatabase, startEmbeddedPostgres } from "../../src/adapters/postgres/index.ts";
import { systemClock, systemNet, systemRandomBytes } from "../../src/adapters/system/index.ts";
import { carrierSettings, makeCarriers } from "../../src/entry/carriers.ts";
import { openCellLog, prepareMessagingCell, type MessagingCell } from "../../src/entry/messaging-cell.ts";
import { SidMinter } from "../../src/kernel/ids.ts";
import { createMessage, type Carrier } from "../../src/modules/messaging/index.ts";
import { loadSettings } from "../../src/platform/config/index.ts";
import { SecretBox } from "../../src/platform/secrets/index.ts";
import type { Log } from "../../src/platform/log/index.ts";
import { SENDER, bodyOf, destinationOf } from "./addresses.ts";
import { serveCalls } from "./child.ts";
import { monotonicMs } from "./monotonic.ts";
import { quietLogger } from "./quiet-logger.ts";
import { ACCOUNT_SID, AUTH_TOKEN } from "./settings-file.ts";

const CELL = "bench-1";

/** How messages are made. */
export interface ModuleLoadInput {
  readonly base: number;
  readonly count: number;
  /** So many at a time, each until it is accepted, or until its receipt is durable. */
  readonly inFlight: number;
  readonly until: "accepted" | "receipt";
  /** So many a second instead, whatever becomes of them. */
  readonly perSecond?: number;
}

/** What a load came to. Times are of `monotonicMs`, by message. */
export interface ModuleLoad {
  readonly sentMs: Float64Array;
  readonly acceptedMs: Float64Array;
  readonly refused: number;
  readonly refusal: string | undefined;
}

/** What the process and the cell hold. */
export interface CellSize {
  readonly messages: number;
  readonly queued: number;
  readonly unprojected: number;
  readonly rssMiB: number;
  readonly heapMiB: number;
  readonly arrayBuffersMiB: number;
  readonly logMiB: number;
}

let cell: MessagingCell | undefined;
let onReceipt: () => void = () => {};
let stop: () => Promise<void> = () => Promise.resolve();

const useCell = (): MessagingCell => {
  if (cell === undefined) throw new Error("the cell is not open");
  return cell;
};

const calls = {
  /** Opens the cell; resolves to how long its recovery took and how much log was replayed. */
  async open(input: { checkpoints: boolean }): Promise<{ recoverMs: number; replayedMiB: number }> {
    const settings = loadSettings({ flags: {}, env: process.env, cwd: process.cwd(), carrierTypes: carrierSettings });
    const postgres = await startEmbeddedPostgres({ folder: join(settings.data, "postgres") });
    const database = openDatabase({ url: await postgres.database("trunkline"), poolSize: 4 });
    const ports = { clock: systemClock, logger: quietLogger };
    const startedMs = monotonicMs();
    const log = await openCellLog(settings.data, CELL, ports);
    const minter = new SidMinter(() => systemClock.nowMs(), systemRandomBytes);
    const prepared = await prepareMessagingCell({
      name: CELL,
      settings,
      log: input.checkpoints ? log : withoutCheckpoints(log),
      database,
      blobs: await openBlobFolder(join(settings.data, "media")),
      ...ports,
      net: systemNet,
      accounts: {
        authToken: () => Promise.resolve(AUTH_TOKEN),
        status: () => Promise.resolve("active"),
        canAccess: () => Promise.resolve(true),
      },
      numbers: {
        sender: () => ({ mms: true, kind: "local" }),
        inboundText: () => undefined,
        applicationStatusCallback: () => undefined,
      },
      carriers: makeCarriers(settings.carriers, { net: systemNet, publicUrl: () => "http://127.0.0.1", ...ports }).map(
        heardCarrier,
      ),
      authenticator: { authenticate: () => Promise.resolve(undefined) },
      secrets: new SecretBox(Buffer.alloc(32)),
      isOperator: () => false,
      mintSid: (prefix) => minter.mint(prefix),
      publicUrl: () => "http://127.0.0.1",
    });
    await migrate(database, prepared.migrations);
    let replayed = 0;
    cell = await prepared.open((doneOctets) => {
      replayed = doneOctets;
    });
    const recoverMs = monotonicMs() - startedMs;
    stop = async () => {
      await useCell().close();
      await database.close();
      await postgres.stop();
    };
    return { recoverMs, replayedMiB: replayed / 2 ** 20 };
  },
  load(input: ModuleLoadInput): Promise<ModuleLoad> {
    return loadMessages(input);
  },
  size(_input: undefined): CellSize {
    const { messaging, cell: inner } = useCell();
    const { rss, heapUsed, arrayBuffers } = process.memoryUsage();
    const mib = (octets: number): number => Math.round(octets / 2 ** 20);
    const status = messaging.status();
    return {
      messages: status.messages,
      queued: status.carriers.reduce((sum, carrier) => sum + carrier.queued, 0),
      unprojected: inner.unprojected(),
      rssMiB: mib(rss),
      heapMiB: mib(heapUsed),
      arrayBuffersMiB: mib(arrayBuffers),
      logMiB: mib(inner.logStatus().durableEnd),
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

/** A carrier whose receipts are counted when they are durable. */
function heardCarrier(carrier: Carrier): Carrier {
  const start: Carrier["start"] = (listener) => {
    carrier.start({
      onCapacity: () => listener.onCapacity(),
      onText: (text, settle) => listener.onText(text, settle),
      onReceipt: (receipt, settle) => {
        listener.onReceipt(receipt, (durable) => {
          settle(durable);
          if (durable) onReceipt();
        });
      },
    });
  };
  return new Proxy(carrier, {
    get(target, name) {
      const value: unknown = name === "start" ? start : Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

function loadMessages(input: ModuleLoadInput): Promise<ModuleLoad> {
  const { base, count, inFlight, until, perSecond } = input;
  const { deps } = useCell().messaging;
  const sentMs = new Float64Array(count);
  const acceptedMs = new Float64Array(count);
  let refused = 0;
  let refusal: string | undefined;
  let next = 0;
  let answered = 0;
  return new Promise((resolve) => {
    const create = async (atMs: number): Promise<void> => {
      const index = next;
      next += 1;
      sentMs[index] = atMs;
      const number = base + index;
      try {
        await createMessage(deps, {
          accountSid: ACCOUNT_SID,
          direction: "outbound-api",
          to: `+${destinationOf(number)}`,
          from: SENDER,
          body: bodyOf(number),
        });
        acceptedMs[index] = monotonicMs();
        if (until === "accepted") createNext();
      } catch (error) {
        refused += 1;
        refusal ??= error instanceof Error ? error.message : String(error);
        createNext();
      }
      answered += 1;
      if (answered === count) resolve({ sentMs, acceptedMs, refused, refusal });
    };
    const createNext = (): void => {
      if (perSecond === undefined && next < count) void create(monotonicMs());
    };
    onReceipt = until === "receipt" ? createNext : () => {};
    if (perSecond === undefined) {
      for (let i = 0; i < inFlight; i += 1) createNext();
      return;
    }
    const startMs = monotonicMs();
    const timer = setInterval(() => {
      const due = Math.min(count, Math.floor(((monotonicMs() - startMs) * perSecond) / 1_000));
      // The time it was due counts, so that a stall is not hidden.
      while (next < due) void create(startMs + (next * 1_000) / perSecond);
      if (next === count) clearInterval(timer);
    }, 1);
  });
}

serveCalls(calls);
