import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import test from "node:test";
import { SeededRandom, randomPdu, randomTlv, runSeed } from "../../../test/kit/smpp-pdus.ts";
import { decodePduByTable } from "./decode.ts";
import { encodePduByTable } from "./encode.ts";
import { COMMAND_NAMES, PduDecoder, TLVS, decodePdu, encodePdu, encodePduInto, pduOctets } from "./index.ts";
import type { AnyPdu, Decoded, PduInput, TlvName } from "./index.ts";

const CASES_PER_COMMAND = 24;
const MAX_PDU_OCTETS = 128 * 1024;

function decodeOne(octets: Buffer): Decoded {
  const found = new PduDecoder({ maxPduOctets: MAX_PDU_OCTETS }).push(octets);
  assert.equal(found.length, 1);
  return found[0] as Decoded;
}

test("every command comes back from the wire as it was sent, whatever its fields and TLVs hold", (t) => {
  const seed = runSeed();
  t.diagnostic(`seed ${seed}`);
  const random = new SeededRandom(seed);
  for (const command of COMMAND_NAMES) {
    for (let i = 0; i < CASES_PER_COMMAND; i += 1) {
      const pdu = randomPdu(random, command);
      assert.deepEqual(decodeOne(encodePdu(pdu)), { kind: "pdu", pdu }, `seed ${seed}, ${command} ${i}`);
    }
  }
});

test("every optional parameter comes back from the wire as it was sent", (t) => {
  const seed = runSeed();
  t.diagnostic(`seed ${seed}`);
  const random = new SeededRandom(seed);
  for (const name of Object.keys(TLVS) as TlvName[]) {
    for (let i = 0; i < 8; i += 1) {
      const tlvs = { [name]: randomTlv(random, name) };
      const pdu = { command: "enquire_link", status: 0, sequence: 1, body: { tlvs } } as AnyPdu;
      assert.deepEqual(decodeOne(encodePdu(pdu)), { kind: "pdu", pdu }, `seed ${seed}, ${name} ${i}`);
    }
  }
});

test("the hand-written paths and the table agree octet by octet and value by value", (t) => {
  const seed = runSeed();
  t.diagnostic(`seed ${seed}`);
  const random = new SeededRandom(seed);
  const commands = ["submit_sm", "submit_sm_resp", "deliver_sm", "deliver_sm_resp"] as const;
  for (let i = 0; i < 400; i += 1) {
    const pdu = randomPdu(random, random.pick(commands));
    const octets = encodePdu(pdu);
    assert.deepEqual(octets, encodePduByTable(pdu), `seed ${seed}, case ${i}`);
    if (random.oneIn(2)) octets[random.between(16, octets.length - 1)] = random.between(0, 255);
    const end = random.oneIn(3) ? random.between(16, octets.length) : octets.length;
    assert.deepEqual(decodePdu(octets, 0, end), decodePduByTable(octets, 0, end), `seed ${seed}, case ${i}`);
  }
});

test("a missing field is sent as its null value", () => {
  for (const command of COMMAND_NAMES) {
    if (command === "submit_multi") continue;
    const bare = encodePdu({ command, sequence: 7 } as PduInput);
    const found = decodeOne(bare);
    assert.equal(found.kind, "pdu");
    if (found.kind === "pdu") assert.deepEqual(encodePdu(found.pdu), bare);
  }
});

test("PDUs written into one buffer are the PDUs written alone, one after the other", () => {
  const random = new SeededRandom(5);
  const pdus = Array.from({ length: 20 }, () => randomPdu(random));
  const alone = Buffer.concat(pdus.map((pdu) => encodePdu(pdu)));
  const batch = Buffer.alloc(alone.length);
  let at = 0;
  for (const pdu of pdus) {
    assert.equal(encodePduInto(pdu, batch, at), at + pduOctets(pdu));
    at += pduOctets(pdu);
  }
  assert.deepEqual(batch, alone);
});

test("a PDU that does not fit into the buffer is refused before anything is written", () => {
  const buffer = Buffer.alloc(40, 0xee);
  const pdu = { command: "bind_transmitter_resp", sequence: 1, body: { system_id: "north" } } as const;
  assert.throws(() => encodePduInto(pdu, buffer, 20), RangeError);
  assert.deepEqual(buffer, Buffer.alloc(40, 0xee));
});
