import { Redis } from "ioredis";
import type { Clock, Logger } from "../../platform/ports.ts";

const DEFAULT_COMMAND_TIMEOUT_MS = 50;
const DEFAULT_MAX_UNDER_WAY = 10_000;
const CONNECT_TIMEOUT_MS = 2_000;
const RETRY_STEP_MS = 100;
const MAX_RETRY_PAUSE_MS = 2_000;
/** After so many failures in a row it is left alone for a moment. */
const FAILURES_TO_PAUSE = 5;
const PAUSE_MS = 1_000;
const READY_POLL_MS = 5;

/** Which Redis, and how much patience there is for it. */
export interface RedisOptions {
  /** `redis://` or `rediss://`, with user, password and number of the database where needed. */
  readonly url: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Before every key, so that several systems can share a server. `trunkline:` unless told. */
  readonly namespace?: string;
  /** How long an answer is waited for. */
  readonly commandTimeoutMs?: number;
  /** Commands that wait for an answer at one time; one more is not sent. */
  readonly maxUnderWay?: number;
}

/**
 * A connection to Redis, or anything that speaks its protocol, as something that may be
 * missing: nothing here rejects, and nothing waits for a connection. Connects when first
 * used, and anew whenever it breaks.
 */
export class RedisConnection {
  readonly namespace: string;
  readonly #redis: Redis;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #maxUnderWay: number;
  #underWay = 0;
  #failures = 0;
  #pausedUntilMs = Number.NEGATIVE_INFINITY;
  #isTroubled = false;

  constructor(options: RedisOptions) {
    this.namespace = options.namespace ?? "trunkline:";
    this.#clock = options.clock;
    this.#logger = options.logger;
    this.#maxUnderWay = options.maxUnderWay ?? DEFAULT_MAX_UNDER_WAY;
    this.#redis = new Redis(options.url, {
      protocol: 2,
      lazyConnect: true,
      // What cannot be sent now is not worth waiting for: so the queue before a connection is none.
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      maxRetriesPerRequest: 0,
      commandTimeout: options.commandTimeoutMs ?? DEFAULT_COMMAND_TIMEOUT_MS,
      connectTimeout: CONNECT_TIMEOUT_MS,
      retryStrategy: (times) => Math.min(times * RETRY_STEP_MS, MAX_RETRY_PAUSE_MS),
      connectionName: "trunkline",
    });
    this.#redis.on("error", (error: Error) => this.#trouble(error));
    this.#redis.on("ready", () => {
      this.#failures = 0;
      this.#pausedUntilMs = Number.NEGATIVE_INFINITY;
      if (this.#isTroubled) this.#logger.info("redis.connected-again");
      this.#isTroubled = false;
    });
  }

  /** Whether a command would be sent at once. */
  get isReady(): boolean {
    return this.#redis.status === "ready";
  }

  /** Connects, and resolves to whether that was done within `limitMs`. Goes on trying in the background. */
  async connect(limitMs: number): Promise<boolean> {
    if (this.#redis.status === "wait") this.#redis.connect().catch(() => {});
    const endMs = this.#clock.monotonicMs() + limitMs;
    while (!this.isReady && this.#clock.monotonicMs() < endMs) {
      await new Promise<void>((resolve) => {
        this.#clock.after(READY_POLL_MS, resolve);
      });
    }
    return this.isReady;
  }

  /** Defines a script that is called by its name, sent once and then by its hash. */
  define(name: string, script: { readonly keys: number; readonly lua: string }): void {
    this.#redis.defineCommand(name, { numberOfKeys: script.keys, lua: script.lua });
  }

  /** Calls a script of {@link define}; as {@link run}. */
  call(name: string, args: readonly (string | number)[]): Promise<unknown> {
    return this.run((redis) => {
      const defined = redis as unknown as Record<string, (...args: readonly (string | number)[]) => Promise<unknown>>;
      return defined[name]?.(...args) ?? Promise.reject(new Error(`no script ${name}`));
    });
  }

  /** Sends a command. `undefined` where Redis is not there, too slow, or refuses it. */
  async run<T>(command: (redis: Redis) => Promise<T>): Promise<T | undefined> {
    if (!this.isReady) {
      if (this.#redis.status === "wait") this.#redis.connect().catch(() => {});
      return undefined;
    }
    if (this.#underWay >= this.#maxUnderWay || this.#clock.monotonicMs() < this.#pausedUntilMs) return undefined;
    this.#underWay += 1;
    try {
      const answer = await command(this.#redis);
      this.#failures = 0;
      return answer;
    } catch (error) {
      this.#failures += 1;
      if (this.#failures % FAILURES_TO_PAUSE === 0) this.#pausedUntilMs = this.#clock.monotonicMs() + PAUSE_MS;
      this.#trouble(error);
      return undefined;
    } finally {
      this.#underWay -= 1;
    }
  }

  /** Breaks the connection and does not connect again. */
  close(): void {
    this.#redis.disconnect();
  }

  /** Says once what is wrong; neither address nor password are in these errors. */
  #trouble(error: unknown): void {
    if (this.#isTroubled) return;
    this.#isTroubled = true;
    this.#logger.warn("redis.unreachable", { reason: error instanceof Error ? error.message : String(error) });
  }
}

/** A connection to Redis, which is made when it is first used. */
export function openRedis(options: RedisOptions): RedisConnection {
  return new RedisConnection(options);
}
