import { readdir, readFile, statfs } from "node:fs/promises";
import { getHeapStatistics } from "node:v8";
import type { PooledDatabase } from "../../adapters/postgres/index.ts";
import { AppError } from "../../kernel/errors.ts";
import { NOT_FOUND, type Mount } from "../../platform/http/index.ts";
import type { FailingHost, ProjectionLag } from "../../platform/metrics/index.ts";
import type { Clock } from "../../platform/ports.ts";
import type { MessagingCell } from "../messaging-cell.ts";
import { HEALTH_PATH, type CarrierReport, type DiskReport, type HealthReport } from "./health-report.ts";

/** What a cell says of itself is made of. */
export interface HealthParts {
  readonly name: string;
  readonly version: string;
  readonly configHash: string;
  readonly cell: WatchedCell;
  readonly database: Pick<PooledDatabase, "query">;
  readonly clock: Pick<Clock, "nowMs">;
  /** Folders whose disks are looked at, by name. */
  readonly folders: Readonly<Record<string, string>>;
  readonly isOperator: (accountSid: string) => boolean;
  readonly certificates: () => readonly { readonly name: string; readonly endsMs: number }[];
  /** Processes that are heard, itself included; absent where there is one process only. */
  readonly hears?: () => number;
}

/** A cell, and what watches it. */
export type WatchedCell = MessagingCell & {
  readonly lag: Pick<ProjectionLag, "seconds">;
  readonly failingHosts: () => readonly FailingHost[];
};

const HASH_CHARACTERS = 12;
const MAX_NAMED_ACCOUNTS = 10;
const MAX_NAMED_HOSTS = 20;
const MAX_DETAIL_CHARACTERS = 300;

/** `GET /trunkline/v1/Health`, for the operator: figures of this process that `doctor` judges. */
export function healthMount(parts: HealthParts): Mount {
  return {
    method: "GET",
    path: HEALTH_PATH,
    access: "main",
    run: async ({ principal, request }) => {
      if (!parts.isOperator(principal?.accountSid ?? "")) throw new AppError(NOT_FOUND, { resource: request.target });
      const headers = ["Content-Type", "application/json", "Cache-Control", "no-store"];
      return { status: 200, headers, body: `${JSON.stringify(await readHealth(parts))}\n` };
    },
  };
}

/** What a cell says of itself. Never rejects for what it reports about. */
export async function readHealth(parts: HealthParts): Promise<HealthReport> {
  const { name, version, configHash, cell, clock } = parts;
  const [database, disks, process_] = await Promise.all([askDatabase(parts), readDisks(parts.folders), readProcess()]);
  const { acceptsNewWork, reason = null, slowestCommitMs } = cell.cell.logStatus();
  const { unknown } = cell.messaging.status();
  return {
    name,
    version,
    runtime: process.version,
    config: configHash.slice(0, HASH_CHARACTERS),
    startedMs: Math.round(clock.nowMs() - process.uptime() * 1_000),
    nowMs: clock.nowMs(),
    ...database,
    log: { acceptsWork: acceptsNewWork, reason, slowestCommitMs },
    disks,
    process: process_,
    projection: { lagSeconds: cell.lag.seconds(), waiting: cell.cell.unprojected() },
    messages: { unknown },
    carriers: carriersOf(cell),
    webhooks: { waiting: cell.webhooks.status().waiting, failing: cell.failingHosts().slice(0, MAX_NAMED_HOSTS) },
    outOfMoney: outOfMoney(cell),
    certificates: parts.certificates(),
    hears: parts.hears?.() ?? null,
  };
}

async function askDatabase({
  database,
  clock,
}: HealthParts): Promise<Pick<HealthReport, "databaseAheadMs" | "databaseProblem">> {
  const beforeMs = clock.nowMs();
  try {
    const [row] = await database.query<{ now: number }>(
      "select (extract(epoch from clock_timestamp()) * 1000)::float8 as now",
    );
    const middleMs = (beforeMs + clock.nowMs()) / 2;
    return { databaseAheadMs: Math.round(Number(row?.now) - middleMs), databaseProblem: null };
  } catch (error) {
    return { databaseAheadMs: null, databaseProblem: error instanceof Error ? error.message : String(error) };
  }
}

async function readDisks(folders: Readonly<Record<string, string>>): Promise<DiskReport[]> {
  const reports = Object.entries(folders).map(async ([folder, path]): Promise<DiskReport> => {
    const { bavail, blocks, bsize, ffree, files } = await statfs(path);
    return { folder, freeOctets: bavail * bsize, allOctets: blocks * bsize, freeInodes: ffree, allInodes: files };
  });
  const settled = await Promise.allSettled(reports);
  return settled.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
}

async function readProcess(): Promise<HealthReport["process"]> {
  const open = await readdir("/proc/self/fd").catch(() => []);
  const limits = await readFile("/proc/self/limits", "utf8").catch(() => "");
  return {
    heapOctets: process.memoryUsage().heapUsed,
    heapLimitOctets: getHeapStatistics().heap_size_limit,
    openFiles: open.length,
    openFilesLimit: Number(/^Max open files\s+(\d+)/m.exec(limits)?.[1] ?? 0),
  };
}

function carriersOf({ messaging }: MessagingCell): CarrierReport[] {
  const { carriers, health } = messaging.status();
  const known = new Map(health.carriers.map((carrier) => [carrier.name, carrier]));
  return carriers.map(({ name, up, queued, binds }) => {
    const measured = known.get(name);
    const detail = binds.find((bind) => bind.detail !== undefined)?.detail;
    return {
      name,
      up,
      usable: measured?.usable ?? up,
      reason: measured?.reason ?? null,
      detail: detail?.slice(0, MAX_DETAIL_CHARACTERS) ?? null,
      breaker: measured?.breaker ?? "closed",
      queued,
      submittedMs: measured?.submittedMs ?? null,
    };
  });
}

/** What of a wallet says whether anything is left in it. */
interface ShownWallet {
  readonly owner: string;
  readonly mode: string;
  readonly floorMicros: number | null;
  readonly balanceMicros: number;
  readonly grantsMicros: number;
  readonly heldMicros: number;
  readonly owedMicros: number;
}

function outOfMoney({ modules }: MessagingCell): HealthReport["outOfMoney"] {
  const wallets = modules.ledger.machine.tables.find(({ name }) => name === "ledger-wallets") as
    | { values(): Iterable<ShownWallet> }
    | undefined;
  const accounts: string[] = [];
  let count = 0;
  for (const wallet of wallets?.values() ?? []) {
    if (wallet.mode !== "prepaid" || leftMicros(wallet) > 0) continue;
    count += 1;
    if (accounts.length < MAX_NAMED_ACCOUNTS) accounts.push(wallet.owner);
  }
  return { count, accounts };
}

function leftMicros({ floorMicros, balanceMicros, grantsMicros, heldMicros, owedMicros }: ShownWallet): number {
  return balanceMicros + grantsMicros - owedMicros - heldMicros - (floorMicros ?? 0);
}
