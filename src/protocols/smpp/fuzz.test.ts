import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import test from "node:test";
import { SeededRandom, randomPdu, runSeed } from "../../../test/kit/smpp-pdus.ts";
import { decodePduByTable } from "./decode.ts";
import { PduDecoder, SmppEncodeError, decodePdu, encodePdu, readReceipt } from "./index.ts";
import type { Decoded } from "./index.ts";

const DEFAULT_CASES = 3000;
const MAX_PDU_OCTETS = 4096;

/** A stream of a few PDUs, most of them damaged in one of the ways in which peers damage them. */
function hostileStream(random: SeededRandom): Buffer {
  const pieces: Buffer[] = [];
  for (let i = random.between(1, 4); i > 0; i -= 1) pieces.push(hostilePdu(random));
  return Buffer.concat(pieces);
}

function hostilePdu(random: SeededRandom): Buffer {
  const octets = random.oneIn(5)
    ? withHeader(random, random.octets(random.between(0, 200)))
    : encodePdu(randomPdu(random));
  switch (random.between(0, 6)) {
    case 0: // Any octets changed, the length among them.
      for (let i = random.between(1, 4); i > 0; i -= 1)
        octets[random.between(0, octets.length - 1)] = random.between(0, 255);
      return octets;
    case 1: // Only the body changed, so that the boundaries hold.
      for (let i = random.between(1, 8); i > 0 && octets.length > 16; i -= 1) {
        octets[random.between(16, octets.length - 1)] = random.pick([0, 1, 0xff, random.between(0, 255)]);
      }
      return octets;
    case 2: // Cut, with a length that says so.
      return relength(octets.subarray(0, random.between(16, octets.length)));
    case 3: // Something after the end.
      return relength(Buffer.concat([octets, random.octets(random.between(1, 12))]));
    case 4: // A length that lies.
      octets.writeUInt32BE(random.pick([0, 4, 15, 16, 17, MAX_PDU_OCTETS, MAX_PDU_OCTETS + 1, 0xffffffff]), 0);
      return octets;
    case 5: // Another command's id over the same body.
      octets.writeUInt32BE(random.pick([0x00000004, 0x80000004, 0x21, 0x80000021, 0x103, 0x0a, 0x80000000]), 4);
      return octets;
    default:
      return octets;
  }
}

function withHeader(random: SeededRandom, body: Buffer): Buffer {
  const header = random.octets(16);
  header.writeUInt32BE(random.pick([1, 4, 5, 7, 0x21, 0x80000021, 0x103, 0x102, random.next()]), 4);
  return relength(Buffer.concat([header, body]));
}

function relength(octets: Buffer): Buffer {
  const copy = Buffer.from(octets);
  copy.writeUInt32BE(copy.length, 0);
  return copy;
}

/** Feeds the stream in pieces of `nextPiece` octets; between two pushes the decoder's memory is checked. */
function feed(stream: Buffer, nextPiece: () => number): Decoded[] {
  const decoder = new PduDecoder({ maxPduOctets: MAX_PDU_OCTETS });
  const found: Decoded[] = [];
  for (let at = 0; at < stream.length;) {
    const piece = Math.min(nextPiece(), stream.length - at);
    // The chunk is overwritten after the push: nothing that was decoded may point into it.
    const chunk = Buffer.from(stream.subarray(at, at + piece));
    found.push(...decoder.push(chunk));
    chunk.fill(0xa5);
    at += piece;
    assert.ok(decoder.reservedOctets <= MAX_PDU_OCTETS && decoder.heldOctets <= decoder.reservedOctets);
    assert.ok(decoder.reservedOctets <= Math.max(256, 2 * at), "memory follows what was sent, not what was announced");
  }
  return found;
}

function checkOne(random: SeededRandom): void {
  const stream = hostileStream(random);
  const whole = feed(stream, () => stream.length);
  assert.deepEqual(
    feed(stream, () => random.between(1, 40)),
    whole,
  );
  if (random.oneIn(8))
    assert.deepEqual(
      feed(stream, () => 1),
      whole,
    );
  assert.ok(whole.length <= stream.length / 16 + 1);
  whole.forEach((one, i) => {
    if (one.kind === "fatal") assert.equal(i, whole.length - 1, "nothing is read after a fatal error");
    if (one.kind !== "pdu") return;
    if (one.pdu.command === "deliver_sm" || one.pdu.command === "data_sm") readReceipt(one.pdu.body);
    try {
      encodePdu(one.pdu);
    } catch (error) {
      assert.ok(error instanceof SmppEncodeError, String(error));
    }
  });
  if (stream.length >= 16) {
    assert.deepEqual(decodePdu(stream, 0, stream.length), decodePduByTable(stream, 0, stream.length));
  }
}

test("whatever arrives, and however it is cut, the decoder answers the same, within its memory, and never throws", (t) => {
  const seed = runSeed();
  const cases = Number(process.env["FUZZ_CASES"] || DEFAULT_CASES);
  t.diagnostic(`seed ${seed}, ${cases} cases`);
  for (let i = 0; i < cases; i += 1) {
    // Each case has a seed of its own, so that one that fails can be repeated alone.
    const caseSeed = (seed + i) >>> 0;
    try {
      checkOne(new SeededRandom(caseSeed));
    } catch (error) {
      throw new Error(`fails with SEED=${caseSeed} FUZZ_CASES=1`, { cause: error });
    }
  }
});
