import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { seededRandom } from "../../../../test/kit/seeded-random.ts";
import { PairPage } from "./pair-page.ts";
import { PairSet } from "./pair-set.ts";

const SEED = Number(process.env["SEED"] ?? 20_261_121);
const ACCOUNT = `AC${"a".repeat(32)}`;

/** What a checkpoint would bring to a new process. */
function copy(set: PairSet): PairSet {
  const made = new PairSet("a key");
  set.table.beginSnapshot();
  for (const lines of set.table.readSnapshot(100)) {
    for (const line of lines) {
      const [, ...entry] = JSON.parse(line) as [string, ...Parameters<typeof made.table.restore>[0]];
      made.table.restore(entry);
    }
  }
  made.table.finishRestore(0);
  made.restored();
  return made;
}

describe("the set of pairs", () => {
  it(`holds what was added and not what was deleted, over splits and a restart (seed ${SEED})`, () => {
    const random = seededRandom(SEED);
    let set = new PairSet("a key");
    const model = new Set<string>();
    for (let step = 0; step < 40_000; step += 1) {
      const recipient = `+1212${Math.floor(random() * 30_000)}`;
      const scope = random() < 0.5 ? "+12125550100" : "894546";
      const key = `${scope}|${recipient}`;
      if (random() < 0.75) {
        assert.equal(set.add(ACCOUNT, scope, recipient), !model.has(key), `step ${step}`);
        model.add(key);
      } else {
        assert.equal(set.delete(ACCOUNT, scope, recipient), model.delete(key), `step ${step}`);
      }
      if (step === 25_000) set = copy(set);
    }
    assert.equal(set.size, model.size);
    assert.ok(set.table.size > 2, "its pages were split");
    for (let number = 0; number < 30_000; number += 7) {
      for (const scope of ["+12125550100", "894546"]) {
        const recipient = `+1212${number}`;
        assert.equal(set.has(ACCOUNT, scope, recipient), model.has(`${scope}|${recipient}`));
      }
    }
    assert.ok(set.octets / set.size < 24, `${set.octets / set.size} octets a pair`);
  });

  it("keeps accounts apart, and forgets one that has no pair any more", () => {
    const set = new PairSet("a key");
    set.add(ACCOUNT, "+12125550100", "+12125550199");
    const other = `AC${"b".repeat(32)}`;
    assert.ok(!set.has(other, "+12125550100", "+12125550199"));
    assert.ok(!set.has(ACCOUNT, "+1212555010", "0+12125550199"), "the border between the texts counts");
    set.delete(ACCOUNT, "+12125550100", "+12125550199");
    assert.ok(!set.hasAny(ACCOUNT));
    assert.equal(set.table.size, 0);
  });

  it("moves the pages of an account to another cell", () => {
    const set = new PairSet("a key");
    for (let number = 0; number < 10_000; number += 1) set.add(ACCOUNT, "894546", `+1212${number}`);
    const entries = JSON.parse(JSON.stringify(set.entriesOf([ACCOUNT]))) as ReturnType<PairSet["entriesOf"]>;
    const target = new PairSet("a key");
    target.add(ACCOUNT, "894546", "+33612345678");
    target.move([ACCOUNT], entries);
    assert.equal(target.size, 10_000);
    assert.ok(target.has(ACCOUNT, "894546", "+12129999"));
    assert.ok(!target.has(ACCOUNT, "894546", "+33612345678"));
    set.move([ACCOUNT], []);
    assert.equal(set.size, 0);
  });

  it(`pages find what they hold after any deletions (seed ${SEED})`, () => {
    const random = seededRandom(SEED);
    const page = new PairPage();
    const model = new Map<number, number>();
    for (let step = 0; step < 20_000; step += 1) {
      const high = 1 + Math.floor(random() * 200);
      // All begin near the same slots, so that runs wrap around the end.
      const low = (0xffffffff - (high % 5)) >>> 0;
      if (random() < 0.6) assert.equal(page.add(high, low), !model.has(high));
      else assert.equal(page.delete(high, low), model.has(high));
      if (page.has(high, low)) model.set(high, low);
      else model.delete(high);
    }
    assert.equal(page.size, model.size);
    for (const [high, low] of model) assert.ok(page.has(high, low));
  });
});
