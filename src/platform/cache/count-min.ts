import { mix } from "./key-hash.ts";

const ROWS = 4;
const COLUMNS = 2_048;
const MAX_COUNT = 255;
/** So often all counts are halved. */
const HALVE_EVERY_MS = 1_000;

/**
 * About how often each key was used in the last one to two seconds, never too low
 * (count-min sketch, Cormode and Muthukrishnan 2005). 8 KiB, however many keys there are.
 */
export class CountMin {
  readonly #counts = new Uint8Array(ROWS * COLUMNS);
  #halvedMs = -Infinity;

  /** Counts a use and returns the new count. */
  add(hash: number, nowMs: number): number {
    this.#halve(nowMs);
    let least = MAX_COUNT;
    let bits = hash;
    for (let row = 0; row < ROWS; row += 1) {
      bits = mix(bits + row + 1);
      const at = row * COLUMNS + (bits & (COLUMNS - 1));
      const count = Math.min(MAX_COUNT, (this.#counts[at] as number) + 1);
      this.#counts[at] = count;
      least = Math.min(least, count);
    }
    return least;
  }

  count(hash: number): number {
    let least = MAX_COUNT;
    let bits = hash;
    for (let row = 0; row < ROWS; row += 1) {
      bits = mix(bits + row + 1);
      least = Math.min(least, this.#counts[row * COLUMNS + (bits & (COLUMNS - 1))] as number);
    }
    return least;
  }

  #halve(nowMs: number): void {
    const sinceMs = nowMs - this.#halvedMs;
    if (sinceMs < HALVE_EVERY_MS) return;
    this.#halvedMs = nowMs;
    const times = Math.min(8, Math.floor(sinceMs / HALVE_EVERY_MS));
    for (let at = 0; at < this.#counts.length; at += 1) this.#counts[at] = (this.#counts[at] as number) >> times;
  }
}
