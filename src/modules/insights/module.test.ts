import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { INSIGHT_OPERATOR, insightsAlone } from "../../../test/kit/insight-cell.ts";
import { accountOf, messageFacts } from "../../../test/kit/message-facts.ts";
import { pointValue } from "../../protocols/sketches/index.ts";
import type { ApplyContext, CellRecord } from "../../platform/cell/index.ts";
import { EdgeCounts, EdgeReporter } from "../../platform/insight/index.ts";
import type { LiveAnswer } from "../../platform/live/index.ts";
import type { Clock, Timer } from "../../platform/ports.ts";
import { silentLogger } from "../../../test/kit/silent-logger.ts";
import { readEdgeBins } from "./edge-bins.ts";
import type { InsightsModule, LiveSeriesItem } from "./index.ts";
import { serviceLevels } from "./service-levels.ts";
import { summarise } from "./summary.ts";

const NOW = Date.UTC(2026, 5, 1, 12, 0, 5);
const MINUTE = 60_000;

class HandClock implements Clock {
  ms = NOW;
  private timers: { readonly atMs: number; readonly run: () => void }[] = [];
  nowMs = (): number => this.ms;
  monotonicMs = (): number => this.ms;
  after(delayMs: number, run: () => void): Timer {
    const timer = { atMs: this.ms + delayMs, run };
    this.timers.push(timer);
    return { cancel: () => (this.timers = this.timers.filter((each) => each !== timer)) };
  }
  advance(ms: number): void {
    this.ms += ms;
    const due = this.timers.filter(({ atMs }) => atMs <= this.ms);
    this.timers = this.timers.filter(({ atMs }) => atMs > this.ms);
    for (const { run } of due) run();
  }
}

const contextAt = (atMs: number): ApplyContext => ({ offset: 0, atMs, effect: () => undefined, emit: () => undefined });
const commitTo = (module: () => InsightsModule, clock: Clock) => (record: CellRecord) =>
  Promise.resolve(module().machine.reducers[record.kind]?.(record, contextAt(clock.nowMs())));

function world(): {
  readonly insights: InsightsModule;
  readonly clock: HandClock;
  readonly fold: (messages: number, atMs: number) => void;
} {
  const clock = new HandClock();
  const insights: InsightsModule = insightsAlone(clock, (record) => commitTo(() => insights, clock)(record));
  const fold = (messages: number, atMs: number): void => {
    for (const { fact } of messageFacts(messages, { seed: 2, accounts: 4, startMs: atMs, spanMs: 1 })) {
      if (fact.dueMs === undefined) insights.machine.listeners?.["message.changed"]?.(fact, contextAt(atMs));
    }
  };
  return { insights, clock, fold };
}

describe("the live source", () => {
  const scope = { accountSid: INSIGHT_OPERATOR, everything: true };
  const query = { metric: "messages", by: ["direction"], rangeMs: 10 * MINUTE, stepMs: 10_000 };

  it("answers the whole range first, then the points that changed, and nothing while none does", () => {
    const { insights, clock, fold } = world();
    const [source] = insights.liveSources;
    assert.ok(source);
    fold(20, NOW - 5 * MINUTE);
    fold(5, NOW);
    const ask = (cursor?: string): LiveAnswer => source.ask({ query, cursor, scope, limit: 10 });
    const first = ask();
    const [whole] = first.items as [LiveSeriesItem];
    assert.deepEqual([whole.isWhole, whole.points, whole.kind], [true, 60, "count"]);
    assert.deepEqual(ask(first.cursor), { cursor: first.cursor, items: [] });
    fold(3, clock.nowMs());
    const second = ask(first.cursor);
    const [changed] = second.items as [LiveSeriesItem];
    assert.deepEqual([changed.isWhole, changed.points, changed.startMs], [false, 1, NOW - 5_000]);
    clock.advance(25_000);
    fold(4, clock.nowMs());
    const [later] = ask(second.cursor).items as [LiveSeriesItem];
    assert.deepEqual([later.points, later.startMs], [4, NOW - 5_000], "from the bin that was counted in on");
    const total = ({ groups }: LiveSeriesItem): number =>
      groups.flatMap(({ counts = [] }) => counts).reduce((sum, count) => sum + count, 0);
    const [again] = ask().items as [LiveSeriesItem];
    const { counts: points = [] } = again.groups[0] ?? {};
    assert.equal(points.length, 60);
    // What the browser has: the first answer, with the changed points in place of its own.
    const before = total(whole) - whole.groups.reduce((sum, { counts = [] }) => sum + (counts.at(-1) ?? 0), 0);
    assert.equal(total(again), before + total(later));
  });

  it("shows an account its own things and those of its subaccounts, and nothing of the API", async () => {
    const { insights, fold } = world();
    const [source] = insights.liveSources;
    assert.ok(source);
    fold(50, NOW);
    const of = (accountSid: string, everything: boolean): number => {
      const { items } = source.ask({
        query: { ...query, by: [] },
        cursor: undefined,
        scope: { accountSid, everything },
        limit: 1,
      });
      const [{ groups }] = items as [LiveSeriesItem];
      return groups.flatMap(({ counts = [] }) => counts).reduce((a, b) => a + b, 0);
    };
    await Promise.resolve();
    const each = [0, 1, 2, 3].map((number) => of(accountOf(number), false));
    assert.ok(each.every((count) => count > 0));
    assert.equal(
      each.reduce((a, b) => a + b, 0),
      of(accountOf(0), true),
    );
    assert.equal(of(accountOf(99), false), 0);
    const own = { accountSid: accountOf(0), everything: false };
    const api = { query: { metric: "api_requests" }, cursor: undefined, limit: 1 };
    assert.throws(() => source.ask({ ...api, scope: own }), { code: 20003 });
  });

  it("refuses what is no question", () => {
    const { insights } = world();
    const [source] = insights.liveSources;
    for (const bad of [
      null,
      5,
      {},
      { metric: "x" },
      { metric: "messages", by: ["x"] },
      { metric: "messages", by: 5 },
    ]) {
      assert.throws(() => source?.ask({ query: bad, cursor: undefined, scope, limit: 1 }), { code: 20001 });
    }
    for (const more of [
      { filter: [], stepMs: 0 },
      { filter: { carrier: [5] } },
      { stepMs: "10" },
      { rangeMs: 1e15 },
      { top: 1e9 },
    ]) {
      assert.throws(() => source?.ask({ query: { ...query, ...more }, cursor: undefined, scope, limit: 1 }), {
        code: 20001,
      });
    }
    const odd = source?.ask({ query, cursor: "what.is.this.now", scope, limit: 1 });
    assert.equal(odd?.items.length, 1);
  });
});

describe("edges", () => {
  it("hand over what they counted, each bin once, also when the cell was away", async () => {
    const { insights, clock } = world();
    const counts = new EdgeCounts(clock.nowMs);
    let isAway = true;
    let hasTaken = 0;
    const reporter = new EdgeReporter({
      counts,
      edge: "edge-1",
      life: "a",
      clock,
      logger: silentLogger,
      send: async (report) => {
        if (isAway) throw new Error("away");
        await commitTo(() => insights, clock)(readEdgeBins(JSON.parse(JSON.stringify(report))));
        hasTaken += 1;
        // The answer to the first one is lost.
        if (hasTaken === 1) throw new Error("cut");
      },
    });
    for (const status of [200, 201, 404, 429, 503]) counts.count("smb", "create", status);
    counts.count("enterprise", "read", 200);
    clock.advance(10_000);
    await reporter.report();
    isAway = false;
    counts.count("smb", "create", 200);
    clock.advance(10_000);
    await reporter.report();
    await reporter.report();
    counts.count("smb", "read", 200);
    await reporter.stop();
    const asked = { accounts: "all", startMs: NOW - 5_000, endMs: NOW + 25_000, stepMs: 30_000 } as const;
    const all = insights.reader.read({ ...asked, metric: "api_requests", by: ["tier", "answer"] });
    assert.deepEqual(
      new Set(all.groups.map(({ key, counts: [count] = [] }) => [...key, count].join(" "))),
      new Set(["enterprise 2xx 1", "smb 2xx 4", "smb 429 1", "smb 4xx 1", "smb 5xx 1"]),
    );
    const [smb] = insights.reader.read({ ...asked, metric: "availability", filter: { tier: ["smb"] } }).groups;
    assert.ok(smb);
    assert.equal(pointValue(smb, 0), 6 / 7);
    assert.deepEqual(insights.status().edgeBins, { taken: 3, refused: 2 });
    const levels = serviceLevels(insights.reader, { accounts: "all", nowMs: clock.nowMs() });
    const level = levels.find(({ name }) => name === "api-smb");
    assert.deepEqual(
      [level?.good, level?.of, Math.round(level?.budgetLeft ?? 0)],
      [6, 7, Math.round(1 - 1 / 7 / 0.001)],
    );
    assert.deepEqual(
      level?.windows.map(({ of }) => of),
      [7, 7, 7],
    );
    assert.equal(levels.find(({ name }) => name === "api-enterprise")?.budgetLeft, 1);
    assert.equal(levels.find(({ name }) => name === "api-mid-market")?.budgetLeft, null);
  });

  it("are refused what is no count", () => {
    const bin = { startMs: 10_000, counts: [["smb", "read", "2xx", 1]] };
    const good = { edge: "edge-1", life: "a", bins: [bin] };
    assert.equal(readEdgeBins(good).bins.length, 1);
    for (const bad of [
      null,
      5,
      { ...good, edge: "" },
      { ...good, bins: 5 },
      { ...good, bins: [{ ...bin, startMs: 10_001 }] },
      { ...good, bins: [{ ...bin, counts: [["smb", "read", "2xx", -1]] }] },
      { ...good, bins: [{ ...bin, counts: [["smb", "read", "6xx", 1]] }] },
      { ...good, bins: Array.from({ length: 61 }, () => bin) },
    ]) {
      assert.throws(() => readEdgeBins(bad), { code: 20001 });
    }
  });
});

describe("the summary", () => {
  it("has the numbers of now", () => {
    const { insights, clock, fold } = world();
    fold(200, NOW);
    clock.advance(10_000);
    const summary = summarise(insights.reader, { accounts: "all", nowMs: clock.nowMs() });
    assert.ok(summary.outboundPerSecond > 15 && summary.inboundPerSecond > 1, JSON.stringify(summary));
    assert.ok(summary.within5s.of > 100 && summary.delivered.of === summary.within5s.of);
    assert.ok(summary.errors.length > 2 && summary.errors.every(({ code }) => code === null || /^\d{5}$/.test(code)));
    assert.deepEqual(summary.api, { perSecond: 0, good: 0, of: 0 });
    assert.equal(summarise(insights.reader, { accounts: [], nowMs: clock.nowMs() }).api, undefined);
  });
});
