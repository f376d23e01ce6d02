import assert from "node:assert/strict";
import { test } from "node:test";
import { bareAddress, countryOf, isTollFree, numberKind, parseAddress, regionOf } from "./index.ts";
import { CALLING_CODES, SHARED_PREFIXES } from "./calling-codes.ts";
import { NANP_AREA_CODES, NANP_NON_GEOGRAPHIC, NANP_PREMIUM, NANP_TOLL_FREE } from "./nanp-area-codes.ts";

const SEED = Number(process.env["SEED"] ?? 15551234);

function random(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

test("numbers are understood as people write them", () => {
  for (const written of [
    "+14155552671",
    "+1 (415) 555-2671",
    "415-555-2671",
    "(415) 555.2671",
    "4155552671",
    "14155552671",
    " 14155552671",
    "+1\u00a0415\u2011555\u20112671",
    "\u202a+14155552671\u202c",
  ]) {
    assert.deepEqual(parseAddress(written), { kind: "e164", e164: "+14155552671", country: "US" }, written);
  }
  assert.deepEqual(parseAddress("447700900123"), { kind: "e164", e164: "+447700900123", country: "GB" });
  assert.deepEqual(parseAddress("+88216000000"), { kind: "e164", e164: "+88216000000" });
});

test("what is no number is invalid", () => {
  for (const text of [
    "",
    "+",
    "++14155552671",
    "+1415555267",
    "+141555526711",
    "+11155552671",
    "0014155552671",
    "07911123456",
    "1234567890",
    "5552671",
    "+2101234567",
    "+4479",
    "+4412345678901234",
    "+1415555267a",
    "９",
    "x".repeat(200),
    "1".repeat(5000),
  ]) {
    assert.deepEqual(parseAddress(text), { kind: "invalid" }, text.slice(0, 20));
  }
});

test("short codes have three to six digits", () => {
  assert.deepEqual(parseAddress("894546"), { kind: "short-code", code: "894546" });
  assert.deepEqual(parseAddress("894-546"), { kind: "short-code", code: "894546" });
  assert.deepEqual(parseAddress("999"), { kind: "short-code", code: "999" });
  assert.equal(parseAddress("12").kind, "invalid");
  assert.equal(parseAddress("+89454").kind, "invalid");
});

test("alphanumeric senders have one to eleven characters and a letter", () => {
  for (const sender of ["MyCo", "A", "My Co 24", "A+B-C_D&E", "12345678901"]) {
    const expected = /[A-Za-z]/.test(sender) ? { kind: "alphanumeric", sender } : { kind: "invalid" };
    if (sender !== "12345678901") assert.deepEqual(parseAddress(sender), expected);
  }
  assert.deepEqual(parseAddress(" MyCo "), { kind: "alphanumeric", sender: "MyCo" });
  for (const sender of ["TwelveLetters", "My.Co", "Müller", "a@b"]) assert.equal(parseAddress(sender).kind, "invalid");
});

test("a bare address has no plus", () => {
  assert.equal(bareAddress("+14155552671"), "14155552671");
  assert.equal(bareAddress("MyCo"), "MyCo");
});

test("channel addresses keep their channel", () => {
  assert.deepEqual(parseAddress("whatsapp:+1 415 555 2671"), {
    kind: "channel",
    channel: "whatsapp",
    address: "+14155552671",
  });
  assert.deepEqual(parseAddress("messenger:1234567890123456"), {
    kind: "channel",
    channel: "messenger",
    address: "1234567890123456",
  });
  assert.deepEqual(parseAddress("rcs:brand_abc_agent"), {
    kind: "channel",
    channel: "rcs",
    address: "brand_abc_agent",
  });
  assert.deepEqual(parseAddress("rcs:+14155552671"), { kind: "channel", channel: "rcs", address: "+14155552671" });
  for (const wrong of [
    "whatsapp:",
    "whatsapp:bob",
    "whatsapp:+1",
    "rcs:+1",
    "messenger:a b",
    "sip:a@b",
    "client:bob",
  ]) {
    assert.equal(parseAddress(wrong).kind, "invalid", wrong);
  }
});

test("countries that share a calling code are told apart", () => {
  const places: Array<[string, string | undefined]> = [
    ["+79161234567", "RU"],
    ["+77012345678", "KZ"],
    ["+441481960194", "GG"],
    ["+441534960194", "JE"],
    ["+441624960194", "IM"],
    ["+442079460123", "GB"],
    ["+390669812345", "VA"],
    ["+390612345678", "IT"],
    ["+4779123456", "SJ"],
    ["+262639012345", "YT"],
    ["+262692123456", "RE"],
    ["+5993181234", "BQ"],
    ["+59995101234", "CW"],
    ["+38344123456", "XK"],
    ["+12684641234", "AG"],
    ["+18765551234", "JM"],
    ["+17875551234", "PR"],
    ["+18095551234", "DO"],
    ["+14165551234", "CA"],
    ["+18675551234", "CA"],
    ["+15005550006", "US"],
    ["+80012345678", undefined],
    ["+2101234567", undefined],
  ];
  for (const [e164, country] of places) assert.equal(countryOf(e164), country, e164);
});

test("area codes tell the state or province", () => {
  const places: Array<[string, string | undefined]> = [
    ["+12125551234", "NY"],
    ["+14155551234", "CA"],
    ["+12025551234", "DC"],
    ["+19075551234", "AK"],
    ["+16465551234", "NY"],
    ["+14165551234", "ON"],
    ["+15145551234", "QC"],
    ["+17095551234", "NL"],
    ["+18675551234", undefined],
    ["+19025551234", undefined],
    ["+18005551234", undefined],
    ["+17875551234", undefined],
    ["+442079460123", undefined],
  ];
  for (const [e164, region] of places) assert.equal(regionOf(e164), region, e164);
});

test("toll-free, premium and placeless numbers are known by their prefix", () => {
  for (const code of NANP_TOLL_FREE.split(" ")) assert.ok(isTollFree(`+1${code}5551234`), code);
  assert.equal(isTollFree("+14155551234"), false);
  assert.equal(isTollFree("+80012345678"), false);
  assert.equal(isTollFree("+8334155551"), false, "+83 is no +1 833");
  assert.equal(numberKind("+80012345678"), "toll-free");
  assert.equal(numberKind("+19005551234"), "premium");
  assert.equal(numberKind("+15005550006"), "non-geographic");
  assert.equal(numberKind("+14155551234"), "geographic");
  assert.equal(numberKind("+447700900123"), undefined);
});

test("the tables hold every prefix once and well formed", () => {
  const areas = [...Object.values(NANP_AREA_CODES), NANP_TOLL_FREE, NANP_PREMIUM, NANP_NON_GEOGRAPHIC].flatMap(
    (codes) => codes.split(" "),
  );
  assert.equal(new Set(areas).size, areas.length);
  for (const area of areas) assert.match(area, /^[2-9]\d\d$/);
  const states = Object.keys(NANP_AREA_CODES).filter((place) => place.startsWith("US-"));
  assert.equal(states.length, 51);
  const shared = Object.values(SHARED_PREFIXES).flatMap((prefixes) => prefixes.split(" "));
  assert.equal(new Set(shared).size, shared.length);
  for (const code of Object.keys(CALLING_CODES)) assert.match(code, /^[1-9]\d{0,2}$/);
  // Calling codes are a prefix code: none begins another.
  const codes = Object.keys(CALLING_CODES);
  for (const code of codes) assert.ok(!codes.some((other) => other !== code && other.startsWith(code)), code);
});

test(`any valid number survives any way of writing it (seed ${SEED})`, () => {
  const next = random(SEED);
  const codes = Object.keys(CALLING_CODES);
  const separators = ["", " ", "-", ".", "(", ") ", "\u2009"];
  for (let round = 0; round < 500; round++) {
    const code = codes[next(codes.length)] ?? "1";
    const length = code === "1" ? 10 : 8 + next(15 - code.length - 7);
    const digits = code + (2 + next(8)) + Array.from({ length: length - 1 }, () => next(10)).join("");
    const written = `+${Array.from(digits, (digit) => digit + (separators[next(20)] ?? "")).join("")}`;
    const address = parseAddress(written);
    assert.equal(address.kind === "e164" && address.e164, `+${digits}`, written);
    assert.deepEqual(parseAddress(`+${digits}`), address);
  }
});
