import assert from "node:assert/strict";
import { randomBytes, randomInt } from "node:crypto";
import { describe, it } from "node:test";
import { CellHints, HINT_KEY_OCTETS, HINT_VALUES } from "./cell-hints.ts";
import { isSid, SidMinter, sidTimeMs } from "./ids.ts";

const KEY = Uint8Array.from({ length: 32 }, (_, at) => at);

/** A small generator of 32 bits (xorshift), whose seed is printed where a test fails. */
function chance(seed: number): () => number {
  let state = seed | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

/** Random octets of a seed, for a minter. */
function octetsOf(seed: number): (count: number) => Uint8Array {
  const next = chance(seed);
  return (count) => Uint8Array.from({ length: count }, () => next() & 0xff);
}

describe("the hint of a cell in a SID", () => {
  it("is a permutation of the 4,096 numbers, another one for every tweak, and is reversed", () => {
    const seed = randomInt(2 ** 31);
    const next = chance(seed);
    const hints = new CellHints(KEY);
    for (let tweaks = 0; tweaks < 16; tweaks += 1) {
      const tweak = next() & 0xfffffff;
      const seen = new Set<number>();
      for (let number = 0; number < HINT_VALUES; number += 1) {
        const hint = hints.hint(number, tweak);
        seen.add(hint);
        assert.equal(hints.reveal(hint, tweak), number, `seed ${seed}`);
      }
      assert.equal(seen.size, HINT_VALUES, `seed ${seed}`);
      assert.ok(Math.min(...seen) === 0 && Math.max(...seen) === HINT_VALUES - 1, `seed ${seed}`);
    }
  });

  it("does not let SIDs of one cell look alike: its values are as even as chance, and so are differences of near tweaks", () => {
    const hints = new CellHints(KEY);
    const total = 1 << 17;
    const values = new Uint32Array(HINT_VALUES);
    const differences = new Uint32Array(HINT_VALUES);
    for (let tweak = 0; tweak < total; tweak += 1) {
      count(values, hints.hint(7, tweak));
      count(differences, hints.hint(7, tweak) ^ hints.hint(7, tweak ^ 1));
    }
    // Chi square of 4,095 degrees: the mean is 4,095 and its deviation 90. Nothing here is random: these are two numbers.
    assert.ok(Math.abs(chiSquare(values, total) - 4_095) < 450);
    assert.ok(chiSquare(differences, total) < 2 * 4_095 + 900, "pairs are counted twice");
  });

  it("tells nothing without the key: another key reveals another number", () => {
    const one = new CellHints(KEY);
    const other = new CellHints(KEY.map((octet) => octet ^ 1));
    let same = 0;
    for (let tweak = 0; tweak < 10_000; tweak += 1) {
      if (other.reveal(one.hint(3, tweak), tweak) === 3) same += 1;
    }
    assert.ok(same < 20, `${same} of 10,000`);
  });

  it("is the same in every version of the program, because SIDs live for years", () => {
    const hints = new CellHints(KEY);
    const made = [hints.hint(1, 0), hints.hint(1, 1), hints.hint(2, 0), hints.hint(4_095, 0xfffffff)];
    assert.deepEqual(made, [2_592, 1_974, 3_490, 2_252]);
  });

  it("refuses a key that is too short", () => {
    assert.throws(() => new CellHints(new Uint8Array(HINT_KEY_OCTETS - 1)), /key of 15 octets/);
  });
});

describe("a SID that a cell minted", () => {
  it("reveals the cell, is a UUIDv7 in order of time, and differs from the one before", () => {
    const seed = randomInt(2 ** 31);
    const hints = new CellHints(octetsOf(seed)(16));
    let nowMs = 1_735_689_600_000;
    for (const cellNumber of [1, 2, 77, 2_048, 4_095]) {
      const minter = new SidMinter(() => nowMs, octetsOf(seed + cellNumber), { cellNumber, hints });
      let before = "";
      for (let count = 0; count < 2_000; count += 1) {
        if (count % 700 === 699) nowMs += 1;
        if (count === 1_000) nowMs -= 5;
        const sid = minter.mint("SM");
        assert.ok(isSid(sid, "SM") && sid[14] === "7" && /[89ab]/.test(sid[18] ?? ""), `${sid}, seed ${seed}`);
        assert.ok(sid > before, `${sid} after ${before}, seed ${seed}`);
        assert.ok(Math.abs((sidTimeMs(sid) ?? 0) - nowMs) <= 6, `${sid}, seed ${seed}`);
        assert.equal(hints.cellOf(sid), cellNumber, `${sid}, seed ${seed}`);
        before = sid;
      }
    }
  });

  it("keeps its hint when the last octet gives way to a place, as for the messages of a submit_multi", () => {
    const hints = new CellHints(KEY);
    const minter = new SidMinter(() => 1_735_689_600_000, randomBytes, { cellNumber: 9, hints });
    const sid = minter.mint("SM");
    for (const last of ["00", "7f", "ff"]) assert.equal(hints.cellOf(sid.slice(0, -2) + last), 9);
  });

  it("does not share digits with others of its cell more often than chance has it", () => {
    const hints = new CellHints(KEY);
    const minter = new SidMinter(() => 1_735_689_600_000, octetsOf(5), { cellNumber: 9, hints });
    const seen = new Set<string>();
    for (let count = 0; count < 1_000; count += 1) seen.add(minter.mint("SM").slice(22, 25));
    assert.ok(seen.size > 850, `${seen.size} of 1,000; chance gives 888`);
  });

  it("goes on where the counter of a millisecond ends", () => {
    const hints = new CellHints(KEY);
    const minter = new SidMinter(() => 1_735_689_600_000, octetsOf(6), { cellNumber: 1, hints });
    let before = minter.mint("AC");
    for (let count = 0; count < 40_000; count += 1) {
      const sid = minter.mint("AC");
      assert.ok(sid > before);
      before = sid;
    }
    assert.equal(hints.cellOf(before), 1);
  });

  it("cannot be minted with a number that is none", () => {
    const hints = new CellHints(KEY);
    for (const cellNumber of [0, -1, 1.5, 4_096]) {
      assert.throws(() => new SidMinter(() => 0, randomBytes, { cellNumber, hints }), /cell number/);
    }
    assert.throws(() => new SidMinter(() => 0, randomBytes).mint("sm"), /SID prefix/);
  });
});

describe("a SID without a hint", () => {
  it("reveals some number, spread over all of them, when it is a UUIDv7", () => {
    const hints = new CellHints(KEY);
    const minter = new SidMinter(() => 1_735_689_600_000, octetsOf(7));
    const numbers = new Set<number | undefined>();
    for (let count = 0; count < 1_000; count += 1) numbers.add(hints.cellOf(minter.mint("AC")));
    assert.ok(numbers.size > 850, `${numbers.size} of 1,000`);
  });

  it("reveals nothing when it is no UUIDv7 or no SID at all", () => {
    const hints = new CellHints(KEY);
    const sid = new SidMinter(() => 1_735_689_600_000, octetsOf(8)).mint("AC");
    const changed = (at: number, digit: string): string => sid.slice(0, at) + digit + sid.slice(at + 1);
    const wrong = ["", "AC", "+15005550006", `${sid}0`, sid.slice(1), changed(14, "4"), changed(18, "c")];
    for (const text of [...wrong, changed(22, "g"), changed(24, "A"), changed(30, " "), changed(31, "é")]) {
      assert.equal(hints.cellOf(text), undefined, text);
    }
  });
});

function count(counts: Uint32Array, value: number): void {
  counts[value] = (counts[value] ?? 0) + 1;
}

function chiSquare(counts: Uint32Array, total: number): number {
  const expected = total / counts.length;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}
