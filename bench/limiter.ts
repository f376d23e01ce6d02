/**
 * The limiter beside others in one run: a decision's CPU and latency, octets a key, how exactly
 * a limit holds across regions, simulated and by three processes.
 * `node dist/bench/run.js limiter [decisions] [keys] [length of the processes' phases]`; a length of 0 leaves them out.
 */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from "rate-limiter-flexible";
import { systemClock } from "../src/adapters/system/index.ts";
import { MemoryGossip } from "../src/platform/gossip/index.ts";
import { Gcra, Limiter, Shape, SubjectHash, type LimitRule } from "../src/platform/limits/index.ts";
import { limitStories, simulateLimit } from "../test/simulation/limits-world.ts";
import { measureFleet } from "./limiter/fleet.ts";
import { redisGcra, startRedis } from "./limiter/redis.ts";

const SECRET = new Uint8Array(32).fill(7);
/** Far from refusing: refusals cost each side something else. */
const SHAPE = new Shape({ count: 1_000, burst: 1_000 });
const IN_FLIGHT = 64;
const REDIS_SHARE = 20;
const LIVE_KEYS = 1_000_000;
const PEER_KEYS = 100_000;
const SIMULATED_SECONDS = 60;
const CUT_SECONDS = 20;
const SEEDS = [1, 2, 3];

type Row = Record<string, string | number>;

/** Runs once and prints four tables. */
export async function run(args: string[]): Promise<void> {
  const [decisions = 1_000_000, keyCount = 100_000, phaseLength = 2] = args.map(Number);
  const keys = Array.from({ length: keyCount }, (_, at) => `AC${at.toString(16).padStart(32, "0")}`);
  const keyAt = (at: number): string => keys[(at * 7_919) % keyCount] ?? "";
  console.table([...localRows(decisions, keyAt), ...(await peerRows(decisions, keyAt))]);
  console.table(await sizeRows());
  console.table(simulatedRows());
  if (phaseLength > 0) console.table(await measureFleet(phaseLength));
}

function localRows(decisions: number, keyAt: (at: number) => string): Row[] {
  const table = new Gcra({ hash: new SubjectHash(SECRET) });
  const startMs = performance.now();
  const now = (): number => systemClock.monotonicMs() - startMs;
  const request = (at: number): Parameters<Limiter["decide"]>[0] => {
    const accountSid = keyAt(at);
    return {
      routeClass: "messages.create",
      accountSid,
      keySid: accountSid,
      ip: "192.0.2.1",
      sender: accountSid,
      tier: "smb",
      nowMs: now(),
    };
  };
  const [one, five] = [limiterOf(1), limiterOf(5)];
  return [
    measureLocal("GCRA table", decisions, (at) => table.decide(keyAt(at), SHAPE, now()).admitted),
    measureLocal("limiter, 1 rule across the fleet", decisions, (at) => one.decide(request(at)).admitted),
    measureLocal("limiter, 5 rules, 2 across the fleet", decisions, (at) => five.decide(request(at)).admitted),
  ];
}

function limiterOf(count: number): Limiter {
  const subjects = ["account", "account-route-class", "key", "sender", "ip"] as const;
  const rules = subjects.slice(0, count).map((subject, at): LimitRule => {
    const rate = { count: subject === "ip" ? 1e9 : 1_000, burst: 1_000 };
    return { name: subject, subject, scope: at < 2 ? "fleet" : "process", rate };
  });
  const gossip = new MemoryGossip({ clock: systemClock }).join({ id: "edge-1" });
  return new Limiter({ key: SECRET, settings: { rules }, clock: systemClock, fleet: { gossip, maxKeys: 262_144 } });
}

function measureLocal(what: string, decisions: number, decide: (at: number) => boolean): Row {
  for (let at = 0; at < decisions / 5; at += 1) decide(at);
  const cpuUs = cpuOf(decisions, () => {
    for (let at = 0; at < decisions; at += 1) decide(at);
  });
  const samples = new Float64Array(Math.min(decisions, 100_000));
  for (let at = 0; at < samples.length; at += 1) {
    const startMs = performance.now();
    decide(at);
    samples[at] = (performance.now() - startMs) * 1_000;
  }
  return { what, "CPU µs": round(cpuUs), ...latencies(samples), "64 at once, 1/s": "–" };
}

async function peerRows(decisions: number, keyAt: (at: number) => string): Promise<Row[]> {
  const memory = new RateLimiterMemory({ points: 1_000, duration: 1 });
  const rows = [
    await measurePeer("rate-limiter-flexible, memory", decisions / 5, (at) => consumed(memory.consume(keyAt(at)))),
  ];
  const redis = await startRedis();
  if (redis === undefined) {
    console.log("No redis-server here (Debian: redis-server): the rows with Redis are left out.");
    return rows;
  }
  try {
    const gcra = redisGcra(redis.client);
    const flexible = new RateLimiterRedis({ storeClient: redis.client, points: 1_000, duration: 1 });
    const count = decisions / REDIS_SHARE;
    rows.push(
      await measurePeer("GCRA script in Redis", count, (at) => gcra(keyAt(at), SHAPE.intervalMs, SHAPE.toleranceMs)),
      await measurePeer("rate-limiter-flexible, Redis", count, (at) => consumed(flexible.consume(keyAt(at)))),
    );
  } finally {
    await redis.stop();
  }
  return rows;
}

/** A refusal is a rejection with this class; anything else is a fault. */
async function consumed(consuming: Promise<unknown>): Promise<boolean> {
  try {
    await consuming;
    return true;
  } catch (error) {
    if (error instanceof RateLimiterRes) return false;
    throw error;
  }
}

async function measurePeer(what: string, decisions: number, decide: (at: number) => Promise<boolean>): Promise<Row> {
  const count = Math.max(1_000, Math.floor(decisions));
  for (let at = 0; at < count / 10; at += 1) await decide(at);
  const samples = new Float64Array(Math.min(count, 20_000));
  for (let at = 0; at < samples.length; at += 1) {
    const startMs = performance.now();
    await decide(at);
    samples[at] = (performance.now() - startMs) * 1_000;
  }
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) {
      next += 1;
      await decide(next);
    }
  };
  const startMs = performance.now();
  const before = process.cpuUsage();
  await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
  const cpu = process.cpuUsage(before);
  const perSecond = Math.round(count / ((performance.now() - startMs) / 1_000));
  return {
    what,
    "CPU µs": round((cpu.user + cpu.system) / count),
    ...latencies(samples),
    "64 at once, 1/s": perSecond,
  };
}

/** Octets a key: of the table as it is laid out, of the others as the heap grows. */
async function sizeRows(): Promise<Row[]> {
  const sidAt = (at: number): string => `AC${at.toString(16).padStart(32, "0")}`;
  const table = new Gcra({ hash: new SubjectHash(SECRET) });
  for (let at = 0; at < LIVE_KEYS; at += 1) table.decide(sidAt(at), SHAPE, 1);
  const collect = collector();
  const grown = async (count: number, fill: (sid: string, at: number) => unknown): Promise<number> => {
    collect();
    const before = process.memoryUsage().heapUsed;
    for (let at = 0; at < count; at += 1) await fill(sidAt(at), at);
    collect();
    return round((process.memoryUsage().heapUsed - before) / count);
  };
  const map = new Map<string, number>();
  const memory = new RateLimiterMemory({ points: 1_000, duration: 600 });
  const mapOctets = await grown(LIVE_KEYS, (sid, at) => map.set(sid, at + 0.5));
  const peerOctets = await grown(PEER_KEYS, (sid) => memory.consume(sid));
  for (let at = 0; at < PEER_KEYS; at += 1) await memory.delete(sidAt(at));
  return [
    {
      what: "GCRA table",
      keys: LIVE_KEYS,
      "octets a key": round(table.slots.octets / LIVE_KEYS),
      lost: table.slots.evictions,
    },
    { what: "a Map of numbers", keys: map.size, "octets a key": mapOctets, lost: 0 },
    { what: "rate-limiter-flexible, memory", keys: PEER_KEYS, "octets a key": peerOctets, lost: 0 },
  ];
}

/** Collects garbage, so that what is left is what is held. */
function collector(): () => void {
  setFlagsFromString("--expose-gc");
  return runInNewContext("gc") as () => void;
}

function simulatedRows(): Row[] {
  return limitStories(SIMULATED_SECONDS, CUT_SECONDS).map((story) => {
    const outcomes = SEEDS.map((seed) => simulateLimit(story, seed));
    const mean = (of: (outcome: (typeof outcomes)[number]) => number): number =>
      Math.round((outcomes.reduce((sum, outcome) => sum + of(outcome), 0) / outcomes.length) * 10) / 10;
    return {
      simulated: story.name,
      "average %": mean(({ average }) => average),
      "while cut %": story.cut === undefined ? "" : mean(({ whileCut }) => whileCut ?? 0),
      "worst second %": Math.max(...outcomes.map(({ worstSecond }) => worstSecond)),
    };
  });
}

function cpuOf(count: number, work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / count;
}

function latencies(samples: Float64Array): Row {
  const sorted = samples.toSorted();
  const at = (part: number): number => round(sorted[Math.floor(sorted.length * part)] ?? 0);
  return { "p50 µs": at(0.5), "p99 µs": at(0.99) };
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
