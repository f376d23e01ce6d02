import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { pointValue } from "../../../protocols/sketches/index.ts";
import { messageFacts, type TimedFact } from "../../../../test/kit/message-facts.ts";
import { seedOf } from "../../../../test/kit/memory-log.ts";
import { seededRandom } from "../../../../test/kit/seeded-random.ts";
import type { Dimension, Metric, SeriesQuery } from "../query.ts";
import { ApiCounts, LEVELS, Rollups } from "../rollups/index.ts";
import { RollupReader } from "./reader.ts";

const KEY = { low: 0x03020100, high: 0x07060504 };
const START = Date.UTC(2026, 5, 1, 10);
const HOUR = 3_600_000;
const MINUTE = 60_000;
const names = { cell: "messaging-1", tier: "smb" };

function readerOf(facts: readonly TimedFact[], maxRows = 50_000): { reader: RollupReader; rollups: Rollups } {
  const rollups = new Rollups({ maxRows, hashKey: KEY });
  for (const { fact, atMs } of facts) rollups.fold(fact, atMs);
  return { rollups, reader: new RollupReader({ rollups, api: new ApiCounts(), names }) };
}

const LEFT = ["sent", "delivered", "undelivered", "failed", "received"];
const ENDED = ["delivered", "undelivered", "failed"];

/** The same definitions once more, as plainly as possible. */
const naive = {
  begun: ({ fact: { status, before } }: TimedFact) =>
    (before === undefined && status !== "scheduled") || (before === "scheduled" && status !== "canceled"),
  left: ({ fact: { status, before } }: TimedFact) =>
    LEFT.includes(status) && !(before !== undefined && LEFT.includes(before)),
  ended: ({ fact: { status, direction } }: TimedFact) => direction === "outbound" && ENDED.includes(status),
  took: ({ fact: { acceptedMs, dueMs }, atMs }: TimedFact) => atMs - Math.max(acceptedMs, dueMs ?? 0),
  value: ({ fact }: TimedFact, dimension: Dimension): string => {
    let values = known.get(fact);
    if (values === undefined) known.set(fact, (values = valuesOf(fact)));
    return values[dimension] ?? "";
  },
};

const known = new WeakMap<object, Record<string, string>>();

function valuesOf(fact: TimedFact["fact"]): Record<string, string> {
  const { accountSid, direction, status, carrier = "", country = "", errorCode, currency = "", from, to } = fact;
  const error = errorCode === undefined ? "" : String(errorCode);
  const sender = direction === "outbound" ? from : to;
  return { ...names, account: accountSid, direction, status, carrier, country, error, currency, sender };
}

function countOf(timed: TimedFact, { metric, by = [], filter = {} }: SeriesQuery): [good: number, of: number] {
  const { fact } = timed;
  if (metric.endsWith("_rate") || metric === "within_5s") {
    if (!naive.ended(timed)) return [0, 0];
    const isDelivered = fact.status === "delivered";
    if (metric === "delivered_rate") return [Number(isDelivered), 1];
    return metric === "failed_rate"
      ? [Number(!isDelivered), 1]
      : [Number(isDelivered && naive.took(timed) <= 5_000), 1];
  }
  const named: string[] = [...by, ...Object.keys(filter)];
  const value = metric === "messages" ? 1 : metric === "segments" ? fact.segments : (fact.priceMicros ?? 0);
  if (named.includes("status")) return [value, value];
  const isLate = metric === "price" || named.includes("carrier") || named.includes("error");
  return (isLate ? naive.left(timed) : naive.begun(timed)) ? [value, value] : [0, 0];
}

/** The answer by looking at every fact, as `key point` → count. */
function naiveAnswer(
  facts: readonly TimedFact[],
  query: SeriesQuery,
  by: readonly Dimension[],
): Map<string, [number, number]> {
  const sums = new Map<string, [number, number]>();
  let latestMs = 0;
  for (const timed of facts) {
    // A record whose time is before that of an earlier one is counted with that one.
    latestMs = Math.max(latestMs, timed.atMs - (timed.atMs % 10_000));
    const point = Math.floor((latestMs - query.startMs) / query.stepMs);
    if (latestMs < query.startMs || latestMs >= query.endMs) continue;
    if (query.accounts !== "all" && !query.accounts.includes(timed.fact.accountSid)) continue;
    const entries = Object.entries(query.filter ?? {}) as [Dimension, string[]][];
    if (!entries.every(([dimension, values]) => values.includes(naive.value(timed, dimension)))) continue;
    const [good, of] = countOf(timed, { ...query, by });
    if (of === 0) continue;
    const key = JSON.stringify([by.map((dimension) => naive.value(timed, dimension)), point]);
    const [oldGood, oldOf] = sums.get(key) ?? [0, 0];
    sums.set(key, [oldGood + good, oldOf + of]);
  }
  return sums;
}

function assertSame(reader: RollupReader, facts: readonly TimedFact[], query: SeriesQuery, what: string): void {
  const answer = reader.read(query);
  const expected = naiveAnswer(facts, query, answer.by);
  const got = new Map<string, [number, number]>();
  for (const { key, counts = [], of } of answer.groups) {
    assert.ok(key.length === 0 || key.some((value) => value !== null), what);
    for (const [point, count] of counts.entries()) {
      const all = of?.[point] ?? count;
      if (all !== 0) got.set(JSON.stringify([key, point]), [count, all]);
    }
  }
  assert.deepEqual(got, expected, what);
}

describe("series", () => {
  const seed = seedOf(7);
  const facts = messageFacts(800, { seed, accounts: 12, startMs: START, spanMs: 2 * HOUR, recipients: 700 });
  const { reader, rollups } = readerOf(facts);

  it(`are what counting every fact again gives, for any grouping and filter (seed ${seed})`, () => {
    const random = seededRandom(seed);
    const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] as T;
    const metrics: Metric[] = ["messages", "segments", "price", "delivered_rate", "failed_rate", "within_5s"];
    const all: Dimension[] = [
      "account",
      "direction",
      "carrier",
      "country",
      "error",
      "sender",
      "currency",
      "cell",
      "status",
    ];
    for (let round = 0; round < 60; round += 1) {
      const metric = pick(metrics);
      const dimensions = all.filter(
        (each) => each !== "status" || !(metric.includes("rate") || metric === "within_5s"),
      );
      const by = [...new Set([pick(dimensions), pick(dimensions)])].slice(0, Math.floor(random() * 3));
      const sample = pick(facts);
      const filtered = random() < 0.6 ? pick(dimensions) : undefined;
      const filter = filtered === undefined ? {} : { filter: { [filtered]: [naive.value(sample, filtered)] } };
      const accounts = random() < 0.5 ? ("all" as const) : [sample.fact.accountSid, pick(facts).fact.accountSid];
      const stepMs = pick([10_000, MINUTE, 5 * MINUTE, HOUR]);
      const startMs = stepMs === 10_000 ? START + HOUR : START;
      const endMs = startMs + Math.min(60 * stepMs, 3 * HOUR);
      const query: SeriesQuery = { metric, accounts, by, ...filter, startMs, endMs, stepMs, top: 50 };
      const groups = new Set(facts.map((each) => by.map((dimension) => naive.value(each, dimension)).join(" "))).size;
      if (groups > 50) continue;
      assertSame(reader, facts, query, `seed ${seed}, round ${round}: ${JSON.stringify(query)}`);
    }
  });

  it("are the same at every resolution", () => {
    const query = { metric: "messages", accounts: "all", startMs: START + HOUR, endMs: START + 3 * HOUR } as const;
    const begun = facts.filter((each) => naive.begun(each) && each.atMs >= START + HOUR).length;
    const totals = [10_000, MINUTE, HOUR].map((stepMs) => {
      const { groups } = reader.read({ ...query, stepMs: stepMs === 10_000 ? 20_000 : stepMs, by: [] });
      return groups[0]?.counts?.reduce((sum, count) => sum + count, 0);
    });
    assert.deepEqual(totals, [begun, begun, begun]);
  });

  it("put what is beyond the wanted groups into one", () => {
    const query = {
      metric: "messages",
      accounts: "all",
      startMs: START,
      endMs: START + 3 * HOUR,
      stepMs: HOUR,
    } as const;
    const whole = reader.read(query).groups[0]?.counts;
    const { groups } = reader.read({ ...query, by: ["sender"], top: 3 });
    assert.deepEqual(
      groups.map(({ key }) => key[0] === null),
      [false, false, false, true],
    );
    const sums = whole?.map((_, point) => groups.reduce((sum, { counts }) => sum + (counts?.[point] ?? 0), 0));
    assert.deepEqual(sums, whole);
    const totals = groups.map(({ counts }) => counts?.reduce((sum, count) => sum + count, 0) ?? 0);
    assert.ok((totals[0] as number) >= (totals[1] as number) && (totals[1] as number) >= (totals[2] as number));
  });

  it("give durations within 2 % and recipients within 5 %", () => {
    const range = { accounts: "all", startMs: START, endMs: START + 3 * HOUR, stepMs: 3 * HOUR } as const;
    for (const [metric, status] of [
      ["delivered_latency", "delivered"],
      ["sent_latency", "sent"],
    ] as const) {
      const took = facts
        .filter(
          (each) =>
            each.fact.direction === "outbound" &&
            (metric === "sent_latency"
              ? naive.left(each) && ["sent", "delivered"].includes(each.fact.status)
              : each.fact.status === status),
        )
        .map(naive.took)
        .sort((a, b) => a - b);
      const [group] = reader.read({ ...range, metric }).groups;
      assert.ok(group);
      for (const q of [0.5, 0.9, 0.99]) {
        const exact = took[Math.ceil(q * took.length) - 1] as number;
        const told = pointValue(group, 0, q) as number;
        assert.ok(Math.abs(told - exact) <= 0.0201 * exact, `${metric} p${q}: ${told} for ${exact}`);
      }
    }
    const people = new Set(
      facts.filter((each) => naive.begun(each) && each.fact.direction === "outbound").map((each) => each.fact.to),
    );
    const [group] = reader.read({ ...range, metric: "unique_recipients" }).groups;
    const estimate = pointValue(group as never, 0) as number;
    assert.ok(Math.abs(estimate - people.size) <= 0.05 * people.size, `${estimate} for ${people.size}`);
    const byAccount = reader.read({ ...range, metric: "unique_recipients", by: ["account"], top: 50 });
    assert.equal(
      byAccount.groups.length,
      new Set(
        facts
          .filter((each) => naive.begun(each) && each.fact.direction === "outbound")
          .map((each) => each.fact.accountSid),
      ).size,
    );
  });

  it("are refused where they make no sense", () => {
    const query = { metric: "messages", accounts: "all", startMs: START, endMs: START + HOUR, stepMs: MINUTE } as const;
    for (const bad of [
      { stepMs: 15_000 },
      { stepMs: 0 },
      { endMs: START },
      { endMs: START + 100 * 24 * HOUR },
      { by: ["sender", "carrier", "status", "country"] as Dimension[] },
      { metric: "delivered_latency" as const, by: ["status"] as Dimension[] },
      { metric: "unique_recipients" as const, stepMs: 10_000 },
      { metric: "delivered_latency" as const, by: ["carrier"] as Dimension[], endMs: START + 24 * HOUR },
      { top: 51 },
    ]) {
      assert.throws(() => reader.read({ ...query, ...bad }), { code: 20001 }, JSON.stringify(bad));
    }
  });

  it("keep within the rows that there may be, and lose no count", () => {
    const many = messageFacts(2_500, { seed, accounts: 1_000, startMs: START, spanMs: 60_000, sendersAnAccount: 20 });
    const { reader: small, rollups: bounded } = readerOf(many, 1_000);
    for (const { open } of bounded.levels) assert.ok(open.messages.rows <= 1_300, `${open.messages.rows} rows`);
    const query = { metric: "messages", accounts: "all", startMs: START, endMs: START + HOUR, stepMs: HOUR } as const;
    const answer = small.read({ ...query, by: ["status"], top: 50 });
    assert.ok(answer.overflow > 0 && bounded.overflow > 0);
    assertSame(small, many, { ...query, by: ["status"], top: 50 }, "by status nothing is lost");
    assertSame(small, many, query, "nothing is lost");
  });

  it("forget what is older than its resolution is kept", () => {
    assert.equal(rollups.level(0).bins.length <= 2 * 360 + 1, true);
    const late = { ...(facts.at(-1) as TimedFact), atMs: START + 60 * HOUR };
    const { rollups: old } = readerOf([...facts, late]);
    assert.deepEqual(
      old.levels.map(({ bins }) => bins.length > 0),
      [false, false, true],
    );
    assert.equal(LEVELS.length, 3);
  });
});
