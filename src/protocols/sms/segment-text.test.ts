import assert from "node:assert/strict";
import { test } from "node:test";
import { gsm7Septets } from "../gsm7/index.ts";
import { MAX_PARTS, SEGMENT_LIMITS, segmentText, smartEncode } from "./index.ts";
import type { ReferenceBits } from "./index.ts";

const SEED = Number(process.env["SEED"] ?? 7041776);

function random(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const plain = { smartEncoding: false };

test("one part holds 160 septets or 70 units, several hold 153 or 67 each", () => {
  const parts = (text: string, reference: ReferenceBits = 8): number[] =>
    segmentText(text, { smartEncoding: false, reference }).segments.map((segment) => segment.length);
  assert.deepEqual(parts("a".repeat(160)), [160]);
  assert.deepEqual(parts("a".repeat(161)), [153, 8]);
  assert.deepEqual(parts("a".repeat(306)), [153, 153]);
  assert.deepEqual(parts("a".repeat(307)), [153, 153, 1]);
  assert.deepEqual(parts("a".repeat(161), 16), [152, 9]);
  assert.deepEqual(parts("я".repeat(70)), [70]);
  assert.deepEqual(parts("я".repeat(71)), [67, 4]);
  assert.deepEqual(parts("я".repeat(71), 16), [66, 5]);
  assert.deepEqual(parts(""), [0]);
});

test("an escape stays with its character and a surrogate with its pair", () => {
  const gsm = segmentText(`${"a".repeat(152)}€${"b".repeat(20)}`, plain);
  assert.deepEqual(
    gsm.segments.map((segment) => segment.length),
    [152, 21],
  );
  const emoji = segmentText(`${"я".repeat(66)}😀${"я".repeat(20)}`, plain);
  assert.deepEqual(
    emoji.segments.map((segment) => segment.length),
    [66, 22],
  );
  assert.equal(segmentText("€".repeat(80), plain).segments.length, 1);
  assert.equal(segmentText("€".repeat(81), plain).segments.length, 2);
});

test("a lone surrogate is replaced before it is sent", () => {
  assert.equal(segmentText("я\ud83d!", plain).text, "я\ufffd!");
  assert.equal(segmentText("\ude00", plain).text, "\ufffd");
});

test("more than 255 parts are refused", () => {
  assert.equal(segmentText("a".repeat(153 * MAX_PARTS), plain).segments.length, MAX_PARTS);
  assert.throws(() => segmentText("a".repeat(153 * MAX_PARTS + 1), plain), RangeError);
  assert.throws(() => segmentText("я".repeat(67 * MAX_PARTS + 1), plain), RangeError);
});

test("smart encoding replaces look-alikes when that makes the text GSM-7", () => {
  assert.equal(smartEncode("“Hi” — it’s 5…"), '"Hi" - it\'s 5...');
  assert.equal(smartEncode("a\u00a0b\tc\u3000d\u200be\ufeff"), "a b c de");
  assert.equal(smartEncode("«ok» ‹ok›"), '"ok" <ok>');
  assert.equal(smartEncode("ＡＢＣ１２３！"), "ABC123!");
  assert.equal(smartEncode("½ off"), "1/2 off");
  assert.equal(smartEncode("cafe\u0301"), "café", "a letter is composed with its mark");
  assert.equal(smartEncode("plain"), "plain");
  assert.equal(smartEncode(""), "");
});

test("smart encoding leaves a text alone that would stay foreign", () => {
  for (const text of ["“Hi” 😀", "it’s ê", "– я", "’\ud800"]) assert.equal(smartEncode(text), text);
});

test("whatever smart encoding writes in place of a character is GSM-7", () => {
  for (let code = 0; code < 0x10000; code++) {
    const character = String.fromCharCode(code);
    const encoded = smartEncode(character);
    assert.ok(encoded === character || gsm7Septets(encoded) !== undefined, code.toString(16));
  }
});

test("smart encoding is used only when asked for", () => {
  const text = `${"a".repeat(80)}’`;
  assert.equal(segmentText(text, plain).encoding, "UCS-2");
  assert.equal(segmentText(text, plain).segments.length, 2);
  const smart = segmentText(text, { smartEncoding: true });
  assert.deepEqual([smart.encoding, smart.text, smart.segments.length], ["GSM-7", `${"a".repeat(80)}'`, 1]);
});

test(`segments join to the text and none is over its limit (seed ${SEED})`, () => {
  const next = random(SEED);
  const alphabets = ["abc €[]~@", "abcяж😀👩‍👧“”", "€{}|", "😀"].map((text) => Array.from(text));
  for (let round = 0; round < 600; round++) {
    const characters = alphabets[next(alphabets.length)] ?? [];
    const text = Array.from({ length: next(900) }, () => characters[next(characters.length)] ?? "").join("");
    const reference = next(2) === 0 ? 8 : 16;
    const { encoding, text: sent, segments } = segmentText(text, { smartEncoding: next(2) === 0, reference });
    assert.equal(segments.join(""), sent);
    const limits = SEGMENT_LIMITS[encoding];
    const limit = segments.length === 1 ? limits.single : limits[reference];
    for (const segment of segments) {
      const size = encoding === "GSM-7" ? (gsm7Septets(segment) ?? Infinity) : segment.length;
      assert.ok(size <= limit, `${size} > ${limit}`);
      assert.ok(segments.length === 1 || size >= limit - 1 || segment === segments.at(-1));
      assert.ok(!/^[\udc00-\udfff]|[\ud800-\udbff]$/.test(segment));
    }
  }
});
