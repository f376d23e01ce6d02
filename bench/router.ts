/**
 * The router of the edge: what is found without network, and what each step costs.
 * `node dist/bench/run.js router [--full] [--accounts N] [--races N] [--json]`.
 */
import { mkdtemp, rm, stat, readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { migrate, openDatabase, startEmbeddedPostgres, type PooledDatabase } from "../src/adapters/postgres/index.ts";
import { openRedis, RedisSharedRoutes } from "../src/adapters/redis/index.ts";
import { systemClock } from "../src/adapters/system/index.ts";
import { cellsModule, DatabaseHomeTable, type CellsModule } from "../src/modules/cells/index.ts";
import {
  CellRouter,
  SnapshotFolder,
  type CellRouterOptions,
  type HomeTable,
} from "../src/platform/cell-router/index.ts";
import { startTestRedis, withoutRedis } from "../test/kit/redis.ts";
import { Child } from "./sms/child.ts";
import { quietLogger } from "./sms/quiet-logger.ts";
import { showTimes, timeEach, type Times } from "./router/measure.ts";
import { digestOf, type RacerCalls } from "./router/racer.ts";
import { cells, HINTS, makeWorld, PLACEMENT, raceKey, traceOf, type Resident, type World } from "./router/world.ts";

const SMALL = { accounts: 200_000, races: 20_000, lookUps: 500_000 };
const FULL = { accounts: 1_000_000, races: 1_000_000, lookUps: 2_000_000 };
const ROWS_AT_ONCE = 20_000;
const CAP = 10_000_000;
const RACERS = 2;
const ROUTERS_A_RACER = 2;
const RACES_AT_ONCE = 32;
/** Of look-ups without network. */
const GOAL_SHARE = 0.99;
const SINGLE_CALLS = 5_000;
/** No room: every look-up goes over the network. */
const FORGETFUL = { maxFollowed: 0, maxCached: 1 };

interface Sizes {
  readonly accounts: number;
  readonly races: number;
  readonly lookUps: number;
}

/** What is measured on. */
interface Stage {
  readonly database: PooledDatabase;
  readonly url: string;
  readonly module: CellsModule;
  readonly world: World;
  readonly trace: readonly Resident[];
  readonly folder: string;
}

type Results = Record<string, unknown>;

/** Measures all of it. */
export async function run(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      full: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      accounts: { type: "string" },
      races: { type: "string" },
    },
  });
  const sizes = values.full ? FULL : SMALL;
  const accounts = Number(values.accounts ?? sizes.accounts);
  const races = Number(values.races ?? sizes.races);
  const results = await measure({ accounts, races, lookUps: sizes.lookUps });
  if (values.json) console.log(JSON.stringify({ benchmark: "router", accounts, races, ...results }));
}

async function measure(sizes: Sizes): Promise<Results> {
  const folder = await mkdtemp(join(tmpdir(), "trunkline-bench-router-"));
  const server = await startEmbeddedPostgres({
    folder: join(folder, "postgres"),
    durability: "throwaway",
    removeAtExit: true,
  });
  const url = await server.database("router");
  const database = openDatabase({ url, poolSize: 5 });
  const results: Results = {};
  try {
    const stage = await prepare({ database, url, folder }, sizes);
    await measureTrace(stage, results);
    await measureSteps(stage, results);
    await measureRaces(stage, sizes.races, results);
    await database.close();
    await measureDown(stage, results);
  } finally {
    await database.close();
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
  return results;
}

async function prepare(at: Pick<Stage, "database" | "url" | "folder">, sizes: Sizes): Promise<Stage> {
  const { database } = at;
  const module = cellsModule({ database, hints: HINTS, isOperator: () => false, caps: { smb: CAP } });
  await migrate(database, module.migrations);
  await module.start();
  for (const cell of cells) await module.register(cell);
  const world = makeWorld(sizes.accounts);
  const rows = [...world.accounts, ...world.numbers];
  for (let from = 0; from < rows.length; from += ROWS_AT_ONCE)
    await insert(database, rows.slice(from, from + ROWS_AT_ONCE));
  await database.query("analyze cell_homes");
  console.log(`${world.accounts.length} accounts and ${world.numbers.length} numbers in ${cells.length} cells`);
  return { ...at, module, world, trace: traceOf(world, sizes.lookUps) };
}

async function insert(database: PooledDatabase, rows: readonly Resident[]): Promise<void> {
  await database.query(
    `insert into cell_homes (key, type, cell, epoch, counted)
     select key, 'messaging', cell, epoch, false from unnest($1::text[], $2::text[], $3::bigint[]) r (key, cell, epoch)`,
    [rows.map(({ key }) => key), rows.map(({ cell }) => cell), rows.map(({ epoch }) => epoch)],
  );
}

function routerOf(options: Partial<CellRouterOptions>): CellRouter {
  return new CellRouter({ clock: systemClock, logger: quietLogger, hints: HINTS, ...options });
}

/** The table without its changes: an edge that follows nothing has to find out everything by itself. */
function unfollowed(table: HomeTable): HomeTable {
  return {
    find: (key, type) => table.find(key, type),
    assign: (assignment) => table.assign(assignment),
    homesSince: async () => ({ changes: [], cursor: "", hasMore: false, restarted: false }),
    cells: () => table.cells(),
  };
}

async function measureTrace({ module, trace, folder }: Stage, results: Results): Promise<void> {
  const snapshot = new SnapshotFolder(join(folder, "snapshots"), quietLogger);
  const following = routerOf({ table: module.homes, snapshot, limits: { maxFollowed: 2_000_000, maxCached: 100_000 } });
  const startMs = performance.now();
  await following.start();
  while (following.tableAgeMs === undefined) await new Promise((resolve) => setTimeout(resolve, 50));
  const seconds = (performance.now() - startMs) / 1_000;
  console.log(
    `an edge that starts with nothing has read the table after ${seconds.toFixed(1)} s and keeps ${following.size} homes`,
  );
  results["trace_followed"] = await playTrace("an edge that follows the table", following, trace, GOAL_SHARE);
  const fast = await timeEach(Math.min(200_000, trace.length), (at) =>
    following.route(trace[at]?.key ?? "", "messaging"),
  );
  showTimes("known at once", fast, 50);
  results["known"] = fast;
  await following.stop();
  const [name = ""] = (await readdir(join(folder, "snapshots"))).toSorted().toReversed();
  const { size } = await stat(join(folder, "snapshots", name));
  console.log(`its snapshot has ${(size / 1e6).toFixed(1)} MB`);

  const alone = routerOf({ table: unfollowed(module.homes) });
  await alone.start();
  results["trace_cold"] = await playTrace("an edge that follows nothing, cold", alone, trace);
  results["trace_warm"] = await playTrace("the same once it is warm", alone, trace);
  await alone.stop();
}

async function playTrace(name: string, router: CellRouter, trace: readonly Resident[], goal?: number): Promise<number> {
  let network = 0;
  let wrong = 0;
  for (const { key, cell, epoch } of trace) {
    const answer = router.route(key, "messaging");
    if (answer instanceof Promise) network += 1;
    let home = answer instanceof Promise ? await answer : answer;
    if (home?.cell !== cell) {
      // What the cell that is not the home says.
      network += 1;
      wrong += 1;
      if (!router.repair(key, "messaging", { cell, epoch })) home = await router.refresh(key, "messaging");
    }
  }
  const share = 1 - network / trace.length;
  const verdict = goal === undefined ? "" : `; goal ${goal * 100} %: ${share >= goal ? "met" : "MISSED"}`;
  const found = `${(share * 100).toFixed(2)} % of ${trace.length} without network`;
  console.log(`${name}: ${found}, ${wrong} repaired${verdict}`);
  return share;
}

async function measureSteps(stage: Stage, results: Results): Promise<void> {
  const { database, module, world } = stage;
  const keys = world.numbers.slice(0, SINGLE_CALLS).map(({ key }) => key);
  const keyAt = (at: number): string => keys[at % keys.length] ?? "";
  if (withoutRedis === false) await measureRedis(keyAt, results);
  else console.log(`through Redis: skipped, ${withoutRedis}`);
  const byTable = routerOf({ table: unfollowed(module.homes), cells, limits: FORGETFUL });
  const bare = await timeEach(SINGLE_CALLS, (at) =>
    database.query("select cell from cell_homes where key = $1 and type = 'messaging'", [keyAt(at)]),
  );
  showTimes("a bare select", bare);
  keep(results, "table", await timeEach(SINGLE_CALLS, (at) => byTable.route(keyAt(at), "messaging")), 2_000);
  const first = 0x7000_0000;
  const assigning = await timeEach(1_000, (at) => byTable.assign(raceKey(first + at), PLACEMENT));
  keep(results, "assigned", assigning, 5_000);
}

async function measureRedis(keyAt: (at: number) => string, results: Results): Promise<void> {
  const redis = await startTestRedis();
  const connection = openRedis({ url: redis.url, clock: systemClock, logger: quietLogger });
  await connection.connect(5_000);
  const shared = new RedisSharedRoutes(connection);
  const router = routerOf({ shared, cells, limits: FORGETFUL });
  for (let at = 0; at < SINGLE_CALLS; at += 1)
    await shared.put(keyAt(at), "messaging", { cell: "messaging-1", epoch: 1 });
  const bare = await timeEach(SINGLE_CALLS, (at) =>
    connection.run((client) => client.get(`trunkline:home:messaging:${keyAt(at)}`)),
  );
  showTimes("a bare GET", bare);
  keep(results, "redis", await timeEach(SINGLE_CALLS, (at) => router.route(keyAt(at), "messaging")), 500);
  connection.close();
  await redis.stop();
}

function keep(results: Results, name: string, times: Times, goalUs: number): void {
  showTimes(name === "assigned" ? "assigned" : `through ${name}`, times, goalUs);
  results[name] = times;
}

/** Several processes with several routers each ask for the homes of the same new keys at the same time. */
async function measureRaces({ database, url }: Stage, requests: number, results: Results): Promise<void> {
  const keys = Math.ceil(requests / (RACERS * ROUTERS_A_RACER));
  const before = await accountsOf(database);
  const racers = Array.from({ length: RACERS }, () => new Child<RacerCalls>("../router/racer.js"));
  const race = { url, routers: ROUTERS_A_RACER, keys, atOnce: RACES_AT_ONCE };
  const ended = await Promise.all(racers.map((racer) => racer.call("race", race)));
  await Promise.all(racers.map((racer) => racer.release()));
  const rows = await database.query<{ key: string; cell: string }>(
    "select key, cell from cell_homes where key >= $1 and key < $2 order by key",
    [raceKey(0), raceKey(keys)],
  );
  const digests = new Set([...ended.flatMap(({ digests: each }) => each), digestOf(rows.map(({ cell }) => cell))]);
  const after = await accountsOf(database);
  const counted = after.reduce((sum, each, at) => sum + each - (before[at] ?? 0), 0);
  const isRight = digests.size === 1 && rows.length === keys && counted === keys;
  const seconds = Math.max(...ended.map((each) => each.seconds));
  const placed = after.map((each, at) => each - (before[at] ?? 0));
  const unevenness = Math.max(...placed) / (keys / placed.length);
  console.log(
    `${keys * RACERS * ROUTERS_A_RACER} racing first requests for ${keys} keys: ${isRight ? "0 double assignments" : "NOT ALL AGREE"}, ` +
      `${rows.length} homes, ${counted} counted, ${Math.round((keys * RACERS * ROUTERS_A_RACER) / seconds)} a second, ` +
      `fullest cell ${unevenness.toFixed(3)} of the mean`,
  );
  results["races"] = { keys, requests: keys * RACERS * ROUTERS_A_RACER, isRight, seconds, unevenness };
}

async function accountsOf(database: PooledDatabase): Promise<number[]> {
  const rows = await database.query<{ accounts: number }>("select accounts from cells order by number");
  return rows.map(({ accounts }) => accounts);
}

/** The database is closed by now, and nobody answers where Redis should be. */
async function measureDown({ database, world, folder }: Stage, results: Results): Promise<void> {
  const table = new DatabaseHomeTable(database);
  const connection = openRedis({ url: "redis://127.0.0.1:1", clock: systemClock, logger: quietLogger });
  const shared = new RedisSharedRoutes(connection);
  const snapshot = new SnapshotFolder(join(folder, "snapshots"), quietLogger);
  const router = routerOf({ table, shared, snapshot, limits: { maxFollowed: 2_000_000, maxCached: 100_000 } });
  const startMs = performance.now();
  await router.start();
  const seconds = (performance.now() - startMs) / 1_000;
  let routed = 0;
  const residents = [...world.accounts, ...world.numbers];
  for (const { key, cell } of residents) {
    const home = router.route(key, "messaging");
    if (!(home instanceof Promise) && home?.cell === cell) routed += 1;
  }
  await router.stop();
  connection.close();
  const verdict = routed === residents.length ? "all" : "NOT ALL";
  console.log(
    `table and Redis down, after a restart of ${seconds.toFixed(1)} s: ${verdict} of ${residents.length} known keys routed (${routed})`,
  );
  results["down"] = { known: residents.length, routed };
}
