import { CountMin } from "./count-min.ts";
import { distributedSettings, type DistributedCacheOptions, type DistributedSettings } from "./distributed-options.ts";
import { MAX_VALUE_CHARS, type CacheAnswer, type CacheAnswerer, type CacheQuestion } from "./exchange.ts";
import { Fences } from "./fences.ts";
import { InvalidationFollower } from "./invalidation-follower.ts";
import { InvalidationLog } from "./invalidation-log.ts";
import { hashOfKey } from "./key-hash.ts";
import { Stamps, type Lease } from "./lease.ts";
import { LoadGate } from "./load-gate.ts";
import { LoadingCache, type LoadingCounts } from "./loading-cache.ts";
import { Owners } from "./owners.ts";

/** For how long an owner that could not be reached is not asked again. */
const PAUSE_AFTER_FAILURE_MS = 1_000;
/** Once there are so many pauses, those that are over are forgotten. */
const MAX_PAUSES = 1_024;
const UNREADABLE = Symbol("unreadable");

/** What a {@link DistributedCache} has done so far. */
export interface DistributedCounts {
  /** Values that were asked of their owner. */
  asked: number;
  /** Questions that found no owner, or no answer, so that the value was read here. */
  unreached: number;
  /** Old values from owners that could not read newer ones. */
  old: number;
  /** How often everything was distrusted, since invalidations were missed. */
  distrusted: number;
}

/**
 * One cache for many processes. Each key has an owner among the living members, which
 * keeps its value for all; the others ask it, and keep for a second only what is asked for
 * often. Where the owner cannot be reached, a process reads and keeps the value itself.
 *
 * An invalidation counts here at once, at the owner before `invalidate` resolves, where it
 * can be reached, and everywhere else when gossip arrives, which no acknowledgement waits
 * for. It is no deletion but a fence: whatever was read before it does not count, wherever
 * it comes from later. A process that asks an owner says how old the value may be at the
 * most: as long ago as it last heard the key to be invalidated; so an owner that has not
 * heard of it yet reads the value again. Who missed invalidations distrusts all it has.
 */
export class DistributedCache<V> {
  readonly counts: DistributedCounts = { asked: 0, unreached: 0, old: 0, distrusted: 0 };
  readonly #options: DistributedCacheOptions<V>;
  readonly #settings: DistributedSettings;
  readonly #selfId: string;
  readonly #stamps = new Stamps();
  readonly #fences = new Fences();
  readonly #uses = new CountMin();
  readonly #owners: Owners;
  readonly #log: InvalidationLog;
  readonly #follower: InvalidationFollower;
  readonly #endServing: () => void;
  /** Values that were read here: those that this process owns, and those whose owner cannot be reached. */
  readonly #own: LoadingCache<V>;
  /** Hot values of other owners, and the questions to them that are on their way. */
  readonly #mirror: LoadingCache<V>;
  /** Until when owners are not asked, since they could not be reached. */
  readonly #pausedUntilMs = new Map<string, number>();
  #lastKey = "";
  #lastHash = 0;

  constructor(options: DistributedCacheOptions<V>) {
    this.#options = options;
    this.#settings = distributedSettings(options);
    const { gossip, exchange, name, role } = options;
    const { region, hashSeed } = this.#settings;
    this.#selfId = gossip.self.id;
    this.#lastHash = hashOfKey("", hashSeed);
    const fence = (key: string): number => this.#fences.stampOf(this.#hash(key));
    this.#own = new LoadingCache({ ...options, stamps: this.#stamps, fence });
    this.#mirror = this.#makeMirror(fence);
    this.#owners = new Owners({ gossip, role, region });
    this.#log = new InvalidationLog({ gossip, name, hashSeed });
    this.#follower = new InvalidationFollower({
      gossip,
      name,
      onInvalidation: (hash) => this.#fence(hash),
      onMissed: () => this.bumpEpoch(),
    });
    const answerer: CacheAnswerer = {
      answer: (question) => this.#answer(question),
      hear: ({ key }) => this.#invalidateHere(key),
    };
    this.#endServing = exchange.serve(name, answerer);
  }

  /** What was read here, for all or since an owner could not be reached. */
  get ownCounts(): Readonly<LoadingCounts> {
    return this.#own.counts;
  }

  /** What was asked of others. */
  get mirrorCounts(): Readonly<LoadingCounts> {
    return this.#mirror.counts;
  }

  /** How many values this process keeps. */
  get size(): number {
    return this.#own.size + this.#mirror.size;
  }

  /** The member that owns a key, as this process sees it now; `undefined` where there is none. */
  ownerOf(key: string): string | undefined {
    return this.#owners.ownerOf(this.#hash(key));
  }

  /** As that of a LoadingCache: at once when the value is known here, otherwise a promise. */
  get(key: string): V | undefined | Promise<V | undefined> {
    const hash = this.#hash(key);
    const owner = this.#owners.ownerOf(hash);
    if (owner === undefined || owner === this.#selfId || this.#isPaused(owner)) return this.#own.get(key);
    this.#uses.add(hash, this.#options.clock.monotonicMs());
    return this.#mirror.get(key);
  }

  /** The value, if it can be used without waiting. Loads and asks nothing. */
  peek(key: string): V | undefined {
    const owner = this.ownerOf(key);
    const isOwn = owner === undefined || owner === this.#selfId || this.#isPaused(owner);
    return isOwn ? this.#own.peek(key) : this.#mirror.peek(key);
  }

  /**
   * Forgets a key whose value has changed, everywhere. To be called after the change can
   * be read. Resolves when the owner has taken notice too, or cannot be reached; the
   * others hear of it by gossip. Never rejects.
   */
  async invalidate(key: string): Promise<void> {
    const hash = this.#hash(key);
    this.#invalidateHere(key);
    this.#log.publishHash(hash);
    const owner = this.#owners.ownerOf(hash);
    if (owner === undefined || owner === this.#selfId || this.#isPaused(owner)) return;
    const notice = { cache: this.#options.name, key };
    await this.#inTime(owner, this.#options.exchange.tell(owner, notice));
  }

  /** Distrusts everything that this process has: for when it cannot be told what has changed. */
  bumpEpoch(): void {
    this.counts.distrusted += 1;
    this.#fences.addAll(this.#stamps.next(), this.#options.clock.monotonicMs());
  }

  /** Asks and answers no more. What is on its way still lands. */
  close(): void {
    this.#endServing();
    this.#follower.close();
    this.#owners.close();
    this.#log.close();
  }

  #makeMirror(fence: (key: string) => number): LoadingCache<V> {
    const { clock, loadTimeoutMs = 5_000 } = this.#options;
    const { maxMirrored, mirrorMs, maxAsking, askTimeoutMs } = this.#settings;
    return new LoadingCache<V>({
      clock,
      maxEntries: maxMirrored,
      load: (key, lease) => this.#ask(key, lease),
      freshMs: mirrorMs,
      staleMs: mirrorMs,
      absentMs: mirrorMs,
      jitter: 0,
      // A question that is not answered becomes a load, which has limits of its own.
      loadTimeoutMs: askTimeoutMs + 2 * loadTimeoutMs,
      gate: new LoadGate({ clock, maxRunning: maxAsking }),
      stamps: this.#stamps,
      fence,
    });
  }

  #hash(key: string): number {
    if (key === this.#lastKey) return this.#lastHash;
    this.#lastKey = key;
    this.#lastHash = hashOfKey(key, this.#settings.hashSeed);
    return this.#lastHash;
  }

  #fence(hash: number): void {
    this.#fences.add(hash, this.#stamps.next(), this.#options.clock.monotonicMs());
  }

  #invalidateHere(key: string): void {
    this.#fence(this.#hash(key));
    this.#own.invalidate(key);
    this.#mirror.invalidate(key);
  }

  async #ask(key: string, lease: Lease): Promise<V | undefined> {
    const hash = this.#hash(key);
    const owner = this.#owners.ownerOf(hash);
    lease.keep = false;
    if (owner === undefined || owner === this.#selfId || this.#isPaused(owner)) return this.#own.get(key);
    this.counts.asked += 1;
    const question = this.#question(key, hash);
    const answer = await this.#inTime(owner, this.#options.exchange.ask(owner, question));
    const read = answer === undefined ? UNREADABLE : this.#read(answer);
    if (read === UNREADABLE) {
      this.counts.unreached += 1;
      return this.#own.get(key);
    }
    if (answer?.outcome === "old") this.counts.old += 1;
    else lease.keep = this.#uses.count(hash) >= this.#settings.hotUses;
    return read;
  }

  /** The value in an answer. A process of another release may write values in another way. */
  #read(answer: CacheAnswer): V | undefined | typeof UNREADABLE {
    if (answer.outcome === "refused") return UNREADABLE;
    if (answer.outcome === "absent") return undefined;
    try {
      return this.#options.decode(answer.text);
    } catch {
      return UNREADABLE;
    }
  }

  #question(key: string, hash: number): CacheQuestion {
    const { name, clock } = this.#options;
    const invalidatedMs = this.#fences.timeOf(hash);
    if (invalidatedMs === -Infinity) return { cache: name, key };
    return { cache: name, key, maxAgeMs: clock.monotonicMs() - invalidatedMs };
  }

  async #answer({ key, maxAgeMs }: CacheQuestion): Promise<CacheAnswer> {
    try {
      const found = maxAgeMs === undefined ? this.#own.get(key) : this.#own.getCurrent(key, maxAgeMs);
      const value = found instanceof Promise ? await found : found;
      return value === undefined ? { outcome: "absent" } : this.#asAnswer("found", value);
    } catch {
      // The cache has told of it, with the cause.
      const old = this.#options.expiry === "never" ? this.#own.recall(key) : undefined;
      return old === undefined ? { outcome: "refused" } : this.#asAnswer("old", old.value);
    }
  }

  #asAnswer(outcome: "found" | "old", value: V): CacheAnswer {
    const text = this.#options.encode(value);
    return text.length > MAX_VALUE_CHARS ? { outcome: "refused" } : { outcome, text };
  }

  /** What an owner answers, or `undefined` when it does not in time; then it is left alone for a moment. */
  #inTime<T>(owner: string, answering: Promise<T>): Promise<T | undefined> {
    const { clock } = this.#options;
    return new Promise((resolve) => {
      const giveUp = (): void => {
        this.#pause(owner);
        resolve(undefined);
      };
      const timer = clock.after(this.#settings.askTimeoutMs, giveUp);
      answering.finally(() => timer.cancel()).then(resolve, giveUp);
    });
  }

  #isPaused(owner: string): boolean {
    if (this.#pausedUntilMs.size === 0) return false;
    const untilMs = this.#pausedUntilMs.get(owner);
    if (untilMs === undefined) return false;
    if (this.#options.clock.monotonicMs() < untilMs) return true;
    this.#pausedUntilMs.delete(owner);
    return false;
  }

  #pause(owner: string): void {
    const nowMs = this.#options.clock.monotonicMs();
    if (this.#pausedUntilMs.size >= MAX_PAUSES) {
      for (const [id, untilMs] of this.#pausedUntilMs) if (untilMs <= nowMs) this.#pausedUntilMs.delete(id);
    }
    this.#pausedUntilMs.set(owner, nowMs + PAUSE_AFTER_FAILURE_MS);
  }
}
