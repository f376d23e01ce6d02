import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { deliveryText, type ShownAttempt, type ShownDelivery } from "./delivery-text.ts";

const SID = `SM${"0".repeat(32)}`;

const attempt: ShownAttempt = {
  number: 1,
  carrier: "north",
  at: "2026-01-31T12:00:00.000Z",
  routing_table_version: 3,
  health_version: 7,
  parts: 2,
  parts_accepted: 0,
  outcome: "refused",
  verdict: "later",
  carrier_status: "ESME_RSUBMITFAIL\u0007",
  price_micros_per_part: 4_200,
  resend: false,
  repetitions_before: 0,
};

const delivery: ShownDelivery = {
  sid: SID,
  account_sid: `AC${"0".repeat(32)}`,
  status: "sent",
  error_code: null,
  from: "+15005550100",
  to: "+15551234567",
  traffic_class: "urgent",
  parked: false,
  possible_duplicate: false,
  date_created: "Sat, 31 Jan 2026 12:00:00 +0000",
  date_sent: "Sat, 31 Jan 2026 12:00:02 +0000",
  attempts: [],
  parts: [{ number: 1, state: "pending", carrier: null, carrier_message_id: null }],
  route: null,
};

const candidate = {
  place: 1,
  destination: "everywhere",
  usable: true,
  reason: null,
  excluded: false,
  priority: 1,
  quantised_score: 3,
  terms: [],
};

describe("the text of a delivery", () => {
  it("says that no carrier was given a message that waits, and where it waits", () => {
    const text = deliveryText({ ...delivery, status: "queued", date_sent: null, parked: true });
    assert.match(text, /^SM0{32} {3}\+15005550100 → \+15551234567\n {2}status {3}queued\n {2}lane {5}urgent\n/);
    assert.match(text, /note {5}waits in the database/);
    assert.match(text, /\nNo carrier was given it\.\n/);
    assert.match(text, /Cost, of the parts that carriers took: nothing\n$/);
    assert(!text.includes("Why"));
  });

  it("lists attempts with the carrier's words, and what was taken costs in each currency", () => {
    const again = {
      ...attempt,
      number: 3,
      parts_accepted: 2,
      outcome: "accepted",
      verdict: null,
      carrier_status: null,
    };
    const text = deliveryText({
      ...delivery,
      possible_duplicate: true,
      attempts: [
        attempt,
        { ...attempt, number: 2, carrier: "south", parts_accepted: 1, price_micros_per_part: 1_000_000 },
        { ...again, resend: true },
      ],
      parts: [1, 2].map((number) => ({
        number,
        state: "accepted",
        carrier: "north",
        carrier_message_id: `id${number}`,
      })),
      route: {
        table_version: 3,
        health_version: 7,
        network: null,
        country: "US",
        ported: false,
        order: [],
        candidates: [
          { ...candidate, carrier: "north", price_micros: 4_200, currency: "USD" },
          { ...candidate, carrier: "south", price_micros: 1_000_000, currency: "EUR", place: 2 },
        ],
        more_candidates: 0,
        left_out: [],
        more_left_out: 0,
      },
    });
    assert.match(text, /\nTried 3 times\n/);
    assert.match(
      text,
      /1 {2}2026-\S+ {2}north {8}2 {6}0 {2}refused \(later\) {2}ESME_RSUBMITFAIL· {2}0\.0042 {2}3\/7\n/,
    );
    assert.match(text, /3 {2}2026-\S+ {2}north {8}2 {6}2 {2}accepted .* 0\.0042 {2}3\/7 {11}sent again\n/);
    assert.match(text, / {3}2 {2}accepted {2}north {4}id2\n/);
    assert.match(text, /Cost, of the parts that carriers took: 0\.0084 USD and 1\.00 EUR\n/);
    assert.match(text, /\nWhy north:\ntable 3, health 7; US\n\n/);
    assert(!text.includes("Before it"));
    assert.match(text, /note {5}was sent again although it may have arrived before/);
  });

  it("says why the first of the ranking did not get it", () => {
    const route = {
      table_version: 0,
      health_version: 0,
      network: null,
      country: null,
      ported: false,
      order: [],
      candidates: ["north", "south"].map((carrier, at) => ({
        ...candidate,
        carrier,
        place: at + 1,
        price_micros: 0,
        currency: "USD",
      })),
      more_candidates: 0,
      left_out: [],
      more_left_out: 0,
    };
    const second = { ...attempt, number: 2, carrier: "south", outcome: "accepted", verdict: null };
    const refused = deliveryText({ ...delivery, route, attempts: [{ ...attempt, verdict: "other-route" }, second] });
    assert.match(refused, /\nBefore it stand north, which had refused it\.\n$/);
    const passed = deliveryText({ ...delivery, route, attempts: [attempt, second] });
    assert.match(passed, /\nBefore it stand north, which were passed over: /);
  });

  it("tells of attempts that are not listed, and of a table that is gone", () => {
    const repeated = { ...attempt, number: 40, repetitions_before: 12, verdict: "throttle" };
    const text = deliveryText({ ...delivery, status: "failed", error_code: 30_036, attempts: [repeated] });
    assert.match(text, /status {3}failed, error 30036\n/);
    assert.match(text, /Tried 40 times; the oldest attempts are not listed any more\n/);
    assert.match(text, /3\/7 {11}the same 12 times before\n/);
    assert.match(text, /The routing table of the last attempt is not kept any more\.\n$/);
    const whole = deliveryText({ ...delivery, attempts: [{ ...repeated, number: 13 }] });
    assert.match(whole, /Tried 13 times\n/);
  });
});
