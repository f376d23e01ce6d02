import assert from "node:assert/strict";
import { it } from "node:test";
import { CATEGORIES, describeCategory, isPartOf, unitsOf } from "./categories.ts";
import { formatMillionths, parseMillionths, periodOf, valueOf } from "./trigger.ts";
import { dayOf, formatDay, parseDay, startOfInterval } from "./usage-day.ts";

const today = dayOf(Date.UTC(2024, 2, 31, 12));

it("reads days, and offsets to today", () => {
  const read = (text: string): string | undefined => {
    const day = parseDay(text, today);
    return day === undefined ? undefined : formatDay(day);
  };
  assert.equal(read("2024-02-29"), "2024-02-29");
  assert.equal(read("-30days"), "2024-03-01");
  assert.equal(read("+1day"), "2024-04-01");
  assert.equal(read("-1month"), "2024-02-29");
  assert.equal(read("-1years"), "2023-03-31");
  for (const bad of ["2023-02-29", "yesterday", "30days", "2024-1-1", "", "-99999days"])
    assert.equal(read(bad), undefined);
});

it("knows where days, months and years begin", () => {
  const start = (interval: "day" | "month" | "year") => formatDay(startOfInterval(today, interval));
  assert.deepEqual([start("day"), start("month"), start("year")], ["2024-03-31", "2024-03-01", "2024-01-01"]);
});

it("sums up categories as their names say, and as Twilio does where they do not", () => {
  assert.ok(isPartOf("sms-outbound-longcode", "sms"));
  assert.ok(isPartOf("sms-outbound-longcode", "sms-outbound"));
  assert.ok(isPartOf("sms-outbound", "sms"));
  assert.ok(!isPartOf("sms-messages-carrierfees", "sms"));
  assert.ok(!isPartOf("sms-outbound-longcode", "sms-inbound"));
  assert.ok(isPartOf("phonenumbers-tollfree", "phonenumbers"));
  assert.ok(isPartOf("carrier-lookups", "lookups"));
  assert.ok(isPartOf("webhook-retries", "totalprice"));
  assert.ok(!isPartOf("mms-outbound", "sms"));
  assert.ok(CATEGORIES.length > 600);
  assert.ok(CATEGORIES.includes("failed-message-processing-fee"));
  assert.deepEqual(unitsOf("sms-inbound"), { count: "messages", usage: "segments" });
  assert.equal(describeCategory("sms-inbound-longcode"), "SMS Inbound Long Code");
});

it("compares values of triggers to the millionth", () => {
  assert.equal(parseMillionths("0.30"), 300_000);
  assert.equal(formatMillionths(300_000), "0.3");
  assert.equal(formatMillionths(30_000_000), "30");
  for (const bad of ["", "-1", "1e3", "0x1", ".5", "1.0000001", "9999999999"])
    assert.equal(parseMillionths(bad), undefined);
  const sum = { startDay: 0, currency: "USD", count: 3, usage: 4.5, amountMicros: 10 };
  const sums = [
    { ...sum, category: "sms-outbound" },
    { ...sum, category: "lookups", currency: "EUR" },
  ];
  const value = (usageCategory: string, triggerBy: "count" | "usage" | "price") =>
    valueOf({ usageCategory, triggerBy }, sums, "USD");
  assert.equal(value("sms", "count"), 3_000_000);
  assert.equal(value("sms", "usage"), 4_500_000);
  assert.equal(value("totalprice", "price"), 10);
  assert.equal(value("totalprice", "usage"), 10);
});

it("counts each period by itself", () => {
  assert.equal(periodOf("daily", today).name, "daily 2024-03-31");
  assert.equal(periodOf("monthly", today).name, periodOf("monthly", today - 30).name);
  assert.notEqual(periodOf("yearly", today).name, periodOf("yearly", today - 366).name);
  assert.deepEqual(periodOf(null, today), periodOf("alltime", 0));
});
