import type { SharedRoutes } from "../../platform/cell-router/index.ts";
import type { CellType, Home } from "../../platform/fleet/index.ts";
import type { RedisConnection } from "./redis.ts";

const DEFAULT_TTL_MS = 3_600_000;
const SCRIPT = "trunklinePutNewerHome";
const VALUE = /^(\d{1,16}) ([a-z][a-z0-9-]{0,62})$/;

/** A home is written as `<epoch> <cell>`. What is there stays when its epoch is the same or newer. */
const PUT_NEWER = `
local before = redis.call('get', KEYS[1])
local epoch = before and tonumber(string.match(before, '^%d+'))
if epoch and epoch >= tonumber(ARGV[1]) then return 0 end
redis.call('set', KEYS[1], ARGV[1] .. ' ' .. ARGV[2], 'PX', ARGV[3])
return 1`;

/** {@link SharedRoutes} in Redis, under keys `<namespace>home:<type>:<key>` that expire. */
export class RedisSharedRoutes implements SharedRoutes {
  readonly #redis: RedisConnection;
  readonly #ttlMs: number;

  constructor(redis: RedisConnection, { ttlMs = DEFAULT_TTL_MS }: { readonly ttlMs?: number } = {}) {
    this.#redis = redis;
    this.#ttlMs = ttlMs;
    redis.define(SCRIPT, { keys: 1, lua: PUT_NEWER });
  }

  async get(key: string, type: CellType): Promise<Home | undefined> {
    const text = await this.#redis.run((redis) => redis.get(this.#name(key, type)));
    const [, epoch, cell] = VALUE.exec(text ?? "") ?? [];
    return epoch === undefined || cell === undefined ? undefined : { cell, epoch: Number(epoch) };
  }

  async put(key: string, type: CellType, { cell, epoch }: Home): Promise<void> {
    await this.#redis.call(SCRIPT, [this.#name(key, type), epoch, cell, this.#ttlMs]);
  }

  #name(key: string, type: CellType): string {
    return `${this.#redis.namespace}home:${type}:${key}`;
  }
}
