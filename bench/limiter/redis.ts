import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { Redis } from "ioredis";
import { findProgram, freePorts, isListening } from "../../test/kit/programs.ts";

const START_LIMIT_MS = 5_000;

/** A Redis of this benchmark's own. */
export interface BenchRedis {
  readonly client: Redis;
  stop(): Promise<void>;
}

/** Starts a Redis that writes no files, on a free port; `undefined` where there is none on this machine. */
export async function startRedis(): Promise<BenchRedis | undefined> {
  const program = findProgram("redis-server");
  if (program === undefined) return undefined;
  const [port = 0] = await freePorts(1);
  const args = ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"];
  const child: ChildProcess = spawn(program, args, { stdio: "ignore" });
  const endMs = Date.now() + START_LIMIT_MS;
  while (!(await isListening(port))) {
    if (Date.now() > endMs) throw new Error("redis-server did not start");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const client = new Redis({ host: "127.0.0.1", port });
  const stop = async (): Promise<void> => {
    await client.quit();
    const gone = once(child, "exit");
    child.kill();
    await gone;
  };
  return { client, stop };
}

/** GCRA as a script: one key with the time at which it is at rest, in the server's time. */
const GCRA = `
local now = redis.call('TIME')
now = now[1] * 1000 + now[2] / 1000
local interval, tolerance = tonumber(ARGV[1]), tonumber(ARGV[2])
local rest = tonumber(redis.call('GET', KEYS[1]) or now)
if rest < now then rest = now end
local wait = rest + interval - tolerance - now
if wait > 0 then return {0, math.ceil(wait)} end
redis.call('SET', KEYS[1], rest + interval, 'PX', math.ceil(rest + interval - now))
return {1, 0}
`;

/** A decision by the script; resolves to whether it admitted. */
export function redisGcra(client: Redis): (key: string, intervalMs: number, toleranceMs: number) => Promise<boolean> {
  client.defineCommand("gcra", { numberOfKeys: 1, lua: GCRA });
  const scripted = client as Redis & {
    gcra(key: string, interval: number, tolerance: number): Promise<[number, number]>;
  };
  return async (key, intervalMs, toleranceMs) => (await scripted.gcra(key, intervalMs, toleranceMs))[0] === 1;
}
