import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import test from "node:test";
import { MessageState, parseReceipt, readReceipt, writeReceiptText } from "./index.ts";
import type { DeliveryReceipt, MessageStateName, PduBody, TextReceipt } from "./index.ts";

function deliver(text: string | Buffer, more: Partial<PduBody["deliver_sm"]> = {}): PduBody["deliver_sm"] {
  return {
    service_type: "",
    source_addr_ton: 1,
    source_addr_npi: 1,
    source_addr: "15005550101",
    dest_addr_ton: 1,
    dest_addr_npi: 1,
    destination_addr: "15005550100",
    esm_class: 0x04,
    protocol_id: 0,
    priority_flag: 0,
    schedule_delivery_time: "",
    validity_period: "",
    registered_delivery: 0,
    replace_if_present_flag: 0,
    data_coding: 0,
    sm_default_msg_id: 0,
    short_message: Buffer.from(text),
    ...more,
  };
}

/** Receipts as carriers write them, and what each of them says. */
const DIALECTS: readonly (readonly [string, string, Partial<TextReceipt>])[] = [
  [
    "the form of Appendix B",
    "id:0123456789 sub:001 dlvrd:001 submit date:2611210127 done date:2611210128 stat:DELIVRD err:000 text:Hello there",
    {
      id: "0123456789",
      sub: "001",
      dlvrd: "001",
      submitDate: "2611210127",
      doneDate: "2611210128",
      stat: "DELIVRD",
      state: "DELIVERED",
      err: "000",
      text: "Hello there",
    },
  ],
  [
    "dates with seconds and a capital Text",
    "id:a1b2 sub:001 dlvrd:000 submit date:261121012749 done date:261121012850 stat:UNDELIV err:1F4 Text:",
    { id: "a1b2", submitDate: "261121012749", doneDate: "261121012850", state: "UNDELIVERABLE", err: "1F4", text: "" },
  ],
  [
    "no counts and no text",
    "id:7 submit date:2611210127 done date:2611210128 stat:EXPIRED err:027",
    { state: "EXPIRED" },
  ],
  ["another order", "stat:REJECTD id:7 err:5 done date:2611210128", { id: "7", state: "REJECTED", err: "5" }],
  [
    "another case",
    "ID:7 SUB:1 DLVRD:1 SUBMIT DATE:2611210127 DONE DATE:2611210128 STAT:Delivrd ERR:0 TEXT:x",
    { doneDate: "2611210128", state: "DELIVERED" },
  ],
  [
    "spaces after the colons",
    "id: 7 sub: 001 done date: 2611210128 stat: ACCEPTD err: 000",
    { id: "7", doneDate: "2611210128", state: "ACCEPTED" },
  ],
  [
    "underscores in the dates",
    "id:7 submit_date:2611210127 done_date:2611210128 stat:DELETED err:0",
    { submitDate: "2611210127", state: "DELETED" },
  ],
  [
    "commas between the fields",
    "id:7,sub:001,dlvrd:001,stat:DELIVRD,err:000",
    { id: "7", stat: "DELIVRD", err: "000" },
  ],
  [
    "fields that nobody else has",
    "id:7 sub:001 cost:0.05 stat:DELIVRD mccmnc:26201 err:000 text:a",
    { state: "DELIVERED", err: "000" },
  ],
  ["an empty field", "id:7 stat:DELIVRD err: text:hi", { state: "DELIVERED", text: "hi" }],
  ["long words for the state", "id:7 stat:UNDELIVERABLE err:001", { state: "UNDELIVERABLE" }],
  ["status for stat", "id:7 status:DELIVERED error:0", { state: "DELIVERED", err: "0" }],
  ["the text first", "text:hello id:7 stat:DELIVRD", { id: "7", state: "DELIVERED" }],
  ["line breaks", "id:7\r\nstat:DELIVRD\r\nerr:000\r\n", { id: "7", err: "000" }],
];

for (const [name, text, wanted] of DIALECTS) {
  test(`a receipt with ${name} is understood`, () => {
    const found = parseReceipt(text);
    assert.ok(found !== undefined);
    for (const [field, value] of Object.entries(wanted)) assert.equal(found[field as keyof TextReceipt], value, field);
  });
}

test("every spelling of a state is understood", () => {
  const spellings: Readonly<Record<string, MessageStateName>> = {
    DELIVRD: "DELIVERED",
    DELIVERED: "DELIVERED",
    delivrd: "DELIVERED",
    EXPIRED: "EXPIRED",
    DELETED: "DELETED",
    UNDELIV: "UNDELIVERABLE",
    UNDELIVERED: "UNDELIVERABLE",
    UNDELIVERABLE: "UNDELIVERABLE",
    FAILED: "UNDELIVERABLE",
    ACCEPTD: "ACCEPTED",
    ACCEPTED: "ACCEPTED",
    UNKNOWN: "UNKNOWN",
    REJECTD: "REJECTED",
    REJECTED: "REJECTED",
    ENROUTE: "ENROUTE",
    EN_ROUTE: "ENROUTE",
    BUFFERED: "ENROUTE",
    "2": "DELIVERED",
    "5": "UNDELIVERABLE",
    NONSENSE: "UNKNOWN",
  };
  for (const [stat, state] of Object.entries(spellings))
    assert.equal(parseReceipt(`id:1 stat:${stat}`)?.state, state, stat);
});

test("what follows text: belongs to the message and changes nothing", () => {
  const found = parseReceipt("id:7 stat:UNDELIV err:001 text:id:8 stat:DELIVRD err:000");
  assert.equal(found?.id, "7");
  assert.equal(found?.state, "UNDELIVERABLE");
  assert.equal(found?.err, "001");
  assert.equal(found?.text, "id:8 stat:DELIVRD err:000");
});

test("a text without an id or without a state is no receipt", () => {
  for (const text of ["", "Hello there", "id:7", "stat:DELIVRD", "Rapid:7 estate:DELIVRD", "id: stat:"]) {
    assert.equal(parseReceipt(text), undefined, text);
  }
});

test("a long text is searched in linear time", () => {
  assert.equal(parseReceipt("id ".repeat(50_000)), undefined);
  assert.equal(parseReceipt(`submit${" ".repeat(100_000)}date:`), undefined);
});

test("a receipt that was written is read back, for every state", () => {
  for (const state of Object.keys(MessageState) as MessageStateName[]) {
    const text = writeReceiptText({
      id: "4d2f",
      state,
      submitDate: "2611210127",
      doneDate: "2611210128",
      errorCode: "034",
      text: "id:1 stat:DELIVRD, and more than twenty characters",
    });
    const found = readReceipt(deliver(text));
    const wanted: DeliveryReceipt = {
      id: "4d2f",
      state,
      errorCode: "034",
      submitDate: "2611210127",
      doneDate: "2611210128",
      source: "text",
    };
    assert.deepEqual(found, wanted);
  }
});

test("the text of a receipt is written as Appendix B lays it out", () => {
  const dates = { submitDate: "2611210127", doneDate: "2611210128" };
  assert.equal(
    writeReceiptText({ id: "42", state: "DELIVERED", ...dates, text: "A message of more than twenty characters" }),
    "id:42 sub:001 dlvrd:001 submit date:2611210127 done date:2611210128 stat:DELIVRD err:000 text:A message of more th",
  );
  assert.equal(
    writeReceiptText({ id: "42", state: "REJECTED", ...dates, submitted: 3, errorCode: "0a1" }),
    "id:42 sub:003 dlvrd:000 submit date:2611210127 done date:2611210128 stat:REJECTD err:0a1 text:",
  );
});

test("TLVs count more than the text, which still gives the dates", () => {
  const found = readReceipt(
    deliver("id:1 submit date:2611210127 done date:2611210128 stat:ENROUTE err:000", {
      tlvs: {
        receipted_message_id: "4d2f",
        message_state: MessageState.UNDELIVERABLE,
        network_error_code: { network_type: 3, error_code: 34 },
      },
    }),
  );
  assert.deepEqual(found, {
    id: "4d2f",
    state: "UNDELIVERABLE",
    errorCode: "034",
    submitDate: "2611210127",
    doneDate: "2611210128",
    source: "tlv",
  });
});

test("an id in a TLV and a state in the text make one receipt", () => {
  const found = readReceipt(deliver("stat:DELIVRD err:000", { tlvs: { receipted_message_id: "9" } }));
  assert.deepEqual(found, { id: "9", state: "DELIVERED", errorCode: "000", source: "text" });
});

test("a report that names no state says UNKNOWN", () => {
  const found = readReceipt(deliver("", { tlvs: { receipted_message_id: "9" } }));
  assert.deepEqual(found, { id: "9", state: "UNKNOWN", source: "tlv" });
  assert.equal(readReceipt(deliver("", { tlvs: { receipted_message_id: "9", message_state: 77 } }))?.state, "UNKNOWN");
});

test("a message from a person is no receipt, however much it looks like one", () => {
  const forged = "id:1 sub:001 dlvrd:001 stat:DELIVRD err:000";
  assert.equal(readReceipt(deliver(forged, { esm_class: 0 })), undefined);
  assert.equal(readReceipt(deliver(forged, { esm_class: 0x08 })), undefined);
  assert.equal(readReceipt(deliver(forged, { esm_class: 0, tlvs: { receipted_message_id: "9" } })), undefined);
});

test("both TLVs make a receipt even when esm_class forgets to say so", () => {
  const tlvs = { receipted_message_id: "9", message_state: 2 };
  assert.deepEqual(readReceipt(deliver("", { esm_class: 0, tlvs })), { id: "9", state: "DELIVERED", source: "tlv" });
});

test("a report without an id is none", () => {
  assert.equal(readReceipt(deliver("stat:DELIVRD")), undefined);
  assert.equal(readReceipt(deliver("")), undefined);
});

test("a receipt is read from message_payload, from UCS-2, and behind a user data header", () => {
  const text = "id:7 stat:DELIVRD err:000";
  const wanted = { id: "7", state: "DELIVERED", errorCode: "000", source: "text" };
  assert.deepEqual(readReceipt(deliver("", { tlvs: { message_payload: Buffer.from(text) } })), wanted);
  const ucs2 = Buffer.from(text, "utf16le").swap16();
  assert.deepEqual(readReceipt(deliver(ucs2, { data_coding: 8 })), wanted);
  assert.deepEqual(readReceipt(deliver(Buffer.concat([ucs2, Buffer.of(0)]), { data_coding: 8 })), wanted);
  const headed = Buffer.concat([Buffer.of(5, 0, 3, 1, 1, 1), Buffer.from(text)]);
  assert.deepEqual(readReceipt(deliver(headed, { esm_class: 0x44 })), wanted);
});

test("a receipt is read from data_sm", () => {
  const body: PduBody["data_sm"] = {
    service_type: "",
    source_addr_ton: 1,
    source_addr_npi: 1,
    source_addr: "1",
    dest_addr_ton: 1,
    dest_addr_npi: 1,
    destination_addr: "2",
    esm_class: 0x04,
    registered_delivery: 0,
    data_coding: 0,
    tlvs: { receipted_message_id: "9", message_state: 3 },
  };
  assert.deepEqual(readReceipt(body), { id: "9", state: "EXPIRED", source: "tlv" });
});
