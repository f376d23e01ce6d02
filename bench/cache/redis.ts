/** The same requests to a Redis of its own on this machine. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import { findProgram, freePorts, isListening, startProgram, stopProgram } from "../../test/kit/programs.ts";

const PROGRAM = "redis-server";
const START_LIMIT_MS = 5_000;
const AT_ONCE = 64;
const MEMORY = "64mb";

/** Cost and latency of a get, or set after a miss, one at a time and many at once; or why there is none. */
export async function benchRedis(keys: readonly string[]): Promise<Record<string, string | number>[] | string> {
  if (findProgram(PROGRAM) === undefined) return `${PROGRAM} not found; it comes with the Debian package redis-server`;
  const folder = await mkdtemp(join(tmpdir(), "trunkline-bench-"));
  const [port = 0] = await freePorts(1);
  const server = startProgram(PROGRAM, serverOptions(port), folder);
  try {
    if (!(await isUp(port))) return `${PROGRAM} did not start`;
    const redis = new Redis({ host: "127.0.0.1", port });
    const rows = [await measure(redis, keys, 1), await measure(redis, keys, AT_ONCE)];
    await redis.quit();
    return rows;
  } finally {
    await stopProgram(server);
    await rm(folder, { recursive: true, force: true });
  }
}

function serverOptions(port: number): string[] {
  const options = { port, bind: "127.0.0.1", save: "", appendonly: "no", maxmemory: MEMORY };
  return Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
}

async function isUp(port: number): Promise<boolean> {
  const untilMs = performance.now() + START_LIMIT_MS;
  while (performance.now() < untilMs) {
    if (await isListening(port)) return true;
    await new Promise((resolve) => void setTimeout(resolve, 50));
  }
  return false;
}

async function measure(
  redis: Redis,
  keys: readonly string[],
  atOnce: number,
): Promise<Record<string, string | number>> {
  await redis.flushall();
  const tookUs: number[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < keys.length) {
      const key = keys[next] as string;
      next += 1;
      const started = performance.now();
      const found = await redis.get(key);
      tookUs.push((performance.now() - started) * 1_000);
      if (found === null) await redis.set(key, "1");
    }
  };
  const started = process.cpuUsage();
  await Promise.all(Array.from({ length: atOnce }, work));
  const { user, system } = process.cpuUsage(started);
  tookUs.sort((one, other) => one - other);
  const at = (share: number): number => Math.round(tookUs[Math.floor(share * tookUs.length)] ?? 0);
  return {
    what: `Redis by ioredis, ${atOnce} at once`,
    "CPU ns here": Math.round(((user + system) * 1_000) / keys.length),
    "get p50 µs": at(0.5),
    "get p99 µs": at(0.99),
  };
}
