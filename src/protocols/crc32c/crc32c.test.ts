import assert from "node:assert/strict";
import { test } from "node:test";
import { crc32c } from "./crc32c.ts";

function bitwise(octets: Uint8Array): number {
  let crc = 0xffffffff;
  for (const octet of octets) {
    crc ^= octet;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  }
  return ~crc >>> 0;
}

test("the check value of the catalogue and the vectors of RFC 3720 §B.4 come out", () => {
  assert.equal(crc32c(Buffer.from("123456789")), 0xe3069283);
  assert.equal(crc32c(Buffer.alloc(32)), 0x8a9136aa);
  assert.equal(crc32c(Buffer.alloc(32, 0xff)), 0x62a8ab43);
  assert.equal(crc32c(Buffer.from(Array.from({ length: 32 }, (_, i) => i))), 0x46dd794e);
  assert.equal(crc32c(Buffer.from(Array.from({ length: 32 }, (_, i) => 31 - i))), 0x113fdb5c);
  assert.equal(crc32c(Buffer.alloc(0)), 0);
});

test("every length and every start agrees with the bitwise definition", () => {
  const octets = Buffer.from(Array.from({ length: 100 }, (_, i) => (i * 167 + 13) & 0xff));
  for (let from = 0; from < 20; from += 1) {
    for (let to = from; to <= octets.length; to += 1) {
      assert.equal(crc32c(octets, from, to), bitwise(octets.subarray(from, to)));
    }
  }
});

test("a CRC goes on from the CRC of the part before", () => {
  const octets = Buffer.from("a CRC goes on from the CRC of the part before, wherever it is cut");
  for (let cut = 0; cut <= octets.length; cut += 1) {
    assert.equal(crc32c(octets, cut, octets.length, crc32c(octets, 0, cut)), crc32c(octets));
  }
});
