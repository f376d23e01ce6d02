/**
 * Races of loads with invalidations, one after the other from a seed:
 * `node races-fixture-child.js <seed> <races>` prints a {@link RaceResult}.
 */
import { writeSync } from "node:fs";
import type { Clock } from "../ports.ts";
import { LoadingCache } from "./loading-cache.ts";
import { seeded } from "./seeded-fixture.ts";

/** What is printed, as JSON. */
export interface RaceResult {
  /** Keys that changed while they were loaded. */
  readonly races: number;
  /** Loads whose value was not kept. */
  readonly lost: number;
  /** Answers from before an invalidation to who asked after it; the first of them. */
  readonly broken: readonly string[];
  /** Values that were still wrong when everything had settled. */
  readonly kept: readonly string[];
}

/** Time stands still: what is decided here is decided by order alone. */
const standingClock: Clock = {
  nowMs: () => 0,
  monotonicMs: () => 0,
  after: () => ({ cancel: () => undefined }),
};
const KEYS = 8;
const MAX_BROKEN = 5;

class Races {
  races = 0;
  private readonly random: () => number;
  /** The version of each key at the source; what is read may be from the beginning of a load or from its end. */
  private readonly truth = new Map<string, number>();
  private readonly underWay = new Map<string, number>();
  private readonly landings: (() => void)[] = [];
  private readonly broken: string[] = [];
  private readonly cache: LoadingCache<number>;

  constructor(seed: number) {
    this.random = seeded(seed);
    this.cache = new LoadingCache({
      clock: standingClock,
      maxEntries: KEYS - 2,
      freshMs: 1e9,
      staleMs: 1e9,
      absentMs: 1e9,
      random: this.random,
      load: (key) => this.load(key),
    });
  }

  async run(races: number): Promise<RaceResult> {
    while (this.races < races) {
      const key = `k${Math.floor(this.random() * KEYS)}`;
      const choice = this.random();
      if (choice < 0.3) this.read(key);
      else if (choice < 0.65) this.landOne();
      else this.change(key, choice);
      if (this.random() < 0.1) await new Promise((resolve) => void setImmediate(resolve));
    }
    while (this.landings.length > 0) {
      this.landOne();
      await new Promise((resolve) => void setImmediate(resolve));
    }
    const kept = [...this.truth].filter(([key, version]) => (this.cache.peek(key) ?? version) !== version);
    return { races: this.races, lost: this.cache.counts.lost, broken: this.broken, kept: kept.map(([key]) => key) };
  }

  private load(key: string): Promise<number> {
    const isEarly = this.random() < 0.7;
    const early = this.version(key);
    this.underWay.set(key, (this.underWay.get(key) ?? 0) + 1);
    return new Promise((resolve) => {
      this.landings.push(() => {
        this.underWay.set(key, (this.underWay.get(key) ?? 0) - 1);
        resolve(isEarly ? early : this.version(key));
      });
    });
  }

  private read(key: string): void {
    const least = this.version(key);
    const check = (value: number | undefined): void => {
      if ((value ?? 0) >= least || this.broken.length >= MAX_BROKEN) return;
      this.broken.push(`${key} was read as ${value} when it was ${least}`);
    };
    const found = this.cache.get(key);
    if (found instanceof Promise) found.then(check, () => undefined);
    else check(found);
  }

  private landOne(): void {
    const [land] = this.landings.splice(Math.floor(this.random() * this.landings.length), 1);
    land?.();
  }

  private change(key: string, choice: number): void {
    if ((this.underWay.get(key) ?? 0) > 0) this.races += 1;
    this.truth.set(key, this.version(key) + 1);
    if (choice < 0.98) this.cache.invalidate(key);
    else if (choice < 0.985) this.cache.bumpEpoch();
    else if (choice < 0.99) this.cache.invalidateWhere(() => true);
    else this.cache.set(key, this.version(key));
  }

  private version(key: string): number {
    return this.truth.get(key) ?? 0;
  }
}

const [seed = "1", races = "100000"] = process.argv.slice(2);
writeSync(1, JSON.stringify(await new Races(Number(seed)).run(Number(races))));
