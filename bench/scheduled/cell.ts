/** A messaging cell with PostgreSQL and a carrier that leads nowhere, for scheduled messages alone. */
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { MemoryBlobStore } from "../../src/adapters/memory/index.ts";
import { migrate, openDatabase, startEmbeddedPostgres } from "../../src/adapters/postgres/index.ts";
import { systemClock } from "../../src/adapters/system/index.ts";
import { SidMinter } from "../../src/kernel/ids.ts";
import { messagingModule, NO_SERVICES, type Carrier, type MessagingModule } from "../../src/modules/messaging/index.ts";
import { Cell, Projection, projectionMigration, readProjectedOffsets } from "../../src/platform/cell/index.ts";
import { openLog } from "../../src/platform/log/index.ts";
import { routerOf } from "../../test/kit/routes.ts";
import { quietLogger } from "../sms/quiet-logger.ts";

export const SENDER = "+15005550100";
export const SERVICE = `MG${"1".repeat(32)}`;
const CELL = "bench-1";

/** An account of the benchmark. */
export const accountOf = (n: number): string => `AC${n.toString(16).padStart(32, "0")}`;

/** Takes everything at once, and tells who was given what and when. */
function nowhere(onSubmit: (sid: string, atMs: number) => void): Carrier {
  return {
    name: "nowhere",
    prefixes: [],
    priority: 0,
    messagesPerSecond: undefined,
    up: true,
    capacity: () => 1_000,
    countParts: () => 1,
    submit: ({ sid }, done) => {
      onSubmit(sid, systemClock.nowMs());
      done({ kind: "accepted", id: sid });
    },
    start: (listener) => listener.onCapacity(),
    status: () => ({ name: "nowhere", type: "null", up: true, binds: [] }),
    close: () => Promise.resolve(),
  };
}

const service = (accountSid: string, sid: string) => ({
  sid,
  accountSid,
  friendlyName: "bench",
  inboundMethod: "POST" as const,
  fallbackMethod: "POST" as const,
  useInboundWebhookOnNumber: false,
  stickySender: false,
  smartEncoding: false,
  mmsConverter: false,
  fallbackToLongCode: false,
  areaCodeGeomatch: false,
  validityPeriod: 36_000,
  usecase: "undeclared" as const,
});

/** A cell that runs. */
export interface BenchCell {
  readonly module: MessagingModule;
  readonly cell: Cell;
  /** Resolves when PostgreSQL has everything. */
  settle(): Promise<void>;
  close(): Promise<void>;
}

/** A folder with a database server, in which cells run one after the other. */
export async function openPlace(parentFolder: string) {
  const folder = await mkdtemp(join(parentFolder, "trunkline-scheduled-"));
  const postgres = await startEmbeddedPostgres({ folder: join(folder, "postgres") });
  const database = openDatabase({ url: await postgres.database("trunkline"), poolSize: 4 });
  const minter = new SidMinter(() => systemClock.nowMs(), randomBytes);
  return {
    database,
    open: async (onSubmit: (sid: string, atMs: number) => void): Promise<BenchCell> => {
      const ports = { clock: systemClock, logger: quietLogger };
      const carriers = [nowhere(onSubmit)];
      const module = messagingModule({
        ...ports,
        database,
        blobs: new MemoryBlobStore(),
        numbers: {
          sender: () => ({ mms: true, kind: "local" }),
          inboundText: () => undefined,
          applicationStatusCallback: () => undefined,
        },
        carriers,
        mintSid: (prefix) => minter.mint(prefix),
        fetchUrl: () => Promise.reject(new Error("nothing is fetched here")),
        accountStatus: () => Promise.resolve("active"),
        publicUrl: () => "http://127.0.0.1",
        callbackEvents: "all",
        router: await routerOf(carriers, systemClock),
        isOperator: () => false,
        services: {
          ...NO_SERVICES,
          service,
          chooseSender: () => ({ sender: { address: SENDER, kind: "local", mms: true }, reason: "rate" }),
        },
      });
      const log = await openLog({ directory: join(folder, "log"), ...ports });
      await migrate(database, [projectionMigration, ...module.migrations]);
      const projectedOffsets = await readProjectedOffsets(database, CELL);
      const cell = new Cell({ name: CELL, log, ...ports, machines: module.machines, projectedOffsets });
      module.attach(cell);
      await cell.recover();
      const projection = new Projection({ cell, database, ...ports, tables: module.projections });
      projection.start();
      module.start();
      return {
        module,
        cell,
        settle: async () => {
          while (cell.unprojected() > 0) await new Promise((resolve) => setTimeout(resolve, 200));
        },
        close: async () => {
          await module.close();
          await projection.close();
          await cell.close();
        },
      };
    },
    close: async () => {
      await database.close();
      await postgres.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
