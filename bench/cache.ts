/**
 * The cache beside lru-cache and Redis: hit ratios against the best there can be, CPU time
 * an operation, and what many who ask at one time cost.
 * `npm run bench -- cache [requests] [seed]`.
 */
import { createHash } from "node:crypto";
import { LRUCache } from "lru-cache";
import { systemClock } from "../src/adapters/system/index.ts";
import { LoadingCache, S3FifoCache } from "../src/platform/cache/index.ts";
import { benchRedis } from "./cache/redis.ts";
import { beladyHits, Lru, WTinyLfu, type ReferenceCache } from "./cache/references.ts";
import { TRACES, zipfTrace } from "./cache/traces.ts";

const CAPACITIES = [500, 2_000, 10_000];
const CPU_CAPACITY = 10_000;
const ROUNDS = 5;
const ASKERS = 1_000;
const BELADY_SHARE_GOAL = 0.8;
const CPU_GOAL_NS = 300;

/** Runs all parts and prints a table for each. */
export async function run(args: string[]): Promise<void> {
  const [requests = 1_000_000, seed = 42] = args.map(Number);
  console.log(`${requests} requests over 100,000 keys, Zipf 0.9, seed ${seed}; hit % and share of Belady with bypass`);
  console.table(hitRatios(requests, seed));
  const keys = keysOf(zipfTrace(requests, seed));
  console.log(
    `get, or set after a miss, of ${CPU_CAPACITY} entries; CPU ns, median of ${ROUNDS} rounds (goal ${CPU_GOAL_NS})`,
  );
  console.table(await costs(keys));
  console.log(`${ASKERS} who ask at one time for a key that is not known`);
  console.table([await singleFlight()]);
  const redis = await benchRedis(keys.slice(0, 40_000));
  if (typeof redis === "string") console.log(`without Redis: ${redis}`);
  else console.table(redis);
}

/** Account SIDs, one for each key number; the same text is the same string, as in a parsed request it would not be. */
function keysOf(trace: Uint32Array): string[] {
  const names = new Map<number, string>();
  return Array.from(trace, (key) => {
    const known = names.get(key);
    if (known !== undefined) return known;
    const name = `AC${createHash("md5").update(String(key)).digest("hex")}`;
    names.set(key, name);
    return name;
  });
}

class S3Fifo implements ReferenceCache {
  private readonly cache: S3FifoCache<number>;

  constructor(maxEntries: number) {
    this.cache = new S3FifoCache({ maxEntries });
  }

  request(key: number): boolean {
    const name = String(key);
    if (this.cache.get(name) !== undefined) return true;
    this.cache.set(name, 1);
    return false;
  }
}

function hitRatios(requests: number, seed: number): Record<string, string | number>[] {
  const rows: Record<string, string | number>[] = [];
  for (const [name, make] of Object.entries(TRACES)) {
    const trace = make(requests, seed);
    for (const capacity of CAPACITIES) {
      const best = beladyHits(trace, capacity);
      const hits = (cache: ReferenceCache): number => trace.reduce((sum, key) => sum + (cache.request(key) ? 1 : 0), 0);
      const show = (count: number): string =>
        `${((100 * count) / trace.length).toFixed(1)} (${(count / best).toFixed(3)})`;
      const [lru, tiny, ours] = [hits(new Lru(capacity)), hits(new WTinyLfu(capacity)), hits(new S3Fifo(capacity))];
      const points = (100 * (ours - Math.max(lru, tiny))) / trace.length;
      rows.push({
        trace: name,
        entries: capacity,
        Belady: ((100 * best) / trace.length).toFixed(1),
        LRU: show(lru),
        "W-TinyLFU": show(tiny),
        S3FifoCache: show(ours),
        "over the better": `${points >= 0 ? "+" : ""}${points.toFixed(1)}`,
        goals: ours / best >= BELADY_SHARE_GOAL && points >= -1 ? "met" : "MISSED",
      });
    }
  }
  return rows;
}

/** A cache and what one request to it does. True for a hit. */
type Contender = () => (key: string) => boolean;

const CONTENDERS: Readonly<Record<string, Contender>> = {
  S3FifoCache: () => {
    const cache = new S3FifoCache<number>({ maxEntries: CPU_CAPACITY });
    return (key) => {
      if (cache.get(key) !== undefined) return true;
      cache.set(key, 1);
      return false;
    };
  },
  "lru-cache": () => {
    const cache = new LRUCache<string, number>({ max: CPU_CAPACITY });
    return (key) => {
      if (cache.get(key) !== undefined) return true;
      cache.set(key, 1);
      return false;
    };
  },
  "Map, deleted and set again": () => {
    const cache = new Map<string, number>();
    return (key) => {
      const hit = cache.delete(key);
      cache.set(key, 1);
      if (cache.size > CPU_CAPACITY) for (const oldest of cache.keys()) return !cache.delete(oldest);
      return hit;
    };
  },
};

async function costs(keys: readonly string[]): Promise<Record<string, string | number>[]> {
  const taken = new Map<string, number[]>();
  const hits = new Map<string, number>();
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const [name, make] of Object.entries(CONTENDERS)) {
      const request = make();
      const started = process.cpuUsage();
      let count = 0;
      for (const key of keys) if (request(key)) count += 1;
      const { user, system } = process.cpuUsage(started);
      // The first round only warms up.
      if (round > 0) taken.set(name, [...(taken.get(name) ?? []), ((user + system) * 1_000) / keys.length]);
      hits.set(name, count);
    }
  }
  const rows = [...taken].map(([name, rounds]) => ({
    what: name,
    "CPU ns": Math.round(median(rounds)),
    least: Math.round(Math.min(...rounds)),
    "hit %": Math.round((1_000 * (hits.get(name) ?? 0)) / keys.length) / 10,
  }));
  return [...rows, await loadingCost(keys)];
}

/** Answers of a LoadingCache that knows the value, its look at the clock included. */
async function loadingCost(keys: readonly string[]): Promise<Record<string, string | number>> {
  const cache = loadingCache(() => Promise.resolve(1));
  const known = [...new Set(keys)].slice(0, CPU_CAPACITY);
  for (const key of known) await cache.get(key);
  const rounds: number[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const started = process.cpuUsage();
    for (let at = 0; at < keys.length; at += 1) void cache.get(known[(at * 7919) % known.length] as string);
    const { user, system } = process.cpuUsage(started);
    if (round > 0) rounds.push(((user + system) * 1_000) / keys.length);
  }
  const [cpuNs, least] = [Math.round(median(rounds)), Math.round(Math.min(...rounds))];
  return { what: "LoadingCache, hits alone", "CPU ns": cpuNs, least, "hit %": 100 };
}

async function singleFlight(): Promise<Record<string, number>> {
  const loadings: ((value: number) => void)[] = [];
  const cache = loadingCache(() => new Promise((resolve) => void loadings.push(resolve)));
  const started = process.cpuUsage();
  const asked = Array.from({ length: ASKERS }, () => cache.get("key"));
  for (const answer of loadings) answer(1);
  const answers = await Promise.all(asked.map((found) => Promise.resolve(found)));
  const { user, system } = process.cpuUsage(started);
  return {
    answered: answers.filter((value) => value === 1).length,
    loads: cache.counts.loads,
    "CPU µs for all": user + system,
  };
}

function loadingCache(load: () => Promise<number>): LoadingCache<number> {
  const maxEntries = 2 * CPU_CAPACITY;
  return new LoadingCache({ clock: systemClock, maxEntries, load, freshMs: 3.6e6, staleMs: 3.6e6, absentMs: 1_000 });
}

function median(values: readonly number[]): number {
  return [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0;
}
