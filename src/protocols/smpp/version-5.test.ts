import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "node:test";
import { InterfaceVersion, commonVersion, decodePdu, encodePdu, statusName, withoutVersion5 } from "./index.ts";
import type { AnyPdu } from "./index.ts";

function decoded(hex: string): AnyPdu {
  const octets = Buffer.from(hex.replaceAll(/\s/g, ""), "hex");
  const found = decodePdu(octets, 0, octets.length);
  assert.equal(found.kind, "pdu");
  return (found as { pdu: AnyPdu }).pdu;
}

/** Octets written by hand from SMPP 5.0 §4. */
const SUBMIT_RESP = `0000001a 80000004 00000000 0000002a 3464326600 0428 0001 55`;
const THROTTLED = `00000016 80000004 00000058 0000002b 00 0428 0001 64`;
const SUBMIT = `00000046 00000004 00000000 00000003
  00 01 01 3100 01 01 3200 00 00 00 00 00 00 00 00 00 00
  0611 0001 02 0612 000a 31323334353637383930 0613 0002 02ca 060f 0006 303030303031`;
const BROADCAST = `00000024 00000111 00000000 00000009
  00 01 01 3100 6d00 00 00 00 00 08 00 0601 0003 010002`;

test("a response tells how congested the SMSC is, with an error status too", () => {
  const pdu = decoded(SUBMIT_RESP);
  assert.deepEqual(pdu.body, { message_id: "4d2f", tlvs: { congestion_state: 0x55 } });
  const throttled = decoded(THROTTLED);
  assert.deepEqual([throttled.status, throttled.body], [0x58, { message_id: "", tlvs: { congestion_state: 100 } }]);
  for (const [one, hex] of [
    [pdu, SUBMIT_RESP],
    [throttled, THROTTLED],
  ] as const)
    assert.equal(encodePdu(one).toString("hex"), hex.replaceAll(" ", ""));
});

test("number portability and nodes are read by name", () => {
  assert.deepEqual(decoded(SUBMIT).body.tlvs, {
    dest_addr_np_resolution: 2,
    dest_addr_np_information: Buffer.from("1234567890"),
    dest_addr_np_country: Buffer.from([0x02, 0xca]),
    source_node_id: Buffer.from("000001"),
  });
});

test("a broadcast_sm is read", () => {
  const pdu = decoded(BROADCAST);
  assert.equal(pdu.command, "broadcast_sm");
  assert.deepEqual(pdu.body.tlvs, { broadcast_content_type: Buffer.from([1, 0, 2]) });
});

test("the statuses that 5.0 adds have their names", () => {
  assert.equal(statusName(0x101), "ESME_RPROHIBITED");
  assert.equal(statusName(0x112), "ESME_RINVBCASTCHANIND");
  assert.equal(statusName(0x113), "0x00000113");
});

test("two ends speak 5.0 only where both said so", () => {
  const { V3_4, V5_0 } = InterfaceVersion;
  assert.equal(commonVersion(V5_0, 0x50), V5_0);
  assert.equal(commonVersion(V5_0, 0x51), V5_0);
  for (const theirs of [undefined, 0x33, 0x34, 0x4f]) assert.equal(commonVersion(V5_0, theirs), V3_4);
  assert.equal(commonVersion(V3_4, 0x50), V3_4);
});

test("what only 5.0 knows can be left out, and nothing else is", () => {
  const unknown = [{ tag: 0x1400, value: Buffer.of(1) }];
  const old = { message_state: 2, unknown };
  assert.equal(withoutVersion5(old), old);
  assert.deepEqual(withoutVersion5({ ...old, congestion_state: 9 }), old);
  assert.equal(withoutVersion5({ congestion_state: 9 }), undefined);
});
