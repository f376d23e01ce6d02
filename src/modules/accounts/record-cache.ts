import type { Clock, LogFields, Logger, Timer } from "../../platform/ports.ts";
import { Generations } from "./generations.ts";
import { ONE_LANE, type LookupGate } from "./lookup-gate.ts";

/** For how long a record is as good as new. */
export interface Freshness {
  /** After this a record is read again in the background, while it is still used. */
  readonly refreshAfterMs: number;
  /** After this a record is used only when reading it again fails or takes too long. */
  readonly trustedMs: number;
}

/** For a database of one's own. */
const OWN_DATABASE: Freshness = { refreshAfterMs: 30_000, trustedMs: 60_000 };
/** How long a request waits for a record to be read again when there is an old one to go on with. */
const MAX_REFRESH_WAIT_MS = 1_000;
/** How long after a failure it is tried again. */
const RETRY_AFTER_MS = 5_000;
/** How long it is remembered that there is no such record. */
const ABSENT_MS = 2_000;
const MAX_ABSENT = 5_000;
/** Of how many keys it is remembered when they were read anew. */
const MAX_ANEW = 5_000;

interface Entry<V> {
  readonly value: V;
  readonly readMs: number;
  refreshMs: number;
}

/** What a {@link RecordCache} is made of. */
export interface RecordCacheOptions<V> {
  /** For the log: `accounts`, `keys`. */
  readonly name: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly gate: LookupGate;
  /** By default what suits a database of one's own. */
  readonly freshness?: Freshness;
  /** Where a record comes from, where there are several places that fail each for itself. */
  readonly laneOf?: (key: string) => string;
  /** It holds at least this many of the last used records, and at most twice as many. */
  readonly maxRecords: number;
  readonly read: (key: string) => Promise<V | undefined>;
}

/**
 * Records as they were read, kept for as long as their place cannot be asked. From a
 * database of one's own, a record is read again in the background after 30 s, a request
 * waits for that after 60 s, and if the database does not answer the old record goes on
 * being used, which the log says. Each key is read once at a time.
 */
export class RecordCache<V extends object> {
  readonly #options: RecordCacheOptions<V>;
  readonly #known: Generations<Entry<V>>;
  /** Keys without a record, and until when this is believed. */
  readonly #absent = new Generations<number>(MAX_ABSENT);
  /** When a key may be read anew once more. */
  readonly #nextAnewMs = new Generations<number>(MAX_ANEW);
  readonly #reading = new Map<string, Promise<V | undefined>>();
  /** Lanes whose last read failed. While it does nobody waits who has an old record. */
  readonly #failing = new Set<string>();
  readonly #freshness: Freshness;

  constructor(options: RecordCacheOptions<V>) {
    this.#options = options;
    this.#known = new Generations(options.maxRecords);
    this.#freshness = options.freshness ?? OWN_DATABASE;
  }

  /** The record if it can be used without waiting. `undefined` says nothing: ask {@link find}. */
  peek(key: string): V | undefined {
    const entry = this.#known.get(key);
    if (entry === undefined) return undefined;
    const nowMs = this.#options.clock.monotonicMs();
    if (nowMs < entry.refreshMs) return entry.value;
    if (nowMs >= entry.readMs + this.#freshness.trustedMs && !this.#failing.has(this.#laneOf(key))) return undefined;
    this.#refresh(key, entry, nowMs);
    return entry.value;
  }

  /** The record, or `undefined` when there is none. Rejects only when there is nothing to go on with. */
  async find(key: string): Promise<V | undefined> {
    const usable = this.peek(key);
    if (usable !== undefined) return usable;
    const entry = this.#known.get(key);
    if (entry !== undefined) return this.#orOld(key, entry);
    const absentUntilMs = this.#absent.get(key);
    if (absentUntilMs !== undefined && this.#options.clock.monotonicMs() < absentUntilMs) return undefined;
    return this.#read(key);
  }

  /** The record as it is now, but for one that was read less than `minAgeMs` ago. Rejects when it cannot be read. */
  async findCurrent(key: string, minAgeMs: number): Promise<V | undefined> {
    const entry = this.#known.get(key);
    if (entry === undefined) return this.find(key);
    return this.#options.clock.monotonicMs() - entry.readMs < minAgeMs ? entry.value : this.#read(key);
  }

  /**
   * The record read again, because somebody who knows better may have changed it; in the next `gapMs` as it is
   * known then, so that asking in vain costs one read in so long a time. Rejects when it cannot be read.
   */
  async findAnew(key: string, gapMs: number): Promise<V | undefined> {
    const entry = this.#known.get(key);
    if (entry === undefined) return this.find(key);
    const nowMs = this.#options.clock.monotonicMs();
    if (nowMs < (this.#nextAnewMs.get(key) ?? nowMs)) return entry.value;
    this.#nextAnewMs.set(key, nowMs + gapMs);
    return this.#read(key);
  }

  /** Forgets a record that was changed. What is being read at this moment is not kept either. */
  forget(key: string): void {
    this.#known.delete(key);
    this.#absent.delete(key);
    this.#reading.delete(key);
  }

  /** Forgets the records that `matches`, and whatever is being read at this moment. */
  forgetWhere(matches: (value: V) => boolean): void {
    this.#known.deleteWhere(({ value }) => matches(value));
    this.#reading.clear();
  }

  #refresh(key: string, entry: Entry<V>, nowMs: number): void {
    entry.refreshMs = nowMs + RETRY_AFTER_MS;
    // A failure is logged where it is found out, and tried again later.
    this.#read(key).catch(() => undefined);
  }

  #read(key: string): Promise<V | undefined> {
    const running = this.#reading.get(key);
    if (running !== undefined) return running;
    const { gate, read, clock } = this.#options;
    const lane = this.#laneOf(key);
    const startedMs = clock.monotonicMs();
    const reading: Promise<V | undefined> = gate
      .run(() => read(key), lane)
      .then(
        (value) => {
          this.#noteRecovery(lane);
          if (this.#reading.get(key) === reading) this.#keep(key, value, startedMs);
          return value;
        },
        (error: unknown) => {
          this.#noteFailure(lane, error);
          if (this.#reading.get(key) === reading) this.#reading.delete(key);
          throw error;
        },
      );
    this.#reading.set(key, reading);
    return reading;
  }

  #keep(key: string, value: V | undefined, readMs: number): void {
    this.#reading.delete(key);
    if (value === undefined) {
      this.#known.delete(key);
      this.#absent.set(key, readMs + ABSENT_MS);
      return;
    }
    this.#absent.delete(key);
    this.#known.set(key, { value, readMs, refreshMs: readMs + this.#freshness.refreshAfterMs });
  }

  /** What reading it again gives, or the old value when that fails or takes too long. */
  #orOld(key: string, entry: Entry<V>): Promise<V | undefined> {
    const { clock } = this.#options;
    const reading = this.#read(key);
    return new Promise((resolve) => {
      const goOn = (): void => {
        entry.refreshMs = clock.monotonicMs() + RETRY_AFTER_MS;
        resolve(entry.value);
      };
      const timer: Timer = clock.after(MAX_REFRESH_WAIT_MS, () => {
        this.#noteFailure(this.#laneOf(key), new Error(`no answer within ${MAX_REFRESH_WAIT_MS} ms`));
        goOn();
      });
      reading.then(
        (value) => {
          timer.cancel();
          resolve(value);
        },
        () => {
          timer.cancel();
          goOn();
        },
      );
    });
  }

  #laneOf(key: string): string {
    return this.#options.laneOf?.(key) ?? ONE_LANE;
  }

  #noteFailure(lane: string, error: unknown): void {
    if (this.#failing.has(lane)) return;
    this.#failing.add(lane);
    const cause = error instanceof Error ? error.message : String(error);
    this.#options.logger.warn("accounts.stale", { ...this.#fields(lane), cause });
  }

  #noteRecovery(lane: string): void {
    if (!this.#failing.delete(lane)) return;
    this.#options.logger.info("accounts.fresh", this.#fields(lane));
  }

  #fields(lane: string): LogFields {
    return { records: this.#options.name, ...(lane === ONE_LANE ? {} : { lane }) };
  }
}
