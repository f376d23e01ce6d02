import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { decodePdu, encodePdu, readReceipt, type AnyPdu, type PduBodyInput } from "../../protocols/smpp/index.ts";
import { decodeUserData } from "../../protocols/sms/index.ts";
import { receiptPdu, textPdus } from "./deliver-pdus.ts";
import type { ReceiptToGive } from "./delivery.ts";

const SID = `SM${"0".repeat(30)}12`;
const RECEIPT: ReceiptToGive = {
  messageId: SID,
  messageSid: SID,
  from: "+15005550100",
  to: "+447700900123",
  status: "delivered",
  submittedMs: Date.UTC(2026, 0, 1, 10, 30),
  doneMs: Date.UTC(2026, 0, 1, 10, 31),
  bodyStart: "héllo\nthere",
  source: { ton: 5, npi: 0, address: "Bank" },
  destination: { ton: 1, npi: 1, address: "447700900123" },
};

function overTheWire(body: PduBodyInput["deliver_sm"]): Extract<AnyPdu, { command: "deliver_sm" }>["body"] {
  const octets = encodePdu({ command: "deliver_sm", sequence: 1, body });
  const decoded = decodePdu(octets, 0, octets.length);
  assert.ok(decoded.kind === "pdu" && decoded.pdu.command === "deliver_sm");
  return decoded.pdu.body;
}

describe("a receipt", () => {
  it("goes back between the addresses as they came, in text and parameters", () => {
    const body = overTheWire(receiptPdu({ ...RECEIPT, userReference: 77 }));
    assert.deepEqual(
      [body.source_addr, body.dest_addr_ton, body.destination_addr, body.esm_class],
      ["447700900123", 5, "Bank", 4],
    );
    assert.equal(
      body.short_message.toString("latin1"),
      `id:${SID} sub:001 dlvrd:001 submit date:2601011030 done date:2601011031 stat:DELIVRD err:000 text:h?llo?there`,
    );
    assert.equal(body.tlvs?.receipted_message_id, SID);
    assert.equal(body.tlvs?.message_state, 2);
    assert.equal(body.tlvs?.user_message_reference, 77);
    assert.equal(readReceipt(body)?.state, "DELIVERED");
  });

  it("says what went wrong", () => {
    const states = [
      ["failed", 30036, "EXPIRED"],
      ["failed", 30007, "REJECTED"],
      ["undelivered", 30005, "UNDELIVERABLE"],
      ["canceled", undefined, "DELETED"],
      ["sent", undefined, "ENROUTE"],
    ] as const;
    for (const [status, errorCode, state] of states) {
      const body = overTheWire(receiptPdu({ ...RECEIPT, status, ...(errorCode === undefined ? {} : { errorCode }) }));
      assert.equal(readReceipt(body)?.state, state);
      assert.equal(body.esm_class, status === "sent" ? 0x20 : 4);
      if (errorCode !== undefined) {
        assert.match(body.short_message.toString(), new RegExp(`err:${String(errorCode).slice(2)} `));
        assert.deepEqual(body.tlvs?.network_error_code, { network_type: 8, error_code: errorCode });
      }
    }
  });
});

describe("a text", () => {
  const text = { sid: SID, from: "+447700900123", to: "+15005550100" };
  const style = { defaultAlphabet: "gsm7", longTexts: "udh" } as const;

  it("is one deliver_sm where it fits", () => {
    const [pdu, ...more] = textPdus({ ...text, body: "hello @" }, style);
    assert.ok(pdu !== undefined && more.length === 0);
    const body = overTheWire(pdu);
    assert.deepEqual([body.source_addr, body.destination_addr, body.esm_class], ["447700900123", "15005550100", 0]);
    assert.deepEqual(body.short_message, Buffer.from([0x68, 0x65, 0x6c, 0x6c, 0x6f, 0x20, 0x00]));
  });

  it("is cut with a header, or given whole as a payload", () => {
    const body = "Привет ".repeat(30);
    const parts = textPdus({ ...text, body }, style).map(overTheWire);
    const read = parts.map((part) =>
      decodeUserData({ dataCoding: part.data_coding, shortMessage: part.short_message, udhi: true }),
    );
    assert.ok(parts.length > 1 && parts.every((part) => part.esm_class === 0x40));
    assert.equal(read.map((part) => part.text).join(""), body);
    assert.deepEqual(
      read.map((part) => part.concat?.sequence),
      parts.map((_, index) => index + 1),
    );
    const [whole] = textPdus({ ...text, body }, { ...style, longTexts: "payload" });
    assert.equal(whole?.tlvs?.message_payload?.length, body.length * 2);
  });
});
