import { assert } from "../../kernel/assert.ts";
import type { Clock } from "../ports.ts";
import { LoadGate } from "./load-gate.ts";
import { Stamps, type Lease } from "./lease.ts";

/** What could not be loaded when old values began to be used. */
export interface StaleNews {
  readonly key: string;
  readonly cause: unknown;
}

/** What a LoadingCache is made of. All times are in milliseconds. */
export interface LoadingCacheOptions<V> {
  readonly clock: Clock;
  readonly maxEntries: number;
  /** Reads a value; `undefined` where there is none. It must end soon after `lease.signal` is aborted. */
  readonly load: (key: string, lease: Lease) => Promise<V | undefined>;
  /** After this a value that is used is read again in the background. */
  readonly freshMs: number;
  /** After this, counted from its reading too, a value is not used before it has been read again. */
  readonly staleMs: number;
  /**
   * What is done when a value that is too old cannot be read again: `hard` fails (unless told),
   * `never` goes on with the old value for as long as it takes, and says so.
   */
  readonly expiry?: "hard" | "never";
  /** With `never`, how long a request waits for a new value before it goes on with the old one; 1 s unless told. */
  readonly patienceMs?: number;
  /** How long it is remembered that there is no value. */
  readonly absentMs: number;
  /** Keys without a value that are remembered, apart from the others; as many as there are entries, but 10,000 at most, unless told. */
  readonly maxAbsent?: number;
  /** The share of `freshMs` by which values are read again earlier, by chance, so that not all come at once; 0.1 unless told. */
  readonly jitter?: number;
  /** From 0 up to but not 1. */
  readonly random?: () => number;
  /** How long a load may take; 5 s unless told. */
  readonly loadTimeoutMs?: number;
  /** How long after a failure an old value is read again; 5 s unless told. */
  readonly retryMs?: number;
  /** How many load at once, and who waits. One of its own unless told. */
  readonly gate?: LoadGate;
  /** Told of the first load that fails after some that did not: from now on old values may be in use. */
  readonly onStale?: (news: StaleNews) => void;
  /** Told of the first load that succeeds again. */
  readonly onFresh?: () => void;
  /** Shared with whoever makes `fence`. */
  readonly stamps?: Stamps;
  /** Whatever began to load at this stamp of `stamps`, or before, does not count for this key. For invalidations from outside. */
  readonly fence?: (key: string) => number;
}

const DEFAULT_PATIENCE_MS = 1_000;
const DEFAULT_LOAD_TIMEOUT_MS = 5_000;
const DEFAULT_RETRY_MS = 5_000;
const DEFAULT_JITTER = 0.1;
const DEFAULT_MAX_ABSENT = 10_000;

/** The same with nothing left open. */
export type LoadingSettings<V> = Required<Omit<LoadingCacheOptions<V>, "onStale" | "onFresh" | "fence">> & {
  readonly onStale: (news: StaleNews) => void;
  readonly onFresh: () => void;
  readonly fence: ((key: string) => number) | undefined;
};

/** Fills in what was not told. */
export function loadingSettings<V>(options: LoadingCacheOptions<V>): LoadingSettings<V> {
  const { clock, maxEntries, load, freshMs, staleMs, absentMs } = options;
  assert(freshMs >= 0 && staleMs >= freshMs, "a value is fresh before it is stale");
  return {
    clock,
    maxEntries,
    load,
    freshMs,
    staleMs,
    absentMs,
    expiry: options.expiry ?? "hard",
    patienceMs: options.patienceMs ?? DEFAULT_PATIENCE_MS,
    maxAbsent: options.maxAbsent ?? Math.min(maxEntries, DEFAULT_MAX_ABSENT),
    jitter: options.jitter ?? DEFAULT_JITTER,
    random: options.random ?? Math.random,
    loadTimeoutMs: options.loadTimeoutMs ?? DEFAULT_LOAD_TIMEOUT_MS,
    retryMs: options.retryMs ?? DEFAULT_RETRY_MS,
    gate: options.gate ?? new LoadGate({ clock }),
    onStale: options.onStale ?? ignore,
    onFresh: options.onFresh ?? ignore,
    stamps: options.stamps ?? new Stamps(),
    fence: options.fence,
  };
}

function ignore(): void {}
