import type { Clock } from "../../platform/ports.ts";

/** How many failures are taken one after another, and how long it takes until one more is. */
interface Allowance {
  readonly burst: number;
  readonly everyMs: number;
}

/** Of one user from one address: somebody who has forgotten a password. */
const PAIR: Allowance = { burst: 5, everyMs: 30_000 };
/** Of one address, whoever it says to be. */
const ADDRESS: Allowance = { burst: 20, everyMs: 6_000 };
/** Of one user from all addresses together that he was never seen at. */
const USER: Allowance = { burst: 50, everyMs: 60_000 };
/** Counters that are kept, in each of two generations. */
const MAX_COUNTERS = 10_000;

/** Who tries what from where. */
export interface Attempt {
  /** What tells users apart: a digest, or a SID. */
  readonly user: string;
  readonly address: string;
  /** Whether he has signed in from this address lately. */
  readonly isKnownAddress: boolean;
}

interface Counter {
  used: number;
  atMs: number;
}

/**
 * Counts failed tries of passwords and codes, in memory. A stranger can use up what all strangers
 * together have for a user; that stops nobody at an address where the user was seen before, and no
 * one-time link, so it locks nobody out for ever.
 */
export class Attempts {
  private readonly clock: Pick<Clock, "monotonicMs">;
  private young = new Map<string, Counter>();
  private old = new Map<string, Counter>();

  constructor(clock: Pick<Clock, "monotonicMs">) {
    this.clock = clock;
  }

  /**
   * Counts a try before it is made, as if it had failed. Gives 0, or after how many milliseconds one
   * could be made: then nothing was counted.
   */
  begin(attempt: Attempt): number {
    const counted = this.counted(attempt);
    const waitMs = Math.max(...counted.map(([key, allowance]) => this.waitOf(key, allowance)));
    if (waitMs > 0) return waitMs;
    for (const [key] of counted) this.add(key, 1);
    return 0;
  }

  /** Takes the count of a try back: it was right. */
  succeeded(attempt: Attempt): void {
    for (const [key] of this.counted(attempt)) this.add(key, -1);
  }

  private counted({ user, address, isKnownAddress }: Attempt): readonly (readonly [string, Allowance])[] {
    const own = [
      [`p ${user} ${address}`, PAIR],
      [`a ${address}`, ADDRESS],
    ] as const;
    return isKnownAddress ? own : [...own, [`u ${user}`, USER] as const];
  }

  private waitOf(key: string, { burst, everyMs }: Allowance): number {
    const counter = this.get(key);
    if (counter === undefined) return 0;
    const nowMs = this.clock.monotonicMs();
    counter.used = Math.max(0, counter.used - (nowMs - counter.atMs) / everyMs);
    counter.atMs = nowMs;
    return counter.used + 1 <= burst ? 0 : Math.ceil((counter.used + 1 - burst) * everyMs);
  }

  private add(key: string, count: number): void {
    const counter = this.get(key) ?? { used: 0, atMs: this.clock.monotonicMs() };
    counter.used = Math.max(0, counter.used + count);
    if (this.young.size >= MAX_COUNTERS && !this.young.has(key)) {
      this.old = this.young;
      this.young = new Map();
    }
    this.young.set(key, counter);
  }

  private get(key: string): Counter | undefined {
    return this.young.get(key) ?? this.old.get(key);
  }
}
