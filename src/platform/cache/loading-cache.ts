import { AppError } from "../../kernel/errors.ts";
import { LOAD_TIMED_OUT } from "./errors.ts";
import { Lease, type Flight } from "./lease.ts";
import { loadingSettings, type LoadingCacheOptions, type LoadingSettings } from "./loading-options.ts";
import { S3FifoCache } from "./s3-fifo.ts";

interface Entry<V> {
  readonly value: V;
  /** Of the beginning of its load. */
  readonly stamp: number;
  /** When it was read, at the latest. */
  readonly readMs: number;
  readonly refreshAtMs: number;
  /** Before this it is not read again in the background. */
  retryAtMs: number;
}

interface Absence {
  readonly stamp: number;
  readonly readMs: number;
}

/** What a cache has done so far. */
export interface LoadingCounts {
  /** Answers without waiting, absences included. */
  hits: number;
  misses: number;
  loads: number;
  failures: number;
  /** Values that were not kept, since the key was invalidated while they were read. */
  lost: number;
  /** Answers with a value that was too old, since it could not be read again. */
  stale: number;
}

/**
 * A bounded cache that reads what it does not know, each key once at a time however many
 * ask. A value goes through three ages: fresh; stale, when it is still used while it is
 * read again in the background; and too old, when one waits for it to be read again, or,
 * where it never expires, goes on with it if that fails. That there is no value is
 * remembered too, apart, so that a flood of names that do not exist drives nothing out.
 *
 * A load that began before an invalidation of its key, or in an older epoch, loses: its
 * value is given to those who waited, and not kept. Nobody who asks after `invalidate`
 * or `bumpEpoch` is given a value from before.
 */
export class LoadingCache<V> {
  readonly counts: LoadingCounts = { hits: 0, misses: 0, loads: 0, failures: 0, lost: 0, stale: 0 };
  readonly #settings: LoadingSettings<V>;
  readonly #known: S3FifoCache<Entry<V>>;
  readonly #absent: S3FifoCache<Absence>;
  readonly #flights = new Map<string, Flight<V>>();
  #epoch = 0;
  /** What began to load up to here is of an older epoch. */
  #epochStamp = 0;
  #failing = false;

  constructor(options: LoadingCacheOptions<V>) {
    this.#settings = loadingSettings(options);
    this.#known = new S3FifoCache({ maxEntries: this.#settings.maxEntries });
    this.#absent = new S3FifoCache({ maxEntries: this.#settings.maxAbsent });
  }

  /** How many values it holds. */
  get size(): number {
    return this.#known.size;
  }

  /** How often {@link bumpEpoch} was called. */
  get epoch(): number {
    return this.#epoch;
  }

  /** Whether the last load failed: old values may be in use. */
  get isStale(): boolean {
    return this.#failing;
  }

  /**
   * The value, or `undefined` where there is none: at once when it is known, otherwise a
   * promise, which rejects when it cannot be read and there is nothing to go on with.
   */
  get(key: string): V | undefined | Promise<V | undefined> {
    const entry = this.#known.get(key);
    if (entry === undefined) return this.#getUnknown(key);
    const nowMs = this.#settings.clock.monotonicMs();
    if (this.#isCurrent(key, entry.stamp) && nowMs < entry.readMs + this.#settings.staleMs) {
      if (nowMs >= entry.refreshAtMs) this.#refresh(key, entry, nowMs);
      this.counts.hits += 1;
      return entry.value;
    }
    return this.#getOld(key, entry, nowMs);
  }

  /**
   * As {@link get}, but only a value that was read less than `maxAgeMs` ago will do.
   * Rejects when it cannot be read, also where there is an old one.
   */
  getCurrent(key: string, maxAgeMs: number): V | undefined | Promise<V | undefined> {
    const nowMs = this.#settings.clock.monotonicMs();
    const entry = this.#known.get(key) ?? this.#absent.get(key);
    if (entry !== undefined && this.#isCurrent(key, entry.stamp) && nowMs - entry.readMs < maxAgeMs) {
      if ("value" in entry && nowMs < entry.readMs + this.#settings.staleMs) return this.get(key);
      if (!("value" in entry) && nowMs < entry.readMs + this.#settings.absentMs) return this.get(key);
    }
    this.counts.misses += 1;
    return this.#load(key, maxAgeMs).promise;
  }

  /** The value, if it can be used without waiting. Loads nothing, and does not count as a use. */
  peek(key: string): V | undefined {
    const entry = this.#known.peek(key);
    if (entry === undefined) return undefined;
    const { clock, staleMs, expiry } = this.#settings;
    const isGood = this.#isCurrent(key, entry.stamp) && clock.monotonicMs() < entry.readMs + staleMs;
    return isGood || (expiry === "never" && this.#failing) ? entry.value : undefined;
  }

  /** The last value that was known, however old, with its age in milliseconds; not what was invalidated by its key. */
  recall(key: string): { readonly value: V; readonly ageMs: number } | undefined {
    const entry = this.#known.peek(key);
    if (entry === undefined) return undefined;
    return { value: entry.value, ageMs: this.#settings.clock.monotonicMs() - entry.readMs };
  }

  /** How long ago the value, or that there is none, was read, in milliseconds; `undefined` where nothing is known. */
  ageMs(key: string): number | undefined {
    const entry = this.#known.peek(key) ?? this.#absent.peek(key);
    return entry === undefined ? undefined : this.#settings.clock.monotonicMs() - entry.readMs;
  }

  /** Puts in what the caller knows to be true now; loads on their way lose. `undefined` says that there is no value. */
  set(key: string, value: V | undefined): void {
    this.invalidate(key);
    this.#keep(key, value, { stamp: this.#settings.stamps.next(), readMs: this.#settings.clock.monotonicMs() });
  }

  /** Forgets a key whose value has changed. To be called after the change can be read. */
  invalidate(key: string): void {
    this.#known.delete(key);
    this.#absent.delete(key);
    const flight = this.#flights.get(key);
    // One that still waits for its turn will read what is true then.
    if (flight !== undefined && flight.stamp !== Infinity) this.#flights.delete(key);
  }

  /** Forgets all values that `matches`, looking at every one, all absences, and whatever is being loaded at this moment. */
  invalidateWhere(matches: (value: V, key: string) => boolean): void {
    for (const [key, { value }] of this.#known.entries()) if (matches(value, key)) this.#known.delete(key);
    this.#absent.clear();
    for (const [key, flight] of this.#flights) if (flight.stamp !== Infinity) this.#flights.delete(key);
  }

  /** Distrusts everything: for when it cannot be told what has changed. Old values serve only where they never expire. */
  bumpEpoch(): void {
    this.#epoch += 1;
    this.#epochStamp = this.#settings.stamps.next();
  }

  /** What is held, with old values. */
  *entries(): IterableIterator<[string, V]> {
    for (const [key, { value }] of this.#known.entries()) yield [key, value];
  }

  #isCurrent(key: string, stamp: number): boolean {
    const { fence } = this.#settings;
    return stamp > this.#epochStamp && (fence === undefined || stamp > fence(key));
  }

  #getUnknown(key: string): undefined | Promise<V | undefined> {
    const { clock, absentMs } = this.#settings;
    const absence = this.#absent.get(key);
    if (absence !== undefined && this.#isCurrent(key, absence.stamp)) {
      if (clock.monotonicMs() < absence.readMs + absentMs) {
        this.counts.hits += 1;
        return undefined;
      }
    }
    this.counts.misses += 1;
    return this.#load(key, Infinity).promise;
  }

  #getOld(key: string, entry: Entry<V>, nowMs: number): V | Promise<V | undefined> {
    this.counts.misses += 1;
    if (this.#settings.expiry === "hard") return this.#load(key, Infinity).promise;
    if (this.#failing) {
      this.#refresh(key, entry, nowMs);
      this.counts.stale += 1;
      return entry.value;
    }
    const flight = this.#load(key, Infinity);
    flight.orOld ??= this.#orOld(key, flight, entry);
    return flight.orOld;
  }

  #refresh(key: string, entry: Entry<V>, nowMs: number): void {
    if (nowMs < entry.retryAtMs) return;
    entry.retryAtMs = nowMs + this.#settings.retryMs;
    // Whoever waits goes first; the value is good enough for another while.
    if (this.#settings.gate.isFull) return;
    // A failure is told where it is found out, and tried again later.
    this.#load(key, Infinity).promise.catch(() => undefined);
  }

  /** The load of a key that is on its way, if what it reads will do, or else a new one. */
  #load(key: string, maxAgeMs: number): Flight<V> {
    const { gate, clock, stamps } = this.#settings;
    const running = this.#flights.get(key);
    if (running !== undefined && this.#isCurrent(key, running.stamp)) {
      const isYoung = maxAgeMs === Infinity || clock.monotonicMs() - running.startedMs < maxAgeMs;
      if (running.stamp === Infinity || isYoung) return running;
    }
    const flight: Flight<V> = {
      lease: new Lease(maxAgeMs),
      stamp: Infinity,
      startedMs: Infinity,
      promise: Promise.resolve(undefined),
      orOld: undefined,
    };
    this.#flights.set(key, flight);
    const begin = (): Promise<V | undefined> => {
      flight.stamp = stamps.next();
      flight.startedMs = clock.monotonicMs();
      this.counts.loads += 1;
      return this.#loadInTime(key, flight.lease);
    };
    flight.promise = gate.run(begin).then(
      (value) => {
        this.#land(key, flight, value);
        return value;
      },
      (error: unknown) => {
        if (this.#flights.get(key) === flight) this.#flights.delete(key);
        this.counts.failures += 1;
        this.#noteFailure(key, error);
        throw error;
      },
    );
    return flight;
  }

  #loadInTime(key: string, lease: Lease): Promise<V | undefined> {
    const { clock, load, loadTimeoutMs } = this.#settings;
    return new Promise((resolve, reject) => {
      const timer = clock.after(loadTimeoutMs, () => {
        const error = new AppError(LOAD_TIMED_OUT, {}, { internal: `cache: no value within ${loadTimeoutMs} ms` });
        reject(error);
        lease.abort(error);
      });
      const loading = async (): Promise<V | undefined> => load(key, lease);
      loading()
        .finally(() => timer.cancel())
        .then(resolve, reject);
    });
  }

  #land(key: string, flight: Flight<V>, value: V | undefined): void {
    this.#noteSuccess();
    const isNewest = this.#flights.get(key) === flight;
    if (isNewest) this.#flights.delete(key);
    if (!isNewest || !this.#isCurrent(key, flight.stamp)) this.counts.lost += 1;
    else if (flight.lease.keep) {
      this.#keep(key, value, { stamp: flight.stamp, readMs: flight.startedMs - flight.lease.ageMs });
    }
  }

  #keep(key: string, value: V | undefined, { stamp, readMs }: Absence): void {
    if (value === undefined) {
      this.#known.delete(key);
      this.#absent.set(key, { stamp, readMs });
      return;
    }
    const { freshMs, jitter, random } = this.#settings;
    const refreshAtMs = readMs + freshMs * (1 - jitter * random());
    this.#absent.delete(key);
    this.#known.set(key, { value, stamp, readMs, refreshAtMs, retryAtMs: -Infinity });
  }

  /** What a load gives, or the old value when it fails or takes too long. One for all who wait. */
  #orOld(key: string, flight: Flight<V>, entry: Entry<V>): Promise<V | undefined> {
    const { clock, patienceMs, retryMs } = this.#settings;
    return new Promise((resolve) => {
      const goOn = (): void => {
        entry.retryAtMs = clock.monotonicMs() + retryMs;
        this.counts.stale += 1;
        resolve(entry.value);
      };
      const timer = clock.after(patienceMs, () => {
        this.#noteFailure(
          key,
          new AppError(LOAD_TIMED_OUT, {}, { internal: `cache: no value within ${patienceMs} ms` }),
        );
        goOn();
      });
      flight.promise.finally(() => timer.cancel()).then(resolve, goOn);
    });
  }

  #noteFailure(key: string, cause: unknown): void {
    if (this.#failing) return;
    this.#failing = true;
    this.#settings.onStale({ key, cause });
  }

  #noteSuccess(): void {
    if (!this.#failing) return;
    this.#failing = false;
    this.#settings.onFresh();
  }
}
