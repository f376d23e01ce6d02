import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { CommandStatus, type PduBody } from "../../protocols/smpp/index.ts";
import { buildUdh, concatElement, encodeUcs2 } from "../../protocols/sms/index.ts";
import { readSubmission, type SubmittedContent } from "./read-submission.ts";

const NOW_MS = Date.UTC(2026, 0, 31, 12);

function body(fields: Partial<PduBody["submit_sm"]> = {}): PduBody["submit_sm"] {
  return {
    service_type: "",
    source_addr_ton: 1,
    source_addr_npi: 1,
    source_addr: "15005550100",
    dest_addr_ton: 1,
    dest_addr_npi: 1,
    destination_addr: "447700900123",
    esm_class: 0,
    protocol_id: 0,
    priority_flag: 0,
    schedule_delivery_time: "",
    validity_period: "",
    registered_delivery: 0,
    replace_if_present_flag: 0,
    data_coding: 0,
    sm_default_msg_id: 0,
    short_message: Buffer.from("hello"),
    ...fields,
  };
}

function read(fields: Partial<PduBody["submit_sm"]> = {}, defaultAlphabet: "gsm7" | "latin1" = "gsm7", version = 0x34) {
  return readSubmission(body(fields), { defaultAlphabet, nowMs: NOW_MS, version });
}

function content(...given: Parameters<typeof read>): SubmittedContent {
  const result = read(...given);
  assert.ok(typeof result !== "number", "it is not refused");
  return result;
}

describe("the text of a submission", () => {
  it("is read by its data_coding", () => {
    assert.equal(content({ short_message: Buffer.from([0x00, 0x1b, 0x65]) }).text, "@€");
    assert.equal(content({ short_message: Buffer.from("é@", "latin1") }, "latin1").text, "é@");
    assert.equal(content({ data_coding: 1, short_message: Buffer.from("plain") }).text, "plain");
    assert.equal(content({ data_coding: 3, short_message: Buffer.from("é", "latin1") }).text, "é");
    assert.equal(content({ data_coding: 8, short_message: encodeUcs2("Привет 😀") }).text, "Привет 😀");
  });

  it("comes in message_payload, but not in both", () => {
    const payload = Buffer.from("x".repeat(1_600));
    assert.equal(content({ short_message: Buffer.alloc(0), tlvs: { message_payload: payload } }).text.length, 1_600);
    assert.equal(read({ tlvs: { message_payload: payload } }), CommandStatus.ESME_ROPTPARNOTALLWD);
    const tooLong = Buffer.from("x".repeat(1_601));
    assert.equal(
      read({ short_message: Buffer.alloc(0), tlvs: { message_payload: tooLong } }),
      CommandStatus.ESME_RINVMSGLEN,
    );
    assert.equal(read({ short_message: Buffer.alloc(0) }), CommandStatus.ESME_RINVMSGLEN);
  });

  it("is refused where it is none, by the code that the version has for that", () => {
    for (const data_coding of [2, 4, 9, 0x0f, 0xf5, 0x10, 0xc8]) {
      assert.equal(read({ data_coding }), CommandStatus.ESME_RSUBMITFAIL, String(data_coding));
      assert.equal(read({ data_coding }, "gsm7", 0x50), 0x104);
    }
  });

  it("has a place by its header or by sar parameters", () => {
    const header = buildUdh([concatElement({ reference: 7, total: 3, sequence: 2 }, 8)]);
    const short_message = Buffer.concat([header, Buffer.from("two")]);
    const byHeader = content({ esm_class: 0x40, short_message });
    assert.deepEqual([byHeader.text, byHeader.concat], ["two", { reference: 7, total: 3, sequence: 2 }]);
    const tlvs = { sar_msg_ref_num: 500, sar_total_segments: 2, sar_segment_seqnum: 1 };
    assert.deepEqual(content({ tlvs }).concat, { reference: 500, total: 2, sequence: 1 });
    assert.equal(content({ tlvs: { ...tlvs, sar_total_segments: 1 } }).concat, undefined);
    assert.equal(read({ tlvs: { sar_msg_ref_num: 1 } }), CommandStatus.ESME_RMISSINGOPTPARAM);
    assert.equal(read({ tlvs: { ...tlvs, sar_segment_seqnum: 3 } }), CommandStatus.ESME_RINVOPTPARAMVAL);
  });
});

describe("the wishes of a submission", () => {
  it("are validity, relative and absolute, at most ten hours", () => {
    assert.equal(content().validitySeconds, undefined);
    assert.equal(content({ validity_period: "000000000500000R" }).validitySeconds, 300);
    assert.equal(content({ validity_period: "260131120100000+" }).validitySeconds, 60);
    assert.equal(content({ validity_period: "000002000000000R" }).validitySeconds, 36_000);
    assert.equal(content({ tlvs: { qos_time_to_live: 90 } }).validitySeconds, 90);
    for (const validity_period of ["tomorrow", "260131115900000+", "000000000000000R"]) {
      assert.equal(read({ validity_period }), CommandStatus.ESME_RINVEXPIRY, validity_period);
    }
  });

  it("are receipts, and the lane by priority", () => {
    assert.deepEqual(
      [0, 1, 2].map((registered_delivery) => content({ registered_delivery }).receipt),
      ["none", "all", "failure"],
    );
    assert.equal(content({ registered_delivery: 0x11 }).intermediate, true);
    assert.equal(read({ registered_delivery: 3 }), CommandStatus.ESME_RINVREGDLVFLG);
    assert.deepEqual(
      [0, 1, 2, 3].map((priority_flag) => content({ priority_flag }).trafficClass),
      [undefined, undefined, "transactional", "urgent"],
    );
    assert.equal(content({ tlvs: { user_message_reference: 99 } }).userReference, 99);
  });

  it("are refused where they would not be kept", () => {
    const cases: [Partial<PduBody["submit_sm"]>, number][] = [
      [{ priority_flag: 4 }, CommandStatus.ESME_RINVPRTFLG],
      [{ schedule_delivery_time: "000000000500000R" }, CommandStatus.ESME_RINVSCHED],
      [{ replace_if_present_flag: 1 }, CommandStatus.ESME_RINVREPFLAG],
      [{ sm_default_msg_id: 5 }, CommandStatus.ESME_RINVDFTMSGID],
      [{ esm_class: 2 }, CommandStatus.ESME_RINVESMCLASS],
      [{ esm_class: 4 }, CommandStatus.ESME_RINVESMCLASS],
      [{ service_type: "USSD" }, CommandStatus.ESME_RINVSERTYP],
    ];
    for (const [fields, status] of cases) assert.equal(read(fields), status, JSON.stringify(fields));
    assert.equal(typeof read({ esm_class: 3 }), "object", "store and forward is what is done");
  });
});
