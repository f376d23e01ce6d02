import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { halfSipHash64 } from "./half-sip-hash.ts";
import { CODE_CELLS, CODE_KEY_OCTETS, CODE_SEQUENCES, LinkCodes, looksLikeCode } from "./link-codes.ts";
import { seeded, seedOf } from "../../../test/kit/memory-log.ts";

function keyOf(seed: number): Uint8Array {
  const random = seeded(seed);
  return Uint8Array.from({ length: CODE_KEY_OCTETS }, () => Math.floor(random() * 256));
}

/** Codes that are held against each other; `LINK_CODES=10000000` for a longer run. A multiple of four. */
const COUNT = Number(process.env["LINK_CODES"] ?? 40_000);

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** Ten letters and digits as a number, one to one. */
function numberOf(code: string): bigint {
  const half = (from: number): number => {
    let value = 0;
    for (let at = from; at < from + 5; at += 1) value = value * 62 + ALPHABET.indexOf(code[at] ?? "");
    return value;
  };
  return (BigInt(half(0)) << 32n) | BigInt(half(5));
}

describe("link codes", () => {
  it("hash as the reference of HalfSipHash-2-4 does", () => {
    // The reference's vector for four octets 00 01 02 03 under the key 00 … 07, read as words.
    assert.deepEqual(halfSipHash64(0x03020100, 0x07060504, 0x03020100), [0x178ae7d5, 0xa12ee55b]);
  });

  it("are read back to the cell and number that they were made of, at every edge and at random", () => {
    const seed = seedOf(1);
    const random = seeded(seed);
    const codes = new LinkCodes(keyOf(seed));
    const places = [
      { cellNumber: 0, sequence: 0 },
      { cellNumber: CODE_CELLS - 1, sequence: CODE_SEQUENCES - 1 },
      ...Array.from({ length: 5_000 }, () => ({
        cellNumber: Math.floor(random() * CODE_CELLS),
        sequence: Math.floor(random() * CODE_SEQUENCES),
      })),
    ];
    for (const place of places) {
      const code = codes.code(place);
      assert.match(code, /^[0-9A-Za-z]{10}$/);
      assert.deepEqual(codes.place(code), place, `seed ${seed}, ${code}`);
    }
  });

  it("are a permutation: what is read from any ten characters makes the same ten again", () => {
    const seed = seedOf(2);
    const random = seeded(seed);
    const codes = new LinkCodes(keyOf(seed));
    let known = 0;
    for (let n = 0; n < 5_000; n += 1) {
      const code = Array.from({ length: 10 }, () => ALPHABET[Math.floor(random() * 62)]).join("");
      const place = codes.place(code);
      if (place === undefined) continue;
      known += 1;
      assert.equal(codes.code(place), code, `seed ${seed}`);
    }
    assert.ok(known > 4_950, "nearly all stand for some cell");
  });

  it(`do not collide: ${COUNT} of one cell, of neighbours and of the whole space are as many codes`, () => {
    const seed = seedOf(3);
    const codes = new LinkCodes(keyOf(seed));
    const seen = new BigUint64Array(COUNT);
    const step = Math.floor(CODE_SEQUENCES / COUNT);
    for (let at = 0; at < COUNT; at += 4) {
      const n = at / 4;
      seen[at] = numberOf(codes.code({ cellNumber: 1, sequence: n }));
      seen[at + 1] = numberOf(codes.code({ cellNumber: 2, sequence: n }));
      seen[at + 2] = numberOf(codes.code({ cellNumber: 3 + (n % (CODE_CELLS - 4)), sequence: COUNT + n * step }));
      seen[at + 3] = numberOf(codes.code({ cellNumber: 4_095, sequence: CODE_SEQUENCES - 1 - n }));
    }
    seen.sort();
    for (let at = 1; at < COUNT; at += 1) if (seen[at] === seen[at - 1]) assert.fail(`a code twice, seed ${seed}`);
  });

  it("tell nothing of their neighbours: numbers one apart differ in nearly every character", () => {
    const codes = new LinkCodes(keyOf(4));
    let same = 0;
    for (let sequence = 0; sequence < 10_000; sequence += 1) {
      const one = codes.code({ cellNumber: 1, sequence });
      const next = codes.code({ cellNumber: 1, sequence: sequence + 1 });
      for (let at = 0; at < 10; at += 1) if (one[at] === next[at]) same += 1;
    }
    // One in 62 of 100,000 places by chance: 1,613, with a standard deviation of 40.
    assert.ok(Math.abs(same - 1_613) < 250, `${same} characters in the same place`);
  });

  it("are others under another key, and nothing but ten letters and digits is one", () => {
    const place = { cellNumber: 7, sequence: 12_345 };
    assert.notEqual(new LinkCodes(keyOf(5)).code(place), new LinkCodes(keyOf(6)).code(place));
    const codes = new LinkCodes(keyOf(5));
    for (const text of ["", "123456789", "12345678901", "12345-7890", "éééééééééé", "1234567 90"]) {
      assert.equal(codes.place(text), undefined, text);
      assert.equal(looksLikeCode(text), false, text);
    }
    assert.throws(() => new LinkCodes(new Uint8Array(16)));
  });
});
