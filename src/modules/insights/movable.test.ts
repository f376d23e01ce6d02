import assert from "node:assert/strict";
import { it } from "node:test";
import { insightsAlone } from "../../../test/kit/insight-cell.ts";
import { accountOf, messageFacts } from "../../../test/kit/message-facts.ts";
import { systemClock } from "../../adapters/system/index.ts";
import type { ApplyContext, CellRecord } from "../../platform/cell/index.ts";
import type { InsightsModule, SeriesQuery } from "./index.ts";

const START = Date.UTC(2026, 5, 1, 10);
const HOUR = 3_600_000;
const contextAt = (atMs: number): ApplyContext => ({ offset: 0, atMs, effect: () => undefined, emit: () => undefined });

function cellWith(seed: number, accounts: number, messages = 800): InsightsModule {
  const clock = { ...systemClock, nowMs: () => START + 3 * HOUR };
  const insights: InsightsModule = insightsAlone(clock, (record: CellRecord) => {
    // As it comes out of the log.
    const stored = JSON.parse(JSON.stringify(record)) as CellRecord;
    return Promise.resolve(insights.machine.reducers[record.kind]?.(stored, contextAt(START + 3 * HOUR)));
  });
  for (const { fact, atMs } of messageFacts(messages, { seed, accounts, startMs: START, spanMs: 3 * HOUR })) {
    insights.machine.listeners?.["message.changed"]?.(fact, contextAt(atMs));
  }
  return insights;
}

it("moves the hours of an account with it, and leaves nothing of it behind", async () => {
  const [old, other] = [cellWith(1, 5), cellWith(2, 3)];
  const mine = accountOf(4);
  const family = { mainSid: mine, accountSids: [mine], numbers: [] };
  const range = { startMs: START, endMs: START + 4 * HOUR, stepMs: HOUR, top: 50 };
  const ask = ({ reader }: InsightsModule, query: Pick<SeriesQuery, "metric" | "by" | "accounts">): string[] =>
    reader
      .read({ ...range, ...query })
      .groups.map((group) => JSON.stringify(group))
      .toSorted();
  const queries = [
    { metric: "messages", by: ["carrier", "status"], accounts: [mine] },
    { metric: "price", by: ["sender"], accounts: [mine] },
    { metric: "delivered_latency", by: ["carrier"], accounts: [mine] },
    { metric: "unique_recipients", accounts: [mine] },
  ] as const;
  const before = queries.map((query) => ask(old, query));
  const others = ask(old, { metric: "messages", by: ["sender"], accounts: [0, 1, 2, 3].map(accountOf) });
  const total = ({ reader }: InsightsModule): number =>
    reader.read({ ...range, metric: "messages", accounts: "all" }).groups[0]?.counts?.reduce((a, b) => a + b) ?? 0;
  const totals = total(old) + total(other);

  const [from] = old.movable.records ?? [];
  const [to] = other.movable.records ?? [];
  assert.ok(from && to);
  const entries = JSON.parse(JSON.stringify(from.list(family))) as ReturnType<typeof from.list>;
  assert.ok(entries.length >= 3);
  await to.put(family, entries.slice(0, 1), true);
  await to.put(family, entries, true);
  assert.deepEqual(new Set(to.list(family).map(([key]) => key)), new Set(entries.map(([key]) => key)));
  await from.forget(family);
  await other.movable.arrived?.(family);

  assert.deepEqual(
    queries.map((query) => ask(other, query)),
    before,
  );
  assert.ok(
    !JSON.stringify(ask(old, { metric: "messages", by: ["account", "sender"], accounts: "all" })).includes(mine),
  );
  assert.deepEqual(ask(old, { metric: "messages", by: ["sender"], accounts: [0, 1, 2, 3].map(accountOf) }), others);
  // The rows go as time goes.
  for (let step = 1; step < 60; step += 1) {
    const [fact] = messageFacts(1, { seed: 9, accounts: 1, startMs: START, spanMs: 1 });
    assert.ok(fact);
    old.machine.listeners?.["message.changed"]?.(
      { ...fact.fact, before: "sending", status: "canceled" },
      contextAt(START + 5 * HOUR + step * 10_000),
    );
  }
  assert.equal(total(old) + total(other), totals);
});

it("keeps the present hour of an account that comes before anything is counted there", async () => {
  const [old, empty] = [cellWith(1, 2), cellWith(2, 2, 0)];
  const mine = accountOf(0);
  const family = { mainSid: mine, accountSids: [mine], numbers: [] };
  const entries = old.movable.records?.[0]?.list(family) ?? [];
  await empty.movable.records?.[0]?.put(family, JSON.parse(JSON.stringify(entries)) as typeof entries, true);
  const query = {
    metric: "messages",
    accounts: [mine],
    startMs: START,
    endMs: START + 6 * HOUR,
    stepMs: HOUR,
  } as const;
  const moved = old.reader.read(query).groups[0]?.counts;
  assert.deepEqual(empty.reader.read(query).groups[0]?.counts, moved);
  const [first] = messageFacts(1, { seed: 9, accounts: 1, startMs: START, spanMs: 1 });
  assert.ok(first);
  const canceled = { ...first.fact, before: "queued", status: "canceled" };
  for (const atMs of [START + 3 * HOUR, START + 3 * HOUR + 1, START + 5 * HOUR]) {
    empty.machine.listeners?.["message.changed"]?.(canceled, contextAt(atMs));
  }
  assert.deepEqual(empty.reader.read(query).groups[0]?.counts, moved);
});
