import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ManualClock } from "../../adapters/memory/index.ts";
import { firstKnown, LookedUpNumbers, readPortedNumbers } from "./ported-numbers.ts";

const pause = (): Promise<void> => Promise.resolve();
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("ported numbers", () => {
  it("are read from lines of number and network", async () => {
    const csv =
      'number,network\n+12125550100,310260\r\n12125550101;"GB:O2"\n\n447700900123\t23415\n+12125550100,310410';
    const ported = await readPortedNumbers(csv, pause);
    assert.equal(ported.networkOf("+12125550100"), "310410", "the last line counts");
    assert.equal(ported.networkOf("+12125550101"), "GB:O2");
    assert.equal(ported.networkOf("447700900123"), "23415");
    assert.equal(ported.networkOf("+12125550102"), undefined);
    await assert.rejects(readPortedNumbers("+12125550100,310260\nx1,2", pause), /line 2 of the ported numbers/);
    assert.equal((await readPortedNumbers("", pause)).networkOf("+1"), undefined);
  });

  it("are read in pieces that end anywhere", async () => {
    const csv = "number,network\n+12125550100,310260\r\n\n447700900123,23415\n+12125550101,310410";
    async function* pieces(length: number): AsyncIterable<string> {
      for (let at = 0; at < csv.length; at += length) yield csv.slice(at, at + length);
    }
    for (const length of [1, 2, 7, 30]) {
      const ported = await readPortedNumbers(pieces(length), pause);
      assert.equal(ported.size, 3);
      assert.equal(ported.networkOf("+12125550100"), "310260");
      assert.equal(ported.networkOf("+447700900123"), "23415");
      assert.equal(ported.networkOf("+12125550101"), "310410");
    }
    async function* endless(): AsyncIterable<string> {
      for (;;) yield "1".repeat(600);
    }
    await assert.rejects(readPortedNumbers(endless(), pause), /line 1 of the ported numbers/);
  });

  it("that are looked up are known the next time, and asked for once", async () => {
    const clock = new ManualClock();
    const asked: string[] = [];
    const numbers = new LookedUpNumbers({
      clock,
      maxKept: 2,
      maxAsked: 2,
      keepMs: 1_000,
      failedMs: 100,
      lookUp: (e164) => {
        asked.push(e164);
        return e164.endsWith("9") ? Promise.reject(new Error("away")) : Promise.resolve(`net${e164.slice(-1)}`);
      },
    });
    for (const number of ["+1", "+1", "+2", "+3"]) assert.equal(numbers.networkOf(number), undefined);
    assert.deepEqual(asked, ["+1", "+2"], "two at once");
    await settle();
    assert.equal(numbers.networkOf("+1"), "net1");
    numbers.networkOf("+3");
    await settle();
    assert.equal(numbers.networkOf("+1"), undefined, "only two are kept");
    await settle();
    clock.advance(1_001);
    assert.equal(numbers.networkOf("+1"), "net1", "an old answer is better than none");
    assert.equal(asked.filter((number) => number === "+1").length, 3);
    numbers.networkOf("+9");
    await settle();
    assert.equal(numbers.networkOf("+9"), undefined);
    assert.equal(asked.filter((number) => number === "+9").length, 1, "not asked again at once");
    const other = { networkOf: () => "other" };
    assert.equal(firstKnown([numbers, other]).networkOf("+9"), "other");
  });
});
