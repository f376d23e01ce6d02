import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ManualClock } from "../../../../adapters/memory/index.ts";
import { encodePdu, EsmClass, type PduInput } from "../../../../protocols/smpp/index.ts";
import { MAX_TRACED_OCTETS } from "../../pdu-trace.ts";
import { CarrierTraces, type SessionTap } from "./index.ts";

const FORM = { defaultAlphabet: "gsm7", messageIds: "as-is" } as const;
const SID = `SM${"1".repeat(32)}`;
const OTHER = `SM${"2".repeat(32)}`;

function sendTo(tap: SessionTap, pdu: PduInput): void {
  tap.sent(encodePdu(pdu));
}

function getFrom(tap: SessionTap, pdu: PduInput): void {
  const octets = encodePdu(pdu);
  // In the middle of a chunk, as PDUs come.
  tap.received(Buffer.concat([Buffer.from([1, 2, 3]), octets, Buffer.from([4])]), 3, 3 + octets.length);
}

const receiptText = (id: string): Buffer =>
  Buffer.from(`id:${id} sub:001 dlvrd:001 submit date:2501011200 done date:2501011201 stat:DELIVRD err:000 text:`);

/** One text with all that follows from it. */
function story(tap: SessionTap, { sid, sequence, id }: { sid: string; sequence: number; id: string }): void {
  tap.owner = { sid, attempt: 2, part: 0 };
  const short_message = Buffer.from("hello");
  sendTo(tap, { command: "submit_sm", sequence, body: { source_addr: "100", destination_addr: "200", short_message } });
  tap.owner = undefined;
  getFrom(tap, { command: "submit_sm_resp", sequence, body: { message_id: id } });
  getFrom(tap, {
    command: "deliver_sm",
    sequence: sequence + 500,
    body: {
      esm_class: EsmClass.TYPE_RECEIPT,
      source_addr: "200",
      destination_addr: "100",
      short_message: receiptText(id),
    },
  });
  sendTo(tap, { command: "deliver_sm_resp", sequence: sequence + 500, body: { message_id: "" } });
}

describe("what was said to a carrier", () => {
  it("is found by the message: the submit, its response, its receipt, and the answer to that", () => {
    const traces = new CarrierTraces({ entries: 100, clock: new ManualClock(1_000) });
    const tap = traces.session("north", FORM);
    const other = traces.session("south", FORM);
    story(tap, { sid: SID, sequence: 7, id: "abc" });
    // The same sequence number and id with another carrier are others.
    story(other, { sid: OTHER, sequence: 7, id: "abc" });
    const told = traces.of(SID);
    assert.deepEqual(
      told.map(({ name, direction, carrier, attempt, part }) => [name, direction, carrier, attempt, part]),
      [
        ["submit_sm", "out", "north", 2, 0],
        ["submit_sm_resp", "in", "north", 2, 0],
        ["deliver_sm", "in", "north", 2, 0],
        ["deliver_sm_resp", "out", "north", 2, 0],
      ],
    );
    const [submit, , receipt] = told;
    const field = (pdu: (typeof told)[number] | undefined, name: string) =>
      pdu?.fields.find((one) => one.name === name);
    assert.equal(field(submit, "destination_addr")?.value, "200");
    assert.equal(field(submit, "short_message")?.meaning, "hello");
    assert.equal(field(submit, "command_id")?.meaning, "submit_sm");
    assert.match(field(receipt, "short_message")?.meaning ?? "", /^receipt for abc: id:abc/);
    for (const pdu of told) {
      assert.equal(pdu.hex.length, pdu.octets * 2);
      for (const { offset = 0, length = 0 } of pdu.fields) assert.ok(offset + length <= pdu.octets);
      const covered = pdu.fields.reduce((sum, { length = 0 }) => sum + length, 0);
      assert.equal(covered, pdu.octets, `${pdu.name} is told without a gap`);
    }
  });

  it("keeps no bind, whose password nobody may read, and no enquire_link", () => {
    const traces = new CarrierTraces({ entries: 10, clock: new ManualClock() });
    const tap = traces.session("north", FORM);
    tap.owner = { sid: SID, attempt: 1, part: 0 };
    sendTo(tap, { command: "bind_transceiver", sequence: 1, body: { system_id: "x", password: "secret" } });
    sendTo(tap, { command: "enquire_link", sequence: 2 });
    assert.deepEqual(traces.of(SID), []);
  });

  it("gives a text the SID that it was kept with", () => {
    const traces = new CarrierTraces({ entries: 10, clock: new ManualClock() });
    const tap = traces.session("north", FORM);
    const body = { source_addr: "200", destination_addr: "100", short_message: Buffer.from("hi") };
    getFrom(tap, { command: "deliver_sm", sequence: 5, body });
    getFrom(tap, { command: "deliver_sm", sequence: 6, body });
    tap.delivered(5, { sid: SID, attempt: undefined, part: 0 });
    sendTo(tap, { command: "deliver_sm_resp", sequence: 5, body: { message_id: "" } });
    assert.deepEqual(
      traces.of(SID).map(({ name }) => name),
      ["deliver_sm", "deliver_sm_resp"],
    );
  });

  it("is forgotten when the ring has gone round, and says since when it is complete", () => {
    const clock = new ManualClock(1_000);
    const traces = new CarrierTraces({ entries: 8, clock });
    const tap = traces.session("north", FORM);
    assert.equal(traces.completeSinceMs, 1_000);
    story(tap, { sid: SID, sequence: 1, id: "a" });
    clock.advance(500);
    story(tap, { sid: OTHER, sequence: 2, id: "b" });
    assert.equal(traces.of(SID).length, 4);
    story(tap, { sid: `SM${"3".repeat(32)}`, sequence: 3, id: "c" });
    assert.deepEqual(traces.of(SID), []);
    assert.equal(traces.of(OTHER).length, 4);
    assert.equal(traces.completeSinceMs, 1_500);
  });

  it("is blank where the message was redacted", () => {
    const traces = new CarrierTraces({ entries: 20, clock: new ManualClock() });
    const tap = traces.session("north", FORM);
    story(tap, { sid: SID, sequence: 1, id: "a" });
    story(tap, { sid: OTHER, sequence: 2, id: "b" });
    traces.forget(SID);
    assert.deepEqual(traces.of(SID), []);
    assert.equal(traces.of(OTHER).length, 4);
  });

  it("is cut where it is very long", () => {
    const traces = new CarrierTraces({ entries: 10, clock: new ManualClock() });
    const tap = traces.session("north", FORM);
    tap.owner = { sid: SID, attempt: 1, part: 0 };
    sendTo(tap, {
      command: "submit_sm",
      sequence: 1,
      body: { destination_addr: "200", tlvs: { message_payload: Buffer.alloc(10_000, 97) } },
    });
    const [pdu] = traces.of(SID);
    assert.equal(pdu?.hex.length, MAX_TRACED_OCTETS * 2);
    assert.ok((pdu?.octets ?? 0) > 10_000);
  });

  it("of an HTTP carrier has no secret in it, and its receipts are found by the id of the answer", () => {
    const traces = new CarrierTraces({ entries: 10, clock: new ManualClock() });
    const http = traces.http("web", ["s3cret/+"]);
    const label = { sid: SID, attempt: 1, part: 0 };
    http.request(label, {
      method: "POST",
      url: "https://a.example/send?key=s3cret%2F%2B",
      body: '{"to":"200","key":"s3cret/+"}',
    });
    http.response(label, { status: 200, body: Buffer.from('{"id":"msg-000123"}') });
    http.called({
      method: "POST",
      target: "/carriers/web/receipts/s3cret/+",
      body: Buffer.from('{"id":"msg-000123","state":"ok"}'),
    });
    http.called({ method: "POST", target: "/carriers/web/receipts/x", body: Buffer.from('{"id":"msg-000999"}') });
    const told = traces.of(SID);
    assert.deepEqual(
      told.map(({ name }) => name),
      ["POST https://a.example/send", "HTTP 200", "POST /carriers/web/receipts/***"],
    );
    assert.ok(!JSON.stringify(told).includes("s3cret"));
    assert.ok(!told.some(({ hex }) => Buffer.from(hex, "hex").toString().includes("s3cret")));
  });
});
