import { S3FifoCache } from "../../../platform/cache/index.ts";

/** Links and addresses whose tries are counted. */
const MAX_COUNTED = 50_000;
const WINDOW_MS = 15 * 60_000;
/** Wrong passwords of one address for one link, within the window. */
const MAX_OF_ADDRESS = 5;
/** Wrong passwords for one link from anywhere, within the window: who has many addresses gets no further. */
const MAX_OF_LINK = 100;

interface Tries {
  count: number;
  readonly sinceMs: number;
}

/** Counts wrong passwords, in memory. A restart forgets them, which gives a guesser a hundred more. */
export class PasswordTries {
  private readonly tries = new S3FifoCache<Tries>({ maxEntries: MAX_COUNTED });

  /** Whether one more may be tried now. */
  mayTry(linkSid: string, address: string, nowMs: number): boolean {
    return this.countOf(linkSid, nowMs) < MAX_OF_LINK && this.countOf(`${linkSid} ${address}`, nowMs) < MAX_OF_ADDRESS;
  }

  /** A password was wrong. */
  noteWrong(linkSid: string, address: string, nowMs: number): void {
    for (const key of [linkSid, `${linkSid} ${address}`]) {
      const known = this.tries.get(key);
      if (known === undefined || nowMs - known.sinceMs >= WINDOW_MS) this.tries.set(key, { count: 1, sinceMs: nowMs });
      else known.count += 1;
    }
  }

  private countOf(key: string, nowMs: number): number {
    const known = this.tries.get(key);
    return known === undefined || nowMs - known.sinceMs >= WINDOW_MS ? 0 : known.count;
  }
}
