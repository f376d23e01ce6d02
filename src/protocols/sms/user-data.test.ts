import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeGsm7, pack7 } from "../gsm7/index.ts";
import {
  buildParts,
  buildUdh,
  concatElement,
  decodeLatin1,
  decodeUcs2,
  decodeUserData,
  encodeLatin1,
  encodeUcs2,
  parseDataCoding,
  parseUdh,
  readConcat,
  readNationalShift,
  readPorts,
  segmentText,
  wellFormed,
} from "./index.ts";
import type { ConcatenationMethod, DefaultAlphabet } from "./index.ts";
import { decodeCyrillic, decodeHebrew } from "./character-codings.ts";

const SEED = Number(process.env["SEED"] ?? 99127);

function random(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const hex = (octets: Uint8Array): string => Buffer.from(octets).toString("hex");
const bytes = (text: string): Buffer => Buffer.from(text.replaceAll(" ", ""), "hex");

test("UCS-2 is UTF-16 big endian, and lone surrogates never leave", () => {
  assert.equal(hex(encodeUcs2("я😀")), "044fd83dde00");
  assert.equal(hex(encodeUcs2("\ud83dя")), "fffd044f");
  assert.equal(decodeUcs2(bytes("044f d83dde00")), "я😀");
  assert.equal(decodeUcs2(bytes("feff 044f")), "я");
  assert.equal(decodeUcs2(bytes("fffe 4f04")), "я");
  assert.equal(decodeUcs2(bytes("044f 04")), "я");
  assert.equal(decodeUcs2(bytes("")), "");
  assert.equal(wellFormed("a\udc00\ud800b😀"), "a\ufffd\ufffdb😀");
});

test("decoding UCS-2 leaves the octets it was given as they were", () => {
  const octets = bytes("044f 0430");
  decodeUcs2(octets.subarray(0, 2));
  assert.equal(hex(octets), "044f0430");
});

test("Latin-1, Cyrillic and Hebrew octets read as their standards say", () => {
  assert.equal(decodeLatin1(bytes("e9 41")), "éA");
  assert.equal(hex(encodeLatin1("éÿ") ?? bytes("")), "e9ff");
  assert.equal(encodeLatin1("€"), undefined);
  const every = Buffer.from(Array.from({ length: 96 }, (_, index) => 0xa0 + index));
  assert.equal(decodeCyrillic(every), new TextDecoder("iso-8859-5").decode(every));
  assert.equal(decodeHebrew(every), new TextDecoder("iso-8859-8").decode(every));
});

test("a user data header is read, also when it is damaged", () => {
  const header = parseUdh(bytes("05 00 03 2a 03 02 41"));
  assert.ok(header);
  assert.equal(header.headerOctets, 6);
  assert.deepEqual(readConcat(header), { reference: 42, total: 3, sequence: 2 });
  assert.equal(parseUdh(bytes("")), undefined);
  assert.equal(parseUdh(bytes("05 00 03")), undefined, "its length runs past the data");
  assert.deepEqual(parseUdh(bytes("00"))?.elements, []);
  const cut = parseUdh(bytes("06 24 01 01 00 05 ff"));
  assert.equal(cut?.headerOctets, 7);
  assert.equal(cut.elements.length, 1, "the element that runs past the header is dropped");
});

test("the elements of a header are understood", () => {
  const header = parseUdh(bytes("12 08 04 1234 05 05 05 04 0b84 23f0 24 01 01 25 01 03"));
  assert.ok(header);
  assert.deepEqual(readConcat(header), { reference: 0x1234, total: 5, sequence: 5 });
  assert.deepEqual(readPorts(header), { destination: 0x0b84, source: 0x23f0 });
  assert.deepEqual(readNationalShift(header), { single: 1, locking: 3 });
  const small = parseUdh(bytes("04 04 02 10 20"));
  assert.ok(small);
  assert.deepEqual(readPorts(small), { destination: 0x10, source: 0x20 });
});

test("a concatenation that makes no sense is ignored", () => {
  for (const wrong of ["05 00 03 01 00 00", "05 00 03 01 02 03", "05 00 03 01 02 00", "04 00 02 01 02"]) {
    const header = parseUdh(bytes(wrong));
    assert.ok(header);
    assert.equal(readConcat(header), undefined, wrong);
  }
});

test("headers are built as they are read", () => {
  assert.equal(hex(buildUdh([concatElement({ reference: 0x12a, total: 3, sequence: 2 }, 8)])), "0500032a0302");
  assert.equal(hex(buildUdh([concatElement({ reference: 0x12a, total: 3, sequence: 2 }, 16)])), "060804012a0302");
  assert.throws(() => buildUdh([{ id: 1, data: new Uint8Array(200) }]), /assertion failed/);
});

test("a message of one part carries no concatenation whatever the method", () => {
  for (const method of ["udh8", "udh16", "sar", "payload"] as const) {
    const parts = buildParts(segmentText("hello@", { smartEncoding: false }), { method, reference: 7 });
    assert.equal(parts.length, 1);
    assert.deepEqual(
      { ...parts[0], shortMessage: hex(parts[0]?.shortMessage ?? bytes("")) },
      {
        shortMessage: "68656c6c6f00",
        esmClassUdhi: false,
        dataCoding: 0,
      },
    );
  }
});

test("each method marks several parts in its own way", () => {
  const text = "x".repeat(200);
  const build = (method: ConcatenationMethod): ReturnType<typeof buildParts> =>
    buildParts(segmentText(text, { smartEncoding: false, reference: 16 }), { method, reference: 0x10305 });
  const [first, second] = build("udh8");
  assert.equal(hex(first?.shortMessage.subarray(0, 7) ?? bytes("")), "05000305020178");
  assert.equal(hex(second?.shortMessage.subarray(0, 7) ?? bytes("")), "05000305020278");
  assert.equal(first?.esmClassUdhi, true);
  assert.equal(hex(build("udh16")[0]?.shortMessage.subarray(0, 7) ?? bytes("")), "06080403050201");
  const sar = build("sar");
  assert.deepEqual(sar[1]?.sar, { reference: 0x0305, total: 2, sequence: 2 });
  assert.equal(sar[1]?.esmClassUdhi, false);
  const [payload, ...more] = build("payload");
  assert.equal(more.length, 0);
  assert.equal(payload?.shortMessage.length, 0);
  assert.equal(payload?.payload?.toString("latin1"), text);
});

test("segments that leave no room for a 16 bit reference are not sent with one", () => {
  const segmented = segmentText("x".repeat(200), { smartEncoding: false });
  assert.throws(() => buildParts(segmented, { method: "udh16", reference: 1 }), /assertion failed/);
});

test("a Latin-1 carrier gets Latin-1, or UCS-2 where that cannot express the text", () => {
  const latin = (text: string): ReturnType<typeof buildParts> =>
    buildParts(segmentText(text, { smartEncoding: false }), {
      method: "udh8",
      reference: 1,
      defaultAlphabet: "latin1",
    });
  assert.deepEqual(
    latin("é@").map((part) => [part.dataCoding, hex(part.shortMessage)]),
    [[0, "e940"]],
  );
  assert.deepEqual(
    latin("5€").map((part) => [part.dataCoding, hex(part.shortMessage)]),
    [[8, "003520ac"]],
  );
  const long = latin(`${"a".repeat(99)}€`);
  assert.equal(long.length, 2);
  assert.ok(long.every((part) => part.shortMessage.length <= 140));
});

test("packed septets behind a header start on a septet boundary", () => {
  const text = "a".repeat(161);
  const [first] = buildParts(segmentText(text, { smartEncoding: false }), {
    method: "udh8",
    reference: 1,
    defaultAlphabet: "gsm7-packed",
  });
  const septets = encodeGsm7("a".repeat(153));
  assert.ok(first && septets);
  assert.equal(first.shortMessage.length, 140);
  assert.equal(hex(first.shortMessage.subarray(6)), hex(pack7(septets, 1)));
});

test("seven spare bits are padded with a carriage return, which decoding drops", () => {
  const [part] = buildParts(segmentText("1234567", { smartEncoding: false }), {
    method: "udh8",
    reference: 1,
    defaultAlphabet: "gsm7-packed",
  });
  assert.equal(hex(part?.shortMessage ?? bytes("")), "31d98c56b3dd1a");
  const decode = (shortMessage: Uint8Array): string | undefined =>
    decodeUserData({ dataCoding: 0, shortMessage, udhi: false, defaultAlphabet: "gsm7-packed" }).text;
  assert.equal(decode(part?.shortMessage ?? bytes("")), "1234567");
  assert.equal(decode(bytes("31d98c56b3dd00")), "1234567");
  assert.equal(decode(bytes("31d98c56b3dd70")), "12345678");
});

test("data codings mean what SMPP and TS 23.038 say", () => {
  const alphabet = (code: number, whose: DefaultAlphabet = "gsm7"): string => parseDataCoding(code, whose).alphabet;
  assert.deepEqual(
    [0, 1, 2, 3, 4, 6, 7, 8].map((code) => alphabet(code)),
    ["gsm7", "ascii", "binary", "latin1", "binary", "cyrillic", "hebrew", "ucs2"],
  );
  assert.equal(alphabet(0, "latin1"), "latin1");
  assert.deepEqual(parseDataCoding(0x10, "gsm7"), { alphabet: "gsm7", messageClass: 0 });
  assert.deepEqual(parseDataCoding(0x18, "gsm7"), { alphabet: "ucs2", messageClass: 0 });
  assert.equal(alphabet(0x20), "binary", "compressed text is not read");
  assert.deepEqual(parseDataCoding(0xc8, "gsm7"), {
    alphabet: "gsm7",
    waiting: { active: true, kind: "voicemail", store: false },
  });
  assert.deepEqual(parseDataCoding(0xd2, "gsm7").waiting, { active: false, kind: "email", store: true });
  assert.equal(alphabet(0xe8), "ucs2");
  assert.deepEqual(parseDataCoding(0xf0, "latin1"), { alphabet: "gsm7", messageClass: 0 });
  assert.deepEqual(parseDataCoding(0xf6, "gsm7"), { alphabet: "binary", messageClass: 2 });
  for (let code = 0; code < 256; code++) assert.ok(alphabet(code).length > 0);
});

test("inbound user data is decoded by its coding and header", () => {
  const turkish = decodeUserData({ dataCoding: 0, shortMessage: bytes("03 24 01 01 1b53 41"), udhi: true });
  assert.equal(turkish.text, "ŞA");
  const both = decodeUserData({ dataCoding: 0xf1, shortMessage: bytes("06 24 01 03 25 01 03 12 1b1f"), udhi: true });
  assert.deepEqual([both.text, both.messageClass], ["ªÊ", 1]);
  const port = decodeUserData({ dataCoding: 4, shortMessage: bytes("06 05 04 0b84 23f0 0102"), udhi: true });
  assert.deepEqual([port.text, port.ports?.destination, hex(port.binary ?? bytes(""))], [undefined, 2948, "0102"]);
  const broken = decodeUserData({ dataCoding: 0, shortMessage: bytes("48 69"), udhi: true });
  assert.equal(broken.text, "Hi", "a header that does not fit is text");
  const half = decodeUserData({ dataCoding: 8, shortMessage: bytes("d83d"), udhi: false });
  assert.equal(half.text, "\ufffd");
});

test("halves of a surrogate pair that a sender cut meet again", () => {
  const part = (octets: string): string | undefined =>
    decodeUserData({ dataCoding: 8, shortMessage: bytes(octets), udhi: true }).text;
  assert.equal(wellFormed(`${part("05 00 03 01 02 01 d83d")}${part("05 00 03 01 02 02 de00")}`), "😀");
});

test(`what is built is what is read, for every method and carrier alphabet (seed ${SEED})`, () => {
  const next = random(SEED);
  const methods = ["udh8", "udh16", "sar", "payload"] as const;
  const defaults = ["gsm7", "latin1", "gsm7-packed"] as const;
  const alphabets = ["ab €[]~Δ", "abc é", "abяж😀"].map((text) => Array.from(text));
  for (let round = 0; round < 300; round++) {
    const characters = alphabets[next(alphabets.length)] ?? [];
    const text = Array.from({ length: next(500) }, () => characters[next(characters.length)] ?? "").join("");
    const defaultAlphabet = defaults[next(defaults.length)] ?? "gsm7";
    const method = methods[next(methods.length)] ?? "udh8";
    const segmented = segmentText(text, { smartEncoding: false, reference: 16 });
    const parts = buildParts(segmented, { method, reference: next(65536), defaultAlphabet });
    const read = parts.map((part, index) => {
      const decoded = decodeUserData({
        dataCoding: part.dataCoding,
        shortMessage: part.payload ?? part.shortMessage,
        udhi: part.esmClassUdhi,
        defaultAlphabet,
      });
      if (part.esmClassUdhi) assert.equal(decoded.concat?.sequence, index + 1);
      assert.ok(part.shortMessage.length <= 160);
      return decoded.text;
    });
    assert.equal(read.join(""), text);
  }
});

test(`hostile user data is decoded without failing (seed ${SEED})`, () => {
  const next = random(SEED);
  for (let round = 0; round < 500; round++) {
    const shortMessage = Uint8Array.from({ length: next(60) }, () => next(256));
    const decoded = decodeUserData({
      dataCoding: next(256),
      shortMessage,
      udhi: next(2) === 0,
      defaultAlphabet: next(2) === 0 ? "gsm7" : "gsm7-packed",
    });
    assert.equal(typeof decoded.text === "string", decoded.binary === undefined);
  }
});
