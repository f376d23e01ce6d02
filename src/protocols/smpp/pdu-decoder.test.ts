import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import test from "node:test";
import { PduDecoder, MAX_TLVS, encodePdu } from "./index.ts";
import type { AnyPdu, Decoded } from "./index.ts";

const MAX_PDU_OCTETS = 1024;

function decoder(): PduDecoder {
  return new PduDecoder({ maxPduOctets: MAX_PDU_OCTETS });
}

function octetsOf(hex: string): Buffer {
  return Buffer.from(hex.replace(/\s/g, ""), "hex");
}

/** A PDU from its command_id, status and body in hex; the length is filled in. */
function pduOf(commandId: string, status: string, body: string): Buffer {
  const octets = octetsOf(`00000000 ${commandId} ${status} 00000007 ${body}`);
  octets.writeUInt32BE(octets.length, 0);
  return octets;
}

function onePdu(octets: Buffer): AnyPdu {
  const found = decoder().push(octets);
  assert.deepEqual(
    found.map((one) => one.kind),
    ["pdu"],
  );
  return (found[0] as Decoded & { kind: "pdu" }).pdu;
}

const SUBMIT = encodePdu({
  command: "submit_sm",
  sequence: 1,
  body: { source_addr: "100", destination_addr: "200", short_message: Buffer.from("hello") },
});
const ENQUIRE = encodePdu({ command: "enquire_link", sequence: 2 });

test("many PDUs in one chunk come out in order", () => {
  const found = decoder().push(Buffer.concat([SUBMIT, ENQUIRE, SUBMIT]));
  assert.deepEqual(
    found.map((one) => one.kind === "pdu" && one.pdu.command),
    ["submit_sm", "enquire_link", "submit_sm"],
  );
});

test("a stream may be cut at any octet", () => {
  const stream = Buffer.concat([SUBMIT, ENQUIRE]);
  const whole = decoder().push(stream);
  for (let cut = 0; cut <= stream.length; cut += 1) {
    const halves = decoder();
    const found = [...halves.push(stream.subarray(0, cut)), ...halves.push(stream.subarray(cut))];
    assert.deepEqual(found, whole, `cut at ${cut}`);
  }
});

test("memory for an unfinished PDU grows with what arrives, not with what is announced, and is bounded", () => {
  const decoding = new PduDecoder({ maxPduOctets: 65_536 });
  const announced = octetsOf("00010000 00000004 00000000 00000001");
  decoding.push(announced);
  assert.equal(decoding.heldOctets, 16);
  assert.ok(decoding.reservedOctets <= 256);
  for (let i = 0; i < 65; i += 1) decoding.push(Buffer.alloc(1000));
  assert.ok(decoding.reservedOctets <= 65_536);
  assert.equal(decoding.push(Buffer.alloc(65_536 - 16 - 65_000)).length, 1);
  assert.equal(decoding.heldOctets, 0);
  assert.ok(decoding.reservedOctets <= 256);
});

test("what was decoded does not change when the chunk is used again", () => {
  const chunk = Buffer.from(SUBMIT);
  const [found] = decoder().push(chunk);
  chunk.fill(0);
  assert.ok(found?.kind === "pdu" && found.pdu.command === "submit_sm");
  assert.equal(found.pdu.body.short_message.toString(), "hello");
});

test("a command_length under 16 ends the stream at once, without a sequence number", () => {
  const decoding = decoder();
  const found = decoding.push(octetsOf("0000000f"));
  assert.deepEqual(found, [{ kind: "fatal", reason: "command_length is 15, less than 16", sequence: 0 }]);
  assert.deepEqual(decoding.push(ENQUIRE), []);
});

test("a command_length over the maximum ends the stream and names the sequence number to answer", () => {
  const decoding = decoder();
  const found = decoding.push(octetsOf("00000401 00000004 00000000 00000009"));
  assert.deepEqual(found, [{ kind: "fatal", reason: "command_length is 1025, more than 1024", sequence: 9 }]);
  assert.deepEqual(decoding.push(ENQUIRE), []);
  assert.equal(decoding.heldOctets, 0);
});

test("a command that SMPP does not have is told apart and skipped", () => {
  const found = decoder().push(Buffer.concat([pduOf("00000114", "00000000", "6162"), ENQUIRE]));
  assert.deepEqual(found[0], { kind: "unknown-command", commandId: 0x114, sequence: 7 });
  assert.equal(found[1]?.kind, "pdu");
});

test("a request whose mandatory parameters do not fit is malformed, and the stream goes on", () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ["00000002", "61", "the PDU ends within system_id"],
    ["00000002", "", "the PDU ends within system_id"],
    ["00000004", "00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 05 6162", "the PDU ends within short_message"],
    ["00000021", "00 00 00 00 01 03", "dest_flag is 3"],
    ["00000021", "00 00 00 00 ff 02 6100", "the PDU ends within dest_flag"],
  ];
  for (const [commandId, body, reason] of cases) {
    const found = decoder().push(Buffer.concat([pduOf(commandId, "00000000", body), ENQUIRE]));
    const malformed = { kind: "malformed", commandId: Number.parseInt(commandId, 16), sequence: 7, reason };
    assert.deepEqual(found[0], malformed);
    assert.equal(found[1]?.kind, "pdu");
  }
});

test("a response may lack its body, and with an error status it may have an unreadable one", () => {
  assert.deepEqual(onePdu(pduOf("80000004", "00000000", "")).body, { message_id: "" });
  assert.deepEqual(onePdu(pduOf("80000003", "00000000", "")).body, {
    message_id: "",
    final_date: "",
    message_state: 0,
    error_code: 0,
  });
  assert.deepEqual(onePdu(pduOf("80000003", "00000008", "61")).body, {
    message_id: "",
    final_date: "",
    message_state: 0,
    error_code: 0,
  });
});

test("a response may lack the NUL at its very end", () => {
  assert.deepEqual(onePdu(pduOf("80000004", "00000000", "616263")).body, { message_id: "abc" });
  assert.deepEqual(onePdu(pduOf("80000009", "00000000", "616263")).body, { system_id: "abc" });
});

test("texts that are longer than the specification allows are read", () => {
  assert.deepEqual(onePdu(pduOf("80000004", "00000000", `${"61".repeat(100)}00`)).body, {
    message_id: "a".repeat(100),
  });
});

test("a TLV that the PDU cuts off is dropped and those before it stay", () => {
  const body = "6100 0427 0001 02 001e 0009 6162";
  assert.deepEqual(onePdu(pduOf("80000004", "00000000", body)).body, { message_id: "a", tlvs: { message_state: 2 } });
  const scrap = onePdu(pduOf("80000004", "00000000", "6100 04 27 00"));
  assert.deepEqual(scrap.body, { message_id: "a" });
});

test("integers of an unexpected size are read, and a value that fits no layout is kept as it came", () => {
  const body = "0204 0001 05 020c 0004 00000102 0427 0000 0423 0002 0304 1401 0002 0506";
  assert.deepEqual(onePdu(pduOf("00000015", "00000000", body)).body, {
    tlvs: {
      user_message_reference: 5,
      sar_msg_ref_num: 258,
      unknown: [
        { tag: 0x0427, value: Buffer.of() },
        { tag: 0x0423, value: Buffer.of(3, 4) },
        { tag: 0x1401, value: Buffer.of(5, 6) },
      ],
    },
  });
});

test("a text TLV may lack its NUL, and what follows a NUL is not read", () => {
  const body = "001e 0002 3432 001d 0004 61006200";
  assert.deepEqual(onePdu(pduOf("00000015", "00000000", body)).body, {
    tlvs: { receipted_message_id: "42", additional_status_info_text: "a" },
  });
});

test("repeated TLVs that may repeat are all kept, of others the last one counts", () => {
  const body = "0381 0004 00010131 0381 0004 00010132 0427 0001 01 0427 0001 02";
  assert.deepEqual(onePdu(pduOf("00000015", "00000000", body)).body, {
    tlvs: { callback_num: [Buffer.of(0, 1, 1, 0x31), Buffer.of(0, 1, 1, 0x32)], message_state: 2 },
  });
});

test("no more TLVs are read from one PDU than the maximum", () => {
  const decoding = new PduDecoder({ maxPduOctets: 65_536 });
  const [found] = decoding.push(pduOf("00000015", "00000000", "14000000".repeat(MAX_TLVS + 10)));
  assert.ok(found?.kind === "pdu");
  assert.equal(found.pdu.body.tlvs?.unknown?.length, MAX_TLVS);
});
