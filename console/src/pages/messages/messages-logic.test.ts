import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { curlOf } from "./curl.ts";
import { fieldAt, hexRows } from "./hex-rows.ts";
import { type ApiMessage, fits, isFinal, type MessageFilter, rowOfChange, rowOfMessage } from "./message-data.ts";
import { RateMeter } from "./rate-meter.ts";
import { stationsOf } from "./stations.ts";
import type { Entry, TimelineAnswer } from "./timeline-data.ts";

const MESSAGE: ApiMessage = {
  sid: `SM${"1".repeat(32)}`,
  account_sid: `AC${"a".repeat(32)}`,
  body: "It's here",
  direction: "outbound-api",
  status: "delivered",
  from: "+15005550100",
  to: "+447700900123",
  num_segments: "2",
  num_media: "0",
  price: "-0.01580",
  price_unit: "USD",
  error_code: null,
  error_message: null,
  messaging_service_sid: null,
  date_created: "Fri, 31 Jan 2025 12:00:00 +0000",
  date_sent: null,
  date_updated: "Fri, 31 Jan 2025 12:00:01 +0000",
};
const NO_FILTER: MessageFilter = { to: "", from: "", status: "", direction: "", after: "", before: "" };

const at = (ms: number): string => new Date(Date.UTC(2025, 0, 31, 12) + ms).toISOString();
const status = (ms: number | undefined, name: string): Entry => ({
  at: ms === undefined ? null : at(ms),
  kind: "status",
  kept: ms !== undefined,
  data: { status: name, before: null, error_code: null, error_message: null },
});
const timeline = (more: Partial<TimelineAnswer>): TimelineAnswer => ({
  sid: MESSAGE.sid,
  account_sid: MESSAGE.account_sid,
  direction: "outbound-api",
  status: "delivered",
  error_code: null,
  from: "",
  to: "",
  view: "operator",
  kept: true,
  entries: [],
  ...more,
});

describe("a line of the list", () => {
  it("has the price as a positive amount", () => {
    assert.deepEqual(rowOfMessage(MESSAGE).price, { micros: 15_800, currency: "USD" });
    assert.equal(rowOfMessage({ ...MESSAGE, price: null }).price, undefined);
  });

  it("is found by the beginning of a number as people write it", () => {
    const row = rowOfMessage(MESSAGE);
    assert.ok(fits(row, { ...NO_FILTER, to: "+44 7700" }));
    assert.ok(!fits(row, { ...NO_FILTER, to: "+1" }));
    assert.ok(!fits(row, { ...NO_FILTER, direction: "inbound" }));
    assert.ok(fits(row, { ...NO_FILTER, status: "delivered" }));
  });

  it("of a live change has what the change says", () => {
    const change = {
      at: at(0),
      sid: MESSAGE.sid,
      account_sid: MESSAGE.account_sid,
      direction: "inbound",
      status: "received",
      before: null,
      from: "+44",
      to: "+1",
      segments: 1,
      country: "GB",
      error_code: null,
      date_created: at(0),
      price_micros: 8_000,
      currency: "USD",
      carrier: "north",
    } as const;
    const row = rowOfChange(change);
    assert.deepEqual([row.isInbound, row.carrier, row.country, row.price?.micros], [true, "north", "GB", 8_000]);
    assert.ok(isFinal(row.status));
  });
});

describe("the stations of a message", () => {
  it("are four for one that arrived, with the time that each took", () => {
    const entries = [status(0, "queued"), status(30, "sending"), status(130, "sent"), status(630, "delivered")];
    const stations = stationsOf(timeline({ entries }));
    assert.deepEqual(
      stations.map(({ state, tookMs }) => [state, tookMs]),
      [
        ["done", undefined],
        ["done", 30],
        ["done", 100],
        ["done", 500],
      ],
    );
  });

  it("show where it is now, and what lies ahead", () => {
    const stations = stationsOf(timeline({ status: "sending", entries: [status(0, "queued"), status(9, "sending")] }));
    assert.deepEqual(
      stations.map(({ state }) => state),
      ["done", "now", "ahead", "ahead"],
    );
  });

  it("end where it failed", () => {
    const entries = [status(0, "queued"), status(5, "failed")];
    const stations = stationsOf(timeline({ status: "failed", entries }));
    assert.deepEqual(
      stations.map(({ name, state }) => [name, state]),
      [
        ["Accepted", "done"],
        ["Failed", "failed"],
      ],
    );
  });

  it("invent no times", () => {
    const stations = stationsOf(timeline({ entries: [status(undefined, "delivered")] }));
    assert.ok(stations.every(({ atMs, tookMs }) => atMs === undefined && tookMs === undefined));
  });

  it("of a text that came in are its arrival and what the app made of it", () => {
    const entries: Entry[] = [
      {
        at: at(0),
        kind: "arrived",
        kept: true,
        data: {
          from: "",
          to: "",
          country: null,
          encoding: "GSM-7",
          segments: 1,
          messaging_service_sid: null,
          characters: 1,
        },
      },
      { at: at(10), kind: "webhook", kept: true, data: { state: "over", delivered: false } },
    ];
    assert.deepEqual(
      stationsOf(timeline({ direction: "inbound", status: "received", entries })).map(({ name }) => name),
      ["Arrived", "Webhook failed"],
    );
  });
});

describe("octets", () => {
  it("are shown in lines of sixteen, with what can be printed beside them", () => {
    const rows = hexRows("48690a".padEnd(36, "0"), 1_000);
    assert.deepEqual(
      rows.map(({ offset, octets }) => [offset, octets.length]),
      [
        ["0000", 16],
        ["0010", 2],
      ],
    );
    assert.equal(
      rows[0]?.octets
        .map(({ character }) => character)
        .join("")
        .slice(0, 4),
      "Hi··",
    );
    assert.equal(hexRows("00".repeat(50), 20).at(-1)?.octets.length, 4);
  });

  it("belong to the narrowest field that they lie in", () => {
    const field = (name: string, offset: number | null, length: number | null) => ({
      name,
      value: "",
      meaning: null,
      offset,
      length,
    });
    const fields = [field("all", 0, 16), field("one", 4, 2), field("nowhere", null, null)];
    assert.equal(fieldAt(fields, 5), 1);
    assert.equal(fieldAt(fields, 6), 0);
    assert.equal(fieldAt(fields, 20), undefined);
  });
});

it("the rate is that of the last five seconds", () => {
  const meter = new RateMeter();
  meter.add(100, 1_000);
  meter.add(400, 4_000);
  assert.equal(meter.perSecond(5_000), 100);
  assert.equal(meter.perSecond(7_000), 80);
  assert.equal(meter.perSecond(20_000), 0);
});

it("a command is one that a shell reads as it is meant, without secrets", () => {
  const command = curlOf(MESSAGE, "http://127.0.0.1:8080/");
  assert.ok(command.startsWith("curl -X POST 'http://127.0.0.1:8080/2010-04-01/Accounts/AC"));
  assert.ok(command.includes(`'Body=It'\\''s here'`));
  assert.ok(command.includes('"$AUTH_TOKEN"'));
  assert.ok(curlOf({ ...MESSAGE, direction: "inbound" }, "http://x").startsWith("curl 'http://x/2010-04-01"));
});
