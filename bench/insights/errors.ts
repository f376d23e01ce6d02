import { HyperLogLog, KeyedHash, LogHistogram } from "../../src/protocols/sketches/index.ts";
import { seededRandom } from "../../test/kit/seeded-random.ts";
import { HASH_KEY } from "./folds.ts";
import { quantile, rounded } from "./times.ts";

const DURATIONS = 200_000;
const QUANTILES = [0.1, 0.5, 0.9, 0.99, 0.999];

/** How far off quantiles are, of durations spread in three ways. */
export function quantileErrors(): { readonly durations: string; readonly "worst error, %": number }[] {
  const random = seededRandom(21);
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const ways: Record<string, () => number> = {
    "log-normal, around 900 ms": () => 900 * Math.exp(normal()),
    "1 ms to 1 min, evenly": () => 1 + random() * 60_000,
    "Pareto, from 20 ms": () => 20 * (1 - random()) ** -0.8,
  };
  return Object.entries(ways).map(([durations, draw]) => {
    const histogram = new LogHistogram();
    const all = Array.from({ length: DURATIONS }, () => Math.max(draw(), 1));
    for (const ms of all) histogram.add(ms);
    all.sort((a, b) => a - b);
    const errors = QUANTILES.map((q) => Math.abs((histogram.quantile(q) ?? 0) / quantile(all, q) - 1));
    return { durations, "worst error, %": rounded(Math.max(...errors) * 100) };
  });
}

/** How far off counts of different recipients are, over twenty sets of each size. */
export function uniquesErrors(): {
  readonly recipients: number;
  readonly "mean error, %": number;
  readonly "worst, %": number;
}[] {
  return [100, 1_000, 10_000, 100_000, 500_000].map((recipients) => {
    const sets = recipients > 100_000 ? 5 : 20;
    const errors = Array.from({ length: sets }, (_, set) => {
      const hash = new KeyedHash({ low: HASH_KEY.low + set, high: HASH_KEY.high });
      const uniques = new HyperLogLog();
      for (let number = 0; number < recipients; number += 1) {
        hash.run(`+4477${String(number).padStart(8, "0")}`);
        uniques.addHash(hash.high, hash.low);
      }
      return Math.abs(uniques.estimate() / recipients - 1) * 100;
    });
    const mean = errors.reduce((sum, error) => sum + error, 0) / sets;
    return { recipients, "mean error, %": rounded(mean), "worst, %": rounded(Math.max(...errors)) };
  });
}
