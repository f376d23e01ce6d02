/** Seeded traces of requests, as key numbers. */
import { seededRandom } from "../../test/kit/seeded-random.ts";

const KEYS = 100_000;
const EXPONENT = 0.9;
/** One of the first keys in a trace of scans: none of them comes twice. */
const SCAN_START = 1_000_000;
const SCAN_LENGTH = 1_000;
/** So often another part of the keys becomes the popular one. */
const SHIFT_EVERY = 100_000;
const SHIFT_BY = 10_007;

/** Ranks from 0, the most popular, after Zipf's law. */
function zipf(random: () => number): () => number {
  const sums = new Float64Array(KEYS);
  let sum = 0;
  for (let rank = 0; rank < KEYS; rank += 1) {
    sum += 1 / (rank + 1) ** EXPONENT;
    sums[rank] = sum;
  }
  return () => {
    const wanted = random() * sum;
    let low = 0;
    let high = KEYS - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sums[middle] as number) < wanted) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}

/** The same keys are popular all the time. */
export function zipfTrace(requests: number, seed: number): Uint32Array {
  const next = zipf(seededRandom(seed));
  return Uint32Array.from({ length: requests }, next);
}

/** Half of the requests are in scans, a thousand keys one after the other that never come again. */
export function zipfScanTrace(requests: number, seed: number): Uint32Array {
  const next = zipf(seededRandom(seed));
  let scanned = SCAN_START;
  return Uint32Array.from({ length: requests }, (_, at) =>
    Math.floor(at / SCAN_LENGTH) % 2 === 0 ? next() : (scanned += 1),
  );
}

/** Ten times in a million requests, other keys become the popular ones. */
export function shiftingTrace(requests: number, seed: number): Uint32Array {
  const next = zipf(seededRandom(seed));
  return Uint32Array.from({ length: requests }, (_, at) => (next() + Math.floor(at / SHIFT_EVERY) * SHIFT_BY) % KEYS);
}

/** The three traces by name. */
export const TRACES: Readonly<Record<string, (requests: number, seed: number) => Uint32Array>> = {
  zipf: zipfTrace,
  "zipf+scan": zipfScanTrace,
  shifting: shiftingTrace,
};
