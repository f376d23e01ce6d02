import assert from "node:assert/strict";
import { test } from "node:test";
import {
  DEFAULT_ALPHABET,
  DEFAULT_EXTENSION,
  NATIONAL_LANGUAGES,
  decodeGsm7,
  encodeGsm7,
  fillBitsAfter,
  gsm7Septets,
  pack7,
  septetsIn,
  unpack7,
} from "./index.ts";
import { lockingTable, singleTable } from "./national-languages.ts";

const SEED = Number(process.env["SEED"] ?? 20260401);

function random(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const CHARACTERS = [
  ...DEFAULT_ALPHABET.replace("\u001b", "").split(""),
  ...DEFAULT_EXTENSION.map(([, character]) => character),
];

function randomText(next: (below: number) => number, length: number): string {
  return Array.from({ length }, () => CHARACTERS[next(CHARACTERS.length)] ?? "").join("");
}

test("the default alphabet has 128 distinct characters at the positions of TS 23.038", () => {
  assert.equal(DEFAULT_ALPHABET.length, 128);
  assert.equal(new Set(DEFAULT_ALPHABET).size, 128);
  const places: Array<[number, string]> = [
    [0x00, "@"],
    [0x09, "Ç"],
    [0x10, "Δ"],
    [0x1b, "\u001b"],
    [0x1f, "É"],
    [0x24, "¤"],
    [0x40, "¡"],
    [0x41, "A"],
    [0x5f, "§"],
    [0x60, "¿"],
    [0x7f, "à"],
  ];
  for (const [septet, character] of places) assert.equal(DEFAULT_ALPHABET[septet], character);
});

test("the well known example hellohello packs to its nine octets", () => {
  const septets = encodeGsm7("hellohello");
  assert.ok(septets);
  assert.equal(pack7(septets).toString("hex").toUpperCase(), "E8329BFD4697D9EC37");
  assert.equal(decodeGsm7(unpack7(Buffer.from("E8329BFD4697D9EC37", "hex"), 10)), "hellohello");
});

test("characters of the extension table cost two septets, foreign ones make the text foreign", () => {
  assert.equal(gsm7Septets("a€b"), 4);
  assert.deepEqual([...(encodeGsm7("a€b") ?? [])], [0x61, 0x1b, 0x65, 0x62]);
  assert.equal(gsm7Septets(""), 0);
  for (const foreign of ["ç", "`", "ê", "“", "😀", "\t", "\u001b", "\u0000", "Ω\u2126"]) {
    assert.equal(gsm7Septets(foreign), undefined, JSON.stringify(foreign));
    assert.equal(encodeGsm7(foreign), undefined);
  }
});

test("decoding follows the rules for what a table lacks", () => {
  assert.equal(decodeGsm7(Uint8Array.of(0x1b, 0x41)), "A", "an unknown escape reads as the main table");
  assert.equal(decodeGsm7(Uint8Array.of(0x1b, 0x1b, 0x41)), " A", "an escape after an escape reads as a space");
  assert.equal(decodeGsm7(Uint8Array.of(0x41, 0x1b)), "A ", "an escape at the end reads as a space");
  assert.equal(decodeGsm7(Uint8Array.of(0x41, 0xe9)), "A\ufffd", "an octet is no septet");
  assert.equal(decodeGsm7(Uint8Array.of(0x1b, 0xe9)), "\ufffd");
});

test("national tables have 128 positions, the escape in place, and none is defined for reserved languages", () => {
  for (const [name, language] of Object.entries(NATIONAL_LANGUAGES)) {
    const single = singleTable(language);
    assert.equal(single?.length, 128, name);
    assert.equal(single[0x1b], undefined, name);
    assert.equal(single[0x65], "€", name);
    const locking = lockingTable(language);
    if (name === "spanish") {
      assert.equal(locking, undefined);
      continue;
    }
    assert.equal(locking?.length, 128, name);
    assert.equal(locking[0x1b], "\u001b", name);
    assert.equal(locking[0x0a], "\n", name);
    assert.equal(locking[0x0d], "\r", name);
    assert.equal(locking.slice(0x61, 0x7b).join(""), "abcdefghijklmnopqrstuvwxyz", name);
    const present = locking.filter((character) => character !== undefined);
    assert.equal(new Set(present).size, present.length, `${name} repeats a character`);
  }
  assert.equal(lockingTable(0), undefined);
  assert.equal(singleTable(14), undefined);
});

test("spot values of the national tables", () => {
  const septets = (...octets: number[]): Uint8Array => Uint8Array.from(octets);
  const { turkish, spanish, portuguese, hindi, bengali, kannada, tamil, telugu, urdu, malayalam } = NATIONAL_LANGUAGES;
  assert.equal(decodeGsm7(septets(0x07, 0x0b, 0x0c, 0x1c, 0x1d, 0x40, 0x60), { locking: turkish }), "ıĞğŞşİç");
  assert.equal(decodeGsm7(septets(0x1b, 0x53, 0x1b, 0x67, 0x1b, 0x41), { single: turkish }), "ŞğA");
  assert.equal(decodeGsm7(septets(0x1b, 0x41, 0x1b, 0x75, 0x1b, 0x09), { single: spanish }), "Áúç");
  assert.equal(decodeGsm7(septets(0x12, 0x15, 0x18, 0x5b, 0x7d), { locking: portuguese }), "ª∞€Ã`");
  assert.equal(decodeGsm7(septets(0x1b, 0x1f, 0x1b, 0x7f), { single: portuguese }), "Êâ");
  assert.equal(decodeGsm7(septets(0x28, 0x51, 0x3d), { locking: hindi }), ")\u093f\u092a");
  assert.equal(decodeGsm7(septets(0x1b, 0x1c, 0x1b, 0x3a), { single: hindi }), "\u0966\u0971");
  assert.equal(
    decodeGsm7(septets(0x1b, 0x19, 0x1b, 0x1c, 0x0c), { locking: bengali, single: bengali }),
    "\u09e6\u09e8 ",
  );
  assert.equal(decodeGsm7(septets(0x24), { locking: kannada }), "\u0ca1");
  assert.equal(decodeGsm7(septets(0x1b, 0x24), { single: tamil }), "\u0bee");
  assert.equal(decodeGsm7(septets(0x1b, 0x22, 0x1b, 0x23), { single: telugu }), "\u0c6c\u0c6d");
  assert.equal(decodeGsm7(septets(0x1b, 0x34, 0x48), { locking: malayalam, single: malayalam }), "\u0d7f\u0d34");
  assert.equal(decodeGsm7(septets(0x00, 0x7f, 0x1b, 0x3f), { locking: urdu, single: urdu }), "\u0627\u0670\u06d4");
  assert.equal(decodeGsm7(septets(0x41, 0x1b, 0x65), { locking: 99, single: 99 }), "A€");
});

test("fill bits put the text after a header on a septet boundary", () => {
  assert.deepEqual([0, 6, 7, 4, 12].map(fillBitsAfter), [0, 1, 0, 3, 2]);
  for (let header = 0; header < 140; header++) assert.equal((header * 8 + fillBitsAfter(header)) % 7, 0);
});

test(`any text of the alphabet comes back from septets and from packed octets (seed ${SEED})`, () => {
  const next = random(SEED);
  for (let round = 0; round < 400; round++) {
    const text = randomText(next, next(200));
    const septets = encodeGsm7(text);
    assert.ok(septets);
    assert.equal(septets.length, gsm7Septets(text));
    assert.equal(decodeGsm7(septets), text);
    const fillBits = next(7);
    const packed = pack7(septets, fillBits);
    assert.equal(packed.length, Math.ceil((septets.length * 7 + fillBits) / 8));
    assert.deepEqual(unpack7(packed, septets.length, fillBits), septets);
  }
});

test("truncated packed data yields the whole septets that it holds", () => {
  const packed = pack7(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8));
  assert.equal(packed.length, 7);
  assert.deepEqual([...unpack7(packed.subarray(0, 3), 8)], [1, 2, 3]);
  assert.equal(unpack7(new Uint8Array(0), 160, 3).length, 0);
  assert.equal(septetsIn(0, 5), 0);
});
