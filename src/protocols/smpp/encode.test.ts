import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import test from "node:test";
import { MAX_TLVS, SmppEncodeError, encodePdu } from "./index.ts";
import type { PduBodyInput, PduInput } from "./index.ts";

function refused(pdu: PduInput, field: string): void {
  assert.throws(
    () => encodePdu(pdu),
    (error) => error instanceof SmppEncodeError && error.field === field,
    `${field} of ${pdu.command}`,
  );
}

function refusedSubmit(body: PduBodyInput["submit_sm"], field: string): void {
  refused({ command: "submit_sm", sequence: 1, body }, field);
}

test("a text that is longer than its field is refused, and one that fills it is sent", () => {
  refusedSubmit({ service_type: "123456" }, "service_type");
  refusedSubmit({ source_addr: "1".repeat(21) }, "source_addr");
  refusedSubmit({ destination_addr: "1".repeat(21) }, "destination_addr");
  refused({ command: "bind_transmitter", sequence: 1, body: { password: "123456789" } }, "password");
  refused({ command: "bind_transmitter", sequence: 1, body: { system_id: "x".repeat(16) } }, "system_id");
  refused({ command: "submit_sm_resp", sequence: 1, body: { message_id: "x".repeat(65) } }, "message_id");
  encodePdu({ command: "bind_transmitter", sequence: 1, body: { password: "12345678", system_id: "x".repeat(15) } });
  encodePdu({ command: "submit_sm_resp", sequence: 1, body: { message_id: "x".repeat(64) } });
});

test("a text with NUL or with what is not ASCII is refused", () => {
  refusedSubmit({ source_addr: "No\0rth" }, "source_addr");
  refusedSubmit({ source_addr: "Café" }, "source_addr");
  refusedSubmit({ source_addr: "\u0141" }, "source_addr");
});

test("a number that does not fit its field is refused", () => {
  for (const value of [-1, 256, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
    refusedSubmit({ data_coding: value }, "data_coding");
  }
  refusedSubmit({ tlvs: { user_message_reference: 0x10000 } }, "user_message_reference");
  refusedSubmit({ tlvs: { qos_time_to_live: 2 ** 32 } }, "qos_time_to_live");
  refusedSubmit({ tlvs: { network_error_code: { network_type: 3, error_code: -1 } } }, "network_error_code.error_code");
});

test("a short_message over 254 octets, or beside message_payload, is refused", () => {
  refusedSubmit({ short_message: Buffer.alloc(255) }, "short_message");
  const both = { short_message: Buffer.from("a"), tlvs: { message_payload: Buffer.from("a") } };
  refusedSubmit(both, "message_payload");
  encodePdu({ command: "submit_sm", sequence: 1, body: { short_message: Buffer.alloc(254) } });
  encodePdu({ command: "submit_sm", sequence: 1, body: { tlvs: { message_payload: Buffer.alloc(0xffff) } } });
});

test("a time that is not a time is refused", () => {
  refusedSubmit({ validity_period: "000000000500R" }, "validity_period");
  refusedSubmit({ validity_period: "00000000050000XR" }, "validity_period");
  refusedSubmit({ schedule_delivery_time: "000000000500000Z" }, "schedule_delivery_time");
});

test("what SMPP wants to be NULL in deliver_sm and its response is refused otherwise", () => {
  const body = { validity_period: "000000000500000R" };
  refused({ command: "deliver_sm", sequence: 1, body }, "validity_period");
  refused({ command: "deliver_sm_resp", sequence: 1, body: { message_id: "1" } }, "message_id");
});

test("submit_multi needs 1 to 254 destinations", () => {
  const one = { dest_flag: 2, dl_name: "friends" } as const;
  refused({ command: "submit_multi", sequence: 1 }, "dest_address");
  refused(
    { command: "submit_multi", sequence: 1, body: { dest_address: Array.from({ length: 255 }, () => one) } },
    "dest_address",
  );
  encodePdu({ command: "submit_multi", sequence: 1, body: { dest_address: [one] } });
});

test("a request has a status of 0 and a sequence number from 1 to 0x7FFFFFFF", () => {
  refused({ command: "enquire_link", sequence: 1, status: 8 }, "command_status");
  refused({ command: "enquire_link", sequence: 0 }, "sequence_number");
  refused({ command: "enquire_link", sequence: 0x80000000 }, "sequence_number");
  refused({ command: "enquire_link", sequence: 1.5 }, "sequence_number");
});

test("a response echoes any sequence number that a peer may choose", () => {
  assert.equal(encodePdu({ command: "enquire_link_resp", sequence: 0xffffffff }).readUInt32BE(12), 0xffffffff);
  refused({ command: "enquire_link_resp", sequence: 2 ** 32 }, "sequence_number");
});

test("bind and submit responses with an error status are a bare header", () => {
  assert.equal(encodePdu({ command: "submit_sm_resp", sequence: 1, status: 0x58 }).length, 16);
  assert.equal(encodePdu({ command: "bind_receiver_resp", sequence: 1, status: 0x0e }).length, 16);
  refused({ command: "submit_sm_resp", sequence: 1, status: 0x58, body: { message_id: "1" } }, "submit_sm_resp");
});

test("optional parameters are checked by the table, and known tags are sent by name only", () => {
  refusedSubmit({ tlvs: { source_subaddress: Buffer.alloc(1) } }, "source_subaddress");
  refusedSubmit({ tlvs: { receipted_message_id: "x".repeat(65) } }, "receipted_message_id");
  refusedSubmit({ tlvs: { unknown: [{ tag: 0x0427, value: Buffer.of(2) }] } }, "message_state");
  refusedSubmit({ tlvs: { unknown: [{ tag: 0x10000, value: Buffer.of(2) }] } }, "tlvs.unknown.tag");
  refusedSubmit({ tlvs: { colour: 1 } as object }, "colour");
  const many = Array.from({ length: MAX_TLVS + 1 }, () => ({ tag: 0x1400, value: Buffer.alloc(0) }));
  refusedSubmit({ tlvs: { unknown: many } }, "tlvs");
});

test("an optional parameter that is undefined is not sent", () => {
  const tlvs = { message_state: undefined, unknown: undefined };
  assert.equal(encodePdu({ command: "enquire_link", sequence: 1, body: { tlvs } }).length, 16);
});
