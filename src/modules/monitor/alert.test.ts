import assert from "node:assert/strict";
import { it } from "node:test";
import { isSid, sidTimeMs } from "../../kernel/ids.ts";
import { alertOf, storable } from "./alert.ts";
import { alertSid, firstSidAt, MAX_ALERTS_PER_RECORD } from "./alert-sid.ts";

const AT_MS = Date.UTC(2025, 0, 31, 12);
const origin = { cell: "messaging-1", atMs: AT_MS, offset: 5_000_000_123, index: 0 };

it("makes SIDs of nothing but where the alert comes from, each time the same", () => {
  const sid = alertSid(origin);
  assert.ok(isSid(sid, "NO"));
  assert.equal(sidTimeMs(sid), AT_MS);
  assert.match(sid, /^NO[0-9a-f]{12}7[0-9a-f]{3}[89ab]/, "a UUIDv7");
  assert.equal(alertSid({ ...origin }), sid);
});

it("orders SIDs by time, then offset, then index, and tells cells apart", () => {
  const sids = [
    alertSid({ ...origin, atMs: AT_MS - 1, offset: 9_000_000_000, index: 7 }),
    alertSid(origin),
    alertSid({ ...origin, index: 1 }),
    alertSid({ ...origin, index: MAX_ALERTS_PER_RECORD - 1 }),
    alertSid({ ...origin, offset: origin.offset + 1 }),
    alertSid({ ...origin, offset: origin.offset + 2 ** 21 }),
    alertSid({ ...origin, atMs: AT_MS + 1, offset: 0 }),
  ];
  assert.deepEqual(sids.toSorted(), sids);
  assert.equal(new Set(sids).size, sids.length);
  assert.notEqual(alertSid({ ...origin, cell: "messaging-2" }), sids[1]);
});

it("knows the least SID of a moment, however strange the moment", () => {
  assert.ok(firstSidAt(AT_MS) < alertSid(origin));
  assert.ok(firstSidAt(AT_MS + 1) > alertSid(origin));
  for (const ms of [-1, 0, 1.5, 2 ** 50]) assert.ok(isSid(firstSidAt(ms)), String(ms));
});

it("cuts text between characters and replaces what no database keeps", () => {
  assert.equal(storable("abc", 3), "abc");
  assert.equal(storable("abcd", 3), "abc");
  assert.equal(storable("ää", 3), "ä");
  assert.equal(storable("a😀", 4), "a");
  assert.equal(storable("a😀", 5), "a😀");
  assert.equal(storable("a\0b", 9), "a\ufffdb");
  assert.equal(storable("\0\0", 4), "\ufffd");
  assert.equal(storable("\ud800", 9), "\ufffd", "half a character");
});

it("keeps at most 8 KiB of a request's variables and of an answer's body", () => {
  const fact = { kind: "alert.raised", accountSid: "AC1", errorCode: 11_200, level: "error", text: "x" } as const;
  const long = "€".repeat(10_000);
  const alert = alertOf({ ...fact, requestParams: long, responseBody: long, requestUrl: long, text: long }, "NO1", 1);
  assert.equal(Buffer.byteLength(alert.responseBody ?? ""), 8_190);
  assert.equal(Buffer.byteLength(alert.requestParams ?? ""), 8_190);
  assert.equal(Buffer.byteLength(alert.requestUrl ?? ""), 4_095);
  assert.equal(Buffer.byteLength(alert.text), 4_095);
});
