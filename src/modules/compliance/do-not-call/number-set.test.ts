import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { seededRandom } from "../../../../test/kit/seeded-random.ts";
import { readNumbers } from "./number-file.ts";
import { NumberSet } from "./number-set.ts";

const SEED = Number(process.env["SEED"] ?? 2_003);

async function* chunks(...texts: string[]): AsyncIterable<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}

describe("sets of numbers", () => {
  it(`hold what was added, in any order and density (seed ${SEED})`, () => {
    const random = seededRandom(SEED);
    const set = new NumberSet();
    const model = new Set<number>();
    for (let step = 0; step < 30_000; step += 1) {
      // A dense block, which becomes a bitmap, and numbers far apart.
      const number = random() < 0.8 ? 12_120_000_000 + Math.floor(random() * 20_000) : Math.floor(random() * 10 ** 14);
      set.add(number);
      model.add(number);
    }
    set.finish();
    assert.equal(set.size, model.size);
    for (const number of model) assert.ok(set.has(number), String(number));
    for (let number = 12_120_000_000; number < 12_120_025_000; number += 1)
      assert.equal(set.has(number), model.has(number));
  });

  it("take one bit where numbers stand close", () => {
    const set = new NumberSet();
    for (let number = 0; number < 200_000; number += 1) set.add(12_125_000_000 + number);
    set.finish();
    assert.ok(set.octets < 60_000, String(set.octets));
  });
});

describe("files of numbers", () => {
  it("are read as they are written in a country", async () => {
    const { numbers, skipped } = await readNumbers(
      chunks('phone;since\n"07700 900123";2020\n+44 7700 900', "124\n447700900125\n\n12\n"),
      "GB",
    );
    assert.equal(skipped, 2);
    for (const number of [447_700_900_123, 447_700_900_124, 447_700_900_125])
      assert.ok(numbers.has(number), String(number));
    assert.equal(numbers.size, 3);
  });
});
