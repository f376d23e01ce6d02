import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { seedOf } from "../../../test/kit/memory-log.ts";
import { seededRandom } from "../../../test/kit/seeded-random.ts";
import {
  BUCKETS,
  bucketOf,
  durationOf,
  encodeLatency,
  encodeUniques,
  HyperLogLog,
  KeyedHash,
  LogHistogram,
  MAX_RELATIVE_ERROR,
  mergePieces,
  pointValue,
  SketchError,
  type SeriesPiece,
} from "./index.ts";

const seed = seedOf(4);
const KEY = { low: 0x03020100, high: 0x07060504 };

function setOf(from: number, to: number): HyperLogLog {
  const hash = new KeyedHash(KEY);
  const set = new HyperLogLog();
  for (let number = from; number < to; number += 1) {
    hash.run(`+1555${String(number).padStart(7, "0")}`);
    set.addHash(hash.high, hash.low);
  }
  return set;
}

describe("a histogram", () => {
  it("has buckets that are right to 2 % from a millisecond to 100 days", () => {
    for (let ms = 1; ms < 8.64e9; ms *= 1.003) {
      const told = durationOf(bucketOf(ms));
      assert.ok(Math.abs(told - ms) <= ms * MAX_RELATIVE_ERROR * 1.000_01, `${told} for ${ms}`);
    }
    assert.deepEqual([bucketOf(0), bucketOf(-5), bucketOf(Number.NaN), bucketOf(Infinity)], [0, 0, 0, BUCKETS - 1]);
  });

  it(`tells quantiles to within 2 % (seed ${seed})`, () => {
    const random = seededRandom(seed);
    const histogram = new LogHistogram();
    const all = Array.from({ length: 5_000 }, () => 1 + 30_000 * random() ** 4);
    for (const ms of all) histogram.add(ms);
    all.sort((a, b) => a - b);
    for (const q of [0, 0.01, 0.5, 0.9, 0.99, 0.999, 1]) {
      const exact = all[Math.max(Math.ceil(q * all.length) - 1, 0)] as number;
      const told = histogram.quantile(q) as number;
      assert.ok(Math.abs(told - exact) <= exact * MAX_RELATIVE_ERROR * 1.000_01, `p${q}: ${told} for ${exact}`);
    }
  });

  it("is the same after it was text, and adds up", () => {
    const [one, other, both] = [new LogHistogram(), new LogHistogram(), new LogHistogram()];
    for (const [at, ms] of [0, 1, 5, 5, 700, 86_400_000].entries()) {
      (at % 2 === 0 ? one : other).add(ms);
      both.add(ms);
    }
    one.merge(LogHistogram.decode(other.encode()));
    assert.equal(one.encode(), both.encode());
    assert.equal(LogHistogram.decode(both.encode()).encode(), both.encode());
    assert.equal(both.count, 6);
    assert.equal(new LogHistogram().quantile(0.5), undefined);
    assert.equal(LogHistogram.decode("").count, 0);
  });
});

describe("a set", () => {
  it("is counted to within 5 %, small ones nearly exactly", () => {
    for (const [size, error] of [
      [0, 0],
      [1, 0],
      [10, 0],
      [100, 0.02],
      [1_000, 0.04],
      [20_000, 0.05],
    ] as const) {
      const estimate = setOf(0, size).estimate();
      assert.ok(Math.abs(estimate - size) <= size * error, `${estimate} for ${size}`);
    }
  });

  it("is united without counting anything twice, sparse or dense, also as text", () => {
    for (const [a, b] of [
      [100, 300],
      [100, 9_000],
      [9_000, 12_000],
    ] as const) {
      const one = setOf(0, a);
      one.merge(HyperLogLog.decode(setOf(0, b).encode()));
      assert.equal(one.estimate(), setOf(0, b).estimate());
      assert.equal(HyperLogLog.decode(one.encode()).encode(), one.encode());
    }
    assert.ok(setOf(0, 100_000).encode().length <= 5_500);
  });
});

describe("a text that is no sketch", () => {
  it("is refused, and random ones never do more than that", () => {
    for (const text of ["!", "A", "____", "gICAgICAgICA", "AAAA".repeat(300)]) {
      assert.throws(() => LogHistogram.decode(text), SketchError, text);
    }
    for (const text of ["", "!", "Ag", "AQ", "AAD_", "AACA"])
      assert.throws(() => HyperLogLog.decode(text), SketchError, text);
    const random = seededRandom(seed);
    for (let round = 0; round < 500; round += 1) {
      const length = Math.floor(random() * 40);
      const text = Array.from({ length }, () => "AQgw_-19"[Math.floor(random() * 8)]).join("");
      for (const decode of [LogHistogram.decode, HyperLogLog.decode]) {
        try {
          decode(text);
        } catch (error) {
          assert.ok(error instanceof SketchError, `${text}: ${String(error)} (seed ${seed})`);
        }
      }
    }
  });
});

describe("a keyed hash", () => {
  it("is HalfSipHash-2-4 with 64 bits (vectors_hsip64 of the reference code)", () => {
    const vectors = [
      "218d1f59b9b83cc8",
      "be552412f8387315",
      "064f39ef7c50eb57",
      "ce0f1a45f7060679",
      "d5e78a175be52ea1",
    ];
    const more = ["cb9d7c3f2f3db580", "ce3e91358aa2bc25", "ff202728b07bc684", "edfee820bce4858c", "5b51cccc13888307"];
    const hash = new KeyedHash(KEY);
    for (const [length, vector] of [...vectors, ...more].entries()) {
      hash.run(String.fromCharCode(...Array.from({ length }, (_, at) => at)));
      const octets = Buffer.alloc(8);
      octets.writeUInt32LE(hash.low, 0);
      octets.writeUInt32LE(hash.high, 4);
      assert.equal(octets.toString("hex"), vector, `of ${length} octets`);
    }
  });
});

describe("pieces of a series", () => {
  const piece = (kind: SeriesPiece["kind"], groups: SeriesPiece["groups"]): SeriesPiece => {
    return { kind, startMs: 0, stepMs: 10_000, points: 2, groups };
  };

  it("of counts and rates add up, the largest groups first, the others in one", () => {
    const one = piece("count", [
      { key: ["a"], counts: [1, 2] },
      { key: ["b"], counts: [5, 5] },
    ]);
    const other = piece("count", [
      { key: ["a"], counts: [10, 0] },
      { key: ["c"], counts: [1, 0] },
      { key: [null], counts: [0, 7] },
    ]);
    assert.deepEqual(mergePieces([one, other], 1)?.groups, [
      { key: ["a"], counts: [11, 2] },
      { key: [null], counts: [6, 12] },
    ]);
    const rates = [
      piece("rate", [{ key: [], counts: [1, 0], of: [2, 0] }]),
      piece("rate", [{ key: [], counts: [3, 0], of: [4, 0] }]),
    ];
    const [group] = mergePieces(rates, 5)?.groups ?? [];
    assert.ok(group);
    assert.deepEqual([pointValue(group, 0), pointValue(group, 1)], [4 / 6, null]);
    assert.equal(mergePieces([], 5), undefined);
    assert.throws(() => mergePieces([one, { ...other, points: 3 }], 1), RangeError);
  });

  it("of durations and sets are united", () => {
    const histogram = (ms: number): LogHistogram => {
      const made = new LogHistogram();
      made.add(ms);
      return made;
    };
    const latency = [10, 1_000].map((ms) =>
      piece("latency", [{ key: [], sketches: [encodeLatency(histogram(ms)), null] }]),
    );
    const [durations] = mergePieces(latency, 5)?.groups ?? [];
    assert.ok(durations);
    assert.deepEqual(
      [0, 1].map((point) => Math.round(pointValue(durations, point, 1) ?? -1)),
      [Math.round(durationOf(bucketOf(1_000))), -1],
    );
    const uniques = [5, 8].map((size) =>
      piece("uniques", [{ key: [], sketches: [null, encodeUniques(setOf(0, size))] }]),
    );
    const [people] = mergePieces(uniques, 5)?.groups ?? [];
    assert.ok(people);
    assert.deepEqual([pointValue(people, 0), pointValue(people, 1)], [null, 8]);
    assert.throws(() => pointValue({ key: [], sketches: ["x"] }, 0), SketchError);
  });
});
