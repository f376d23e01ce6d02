/**
 * The router alone, beside one that is written as one first would: a map of prefixes that
 * is asked for ever shorter beginnings of the number, and a sort of the candidates.
 * `node dist/bench/run.js routing [prefixes] [carriers] [decisions]`.
 */
import { createHash } from "node:crypto";
import {
  compileTable,
  TABLE_FORMAT,
  TableRouter,
  UNKNOWN_HEALTH,
  type CompiledTable,
  type HealthSnapshot,
  type RouteRequest,
} from "../src/modules/routing/index.ts";

const NETWORKS = 2_000;
const CARRIERS_A_NETWORK = 16;
const CARRIERS_A_PREFIX = 4;
const PREFIXES_A_ENTRY = 500;
const INPUTS = 900;
const PAUSE_GOAL_MS = 5;
const ACCOUNT = `AC${"0".repeat(32)}`;

/** Random numbers that are the same every time (mulberry32). */
function seeded(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** What both sides are built from. Of the prefixes two thirds belong to networks, and one third has routes of its own. */
interface World {
  readonly carriers: readonly string[];
  /** By network. */
  readonly networkPrefixes: readonly (readonly string[])[];
  readonly networkRoutes: readonly (readonly Route[])[];
  readonly routed: readonly { readonly prefixes: readonly string[]; readonly routes: readonly Route[] }[];
  readonly all: readonly string[];
}

interface Route {
  readonly carrier: number;
  readonly priceMicros: number;
}

function makeWorld(prefixCount: number, carrierCount: number): World {
  const random = seeded(7);
  const carriers = Array.from({ length: carrierCount }, (_, at) => `carrier-${at}`);
  const prefixes = new Set<string>();
  while (prefixes.size < prefixCount) prefixes.add(String(1_000_000 + random(998_999_999)).slice(0, 5 + random(5)));
  const all = [...prefixes];
  const routes = (count: number): Route[] =>
    Array.from({ length: count }, () => ({ carrier: random(carrierCount), priceMicros: 1_000 + 100 * random(80) }));
  const owned = Math.floor((prefixCount * 2) / 3);
  const networkPrefixes = Array.from({ length: NETWORKS }, (): string[] => []);
  for (let at = 0; at < owned; at += 1) networkPrefixes[random(NETWORKS)]?.push(all[at] ?? "");
  const routed: World["routed"][number][] = [];
  for (let at = owned; at < all.length; at += PREFIXES_A_ENTRY) {
    routed.push({ prefixes: all.slice(at, at + PREFIXES_A_ENTRY), routes: routes(CARRIERS_A_PREFIX) });
  }
  const networkRoutes = Array.from({ length: NETWORKS }, () => routes(CARRIERS_A_NETWORK));
  return { carriers, networkPrefixes, networkRoutes, routed, all };
}

const codeOf = (network: number): string => String(10_000 + network);

function* partsOfWorld(world: World): Generator<unknown> {
  const { carriers } = world;
  yield { format: TABLE_FORMAT, currency: "USD", quantum: 0.5 };
  for (let at = 0; at < carriers.length; at += 500) {
    yield { carriers: carriers.slice(at, at + 500).map((name) => ({ name })) };
  }
  for (let network = 0; network < NETWORKS; network += 1) {
    const prefixes = world.networkPrefixes[network] ?? [];
    for (let at = 0; at < Math.max(1, prefixes.length); at += PREFIXES_A_ENTRY) {
      const entry = { code: codeOf(network), country: "US", prefixes: prefixes.slice(at, at + PREFIXES_A_ENTRY) };
      yield { networks: [entry] };
    }
  }
  const random = seeded(11);
  for (let input = 0; input < INPUTS; input += 1) {
    yield { inputs: [{ name: `input ${input}`, weight: 0.01, values: carriers.map(() => random(10)) }] };
  }
  for (let network = 0; network < NETWORKS; network += 1) {
    const routes = world.networkRoutes[network] ?? [];
    const networks = [codeOf(network)];
    yield { routes: routes.map(({ carrier, priceMicros }) => ({ carrier: carriers[carrier], priceMicros, networks })) };
  }
  for (const { prefixes, routes } of world.routed) {
    for (const { carrier, priceMicros } of routes) {
      yield { routes: [{ carrier: carriers[carrier], priceMicros, prefixes }] };
    }
  }
}

/** Numbers to decide for: `even` over all prefixes, or most to few of them, as messages go. */
function requestsOf(world: World, count: number, even: boolean): RouteRequest[] {
  const random = seeded(13);
  const { all } = world;
  return Array.from({ length: count }, (): RouteRequest => {
    const range = even || random(10) === 0 ? all.length : Math.min(all.length, 5_000);
    const to = `+${((all[random(range)] ?? "1") + String(random(1e9)).padStart(9, "0")).slice(0, 12)}`;
    return {
      accountSid: ACCOUNT,
      from: "+15005550100",
      to,
      senderKind: "local",
      trafficClass: "transactional",
      encoding: "GSM-7",
      segments: 1 + random(2),
    };
  });
}

/**
 * The longest time between two pauses, which is how long everything else would have
 * waited: as the clock says, and in CPU time, which other work on the machine adds less to.
 */
class Pauses {
  longestMs = 0;
  longestCpuMs = 0;
  count = 0;
  overGoal = 0;
  private last = performance.now();
  private lastCpu = process.cpuUsage();

  start(): void {
    this.lastCpu = process.cpuUsage();
    this.last = performance.now();
  }

  note(): void {
    const tookMs = performance.now() - this.last;
    this.longestMs = Math.max(this.longestMs, tookMs);
    this.count += 1;
    if (tookMs > PAUSE_GOAL_MS) this.overGoal += 1;
    const { user, system } = process.cpuUsage(this.lastCpu);
    this.longestCpuMs = Math.max(this.longestCpuMs, (user + system) / 1_000);
  }

  readonly pause = async (): Promise<void> => {
    this.note();
    await new Promise((resolve) => setImmediate(resolve));
    this.start();
  };
}

/** Runs once and prints two tables. */
export async function run(args: string[]): Promise<void> {
  const [prefixes = 1_000_000, carriers = 5_000, decisions = 400_000] = args.map(Number);
  const world = makeWorld(prefixes, carriers);
  const { table: second, pauses: cold } = await compileWorld(world);
  const { table, pauses, compileMs } = await compileWorld(world);
  const router = new TableRouter(table, {
    clock: Date as never,
    configured: new Set(world.carriers),
    loadTable: () => Promise.resolve(undefined),
  });
  const swapStart = performance.now();
  router.use(second);
  const swapMs = performance.now() - swapStart;
  console.table([
    {
      carriers: table.size.carriers,
      prefixes: table.size.prefixes,
      routes: table.size.routes,
      inputs: table.size.inputs,
      "compile s": round(compileMs / 1_000),
      "longest pause ms": round(pauses.longestMs),
      "cold ms": round(cold.longestMs),
      "longest CPU ms": round(pauses.longestCpuMs),
      "over 5 ms": `${pauses.overGoal} of ${pauses.count}`,
      "swap ms": round(swapMs),
      "table MiB": round(octetsOf(table) / 2 ** 20),
    },
  ]);
  const peer = new PlainRouter(world);
  const rows: Record<string, string | number>[] = [];
  for (const even of [false, true]) {
    const requests = requestsOf(world, Math.min(decisions, 200_000), even);
    const numbers = even ? "all prefixes alike" : "nine of ten to 5,000 prefixes";
    const health: HealthSnapshot = { ...UNKNOWN_HEALTH, version: 1 };
    for (const [what, decide] of [
      ["router", (request: RouteRequest) => router.decide(request, health).ranking.length],
      ["plain map and sort", (request: RouteRequest) => peer.decide(request).length],
    ] as const) {
      rows.push({ what, numbers, ...measure(requests, decisions, decide) });
    }
  }
  console.table(rows);
}

async function compileWorld(world: World): Promise<{ table: CompiledTable; pauses: Pauses; compileMs: number }> {
  const pauses = new Pauses();
  const hash = createHash("sha256");
  // What the table is read from is made beforehand, as text: making it is not the table's work.
  const texts = Array.from(partsOfWorld(world), (part) => JSON.stringify(part));
  function* parts(): Generator<unknown> {
    for (const text of texts) yield JSON.parse(text) as unknown;
  }
  const started = performance.now();
  pauses.start();
  const table = await compileTable({
    parts: parts(),
    version: 1,
    hash: { update: (text) => void hash.update(text), digest: () => hash.digest("hex") },
    pause: pauses.pause,
  });
  pauses.note();
  return { table, pauses, compileMs: performance.now() - started };
}

/** What the typed arrays of a table hold. */
function octetsOf(value: unknown): number {
  if (ArrayBuffer.isView(value)) return value.byteLength;
  if (typeof value !== "object" || value === null || value instanceof Map) return 0;
  return Object.values(value).reduce((sum: number, member) => sum + octetsOf(member), 0);
}

function measure(
  requests: readonly RouteRequest[],
  count: number,
  decide: (request: RouteRequest) => number,
): Record<string, number> {
  for (let at = 0; at < Math.min(20_000, count); at += 1) decide(requests[at % requests.length] as RouteRequest);
  let named = 0;
  const startCpu = process.cpuUsage();
  const started = performance.now();
  for (let at = 0; at < count; at += 1) named += decide(requests[at % requests.length] as RouteRequest);
  const tookMs = performance.now() - started;
  const cpu = process.cpuUsage(startCpu);
  return {
    "CPU µs/decision": round((cpu.user + cpu.system) / count),
    "µs/decision": round((tookMs * 1_000) / count),
    "carriers named": round(named / count),
  };
}

/** As one would write it first. It knows no classes, features, health, hours or shares. */
class PlainRouter {
  private readonly world: World;
  private readonly networks = new Map<string, number>();
  private readonly routes = new Map<string, readonly Route[]>();

  constructor(world: World) {
    this.world = world;
    for (const [network, prefixes] of world.networkPrefixes.entries()) {
      for (const prefix of prefixes) this.networks.set(prefix, network);
    }
    for (const { prefixes, routes } of world.routed) for (const prefix of prefixes) this.routes.set(prefix, routes);
  }

  decide(request: RouteRequest): string[] {
    const candidates = new Map<number, number>();
    let network: number | undefined;
    for (let length = request.to.length; length > 1; length -= 1) {
      const prefix = request.to.slice(1, length);
      network ??= this.networks.get(prefix);
      for (const { carrier, priceMicros } of this.routes.get(prefix) ?? []) {
        if (!candidates.has(carrier)) candidates.set(carrier, priceMicros);
      }
    }
    for (const { carrier, priceMicros } of this.world.networkRoutes[network ?? -1] ?? []) {
      if (!candidates.has(carrier)) candidates.set(carrier, priceMicros);
    }
    return [...candidates]
      .toSorted(([, one], [, other]) => one - other)
      .slice(0, 8)
      .map(([carrier]) => this.world.carriers[carrier] ?? "");
  }
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
