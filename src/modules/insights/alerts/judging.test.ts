import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { SeriesPiece } from "../../../protocols/sketches/index.ts";
import { encodeLatency, LogHistogram } from "../../../protocols/sketches/index.ts";
import type { AlertCondition, AlertRule } from "./alert-rule.ts";
import type { AlertTurned, RuleState } from "./alert-state.ts";
import { decide } from "./decide.ts";
import { conditionText, summaryOf } from "./describe.ts";
import { judge, questionsOf, tellEnough, type Verdict } from "./evaluate.ts";
import { readCondition, readFilter, settingsOf, USUAL_CONDITION, type ConditionSettings } from "./read-condition.ts";

const NOW_MS = Date.UTC(2025, 0, 31, 12, 0, 7);
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

function ruleOf(condition: AlertCondition, more: Partial<AlertRule> = {}): AlertRule {
  return {
    sid: `IR${"1".repeat(32)}`,
    accountSid: `AC${"a".repeat(32)}`,
    friendlyName: "failures",
    scope: "account",
    metric: "failed_rate",
    filter: {},
    condition,
    destinations: { webhookUrls: ["https://a.example/x"], emails: [], texts: [], textFrom: "" },
    repeatMs: HOUR_MS,
    mutedUntilMs: 0,
    isEnabled: true,
    revision: 0,
    createdMs: NOW_MS - 30 * HOUR_MS,
    updatedMs: 0,
    ...more,
  };
}

const above = {
  kind: "threshold",
  comparison: "above",
  limit: 0.1,
  resolveLimit: 0.05,
  intervalMs: MINUTE_MS,
  needed: 2,
  of: 3,
  quantile: 0.95,
} as const;

const burn = { kind: "burn-rate", target: 0.99, factor: 14.4, longMs: HOUR_MS, shortMs: 5 * MINUTE_MS } as const;

function rates(...shares: (number | null)[]): SeriesPiece {
  const of = shares.map((share) => (share === null ? 0 : 1_000));
  const counts = shares.map((share) => Math.round((share ?? 0) * 1_000));
  return { kind: "rate", startMs: 0, stepMs: 1, points: shares.length, groups: [{ key: [], counts, of }] };
}

const NOTHING: SeriesPiece = { kind: "count", startMs: 0, stepMs: 1, points: 1, groups: [] };
const stateOf = (rule: AlertRule, pieces: SeriesPiece[], isFiring = false): string =>
  judge(rule, pieces, NOW_MS, isFiring).state;

describe("judging a rule", () => {
  it("asks for whole intervals that are over, in a grain that is cheap for long ones", () => {
    const [short] = questionsOf(ruleOf(above), NOW_MS);
    assert.equal(short?.endMs, NOW_MS - 7_000);
    assert.equal((short?.endMs ?? 0) - (short?.startMs ?? 0), 3 * MINUTE_MS);
    const [long, recent] = questionsOf(ruleOf(burn), NOW_MS + 50_000);
    assert.equal((long?.endMs ?? 1) % MINUTE_MS, 0);
    assert.equal((recent?.endMs ?? 0) - NOW_MS, 43_000);
    assert.deepEqual(long?.accounts, [ruleOf(burn).accountSid]);
    assert.equal(questionsOf(ruleOf(above, { scope: "all" }), NOW_MS)[0]?.accounts, "all");
  });

  it("fires when enough intervals of the last are bad, and nothing is no failure", () => {
    const rule = ruleOf(above);
    assert.equal(stateOf(rule, [rates(0.05, 0.05, 0.05)]), "ok");
    assert.equal(stateOf(rule, [rates(0.05, 0.2, 0.05)]), "pending");
    assert.equal(stateOf(rule, [rates(0.2, 0.05, 0.2)]), "firing");
    assert.equal(stateOf(rule, [rates(null, null, null)]), "ok");
    assert.equal(stateOf(rule, [{ ...NOTHING, kind: "rate" }]), "ok");
    assert.equal(judge(rule, [rates(0.2, 0.2, 0.3)], NOW_MS, false).value, 0.3);
  });

  it("goes on firing between the limit and what it must come back to", () => {
    const rule = ruleOf(above);
    assert.equal(stateOf(rule, [rates(0.07, 0.07, 0.07)], false), "ok");
    assert.equal(stateOf(rule, [rates(0.07, 0.07, 0.07)], true), "firing");
    assert.notEqual(stateOf(rule, [rates(0.07, 0.01, 0.01)], true), "firing");
  });

  it("knows too few, and counts nothing as zero", () => {
    const below = { ...above, comparison: "below", limit: 10, resolveLimit: 20, needed: 1, of: 1 } as const;
    const rule = ruleOf(below, { metric: "messages" });
    const counted = (count: number): SeriesPiece => ({ ...NOTHING, groups: [{ key: [], counts: [count] }] });
    assert.equal(stateOf(rule, [counted(9)]), "firing");
    assert.equal(stateOf(rule, [counted(10)]), "ok");
    assert.equal(stateOf(rule, [counted(15)], true), "firing");
    assert.equal(stateOf(rule, [NOTHING]), "firing");
  });

  it("reads a quantile of latencies", () => {
    const histogram = new LogHistogram();
    for (let ms = 100; ms <= 10_000; ms += 100) histogram.add(ms);
    const piece: SeriesPiece = {
      ...NOTHING,
      kind: "latency",
      groups: [{ key: [], sketches: [encodeLatency(histogram)] }],
    };
    const slow = { ...above, limit: 9_000, resolveLimit: 9_000, needed: 1, of: 1 } as const;
    const verdict = judge(ruleOf(slow, { metric: "delivered_latency" }), [piece], NOW_MS, false);
    assert.equal(verdict.state, "firing");
    assert.ok(Math.abs((verdict.value ?? 0) - 9_500) < 9_500 * 0.025);
  });

  it("fires for a burn rate only when both windows burn", () => {
    const rule = ruleOf(burn, { metric: "within_5s" });
    assert.equal(stateOf(rule, [rates(0.99), rates(0.99)]), "ok");
    assert.equal(stateOf(rule, [rates(0.99), rates(0.5)]), "pending");
    assert.equal(stateOf(rule, [rates(0.5), rates(0.99)]), "ok");
    assert.equal(stateOf(rule, [rates(0.8), rates(0.8)]), "firing");
    assert.equal(Math.round(judge(rule, [rates(0.8), rates(0.8)], NOW_MS, false).value ?? 0), 20);
    // Of failures the share itself is what burns.
    assert.equal(stateOf(ruleOf(burn), [rates(0.2), rates(0.2)]), "firing");
    assert.equal(
      stateOf(rule, [
        { ...NOTHING, kind: "rate" },
        { ...NOTHING, kind: "rate" },
      ]),
      "ok",
    );
  });

  it("fires when nothing is counted, but not before the rule is old enough to know", () => {
    const absence = { kind: "absence", forMs: HOUR_MS } as const;
    assert.equal(stateOf(ruleOf(absence, { metric: "messages" }), [NOTHING]), "firing");
    assert.equal(stateOf(ruleOf(absence, { metric: "messages", createdMs: NOW_MS - MINUTE_MS }), [NOTHING]), "ok");
  });
});

describe("answers that are not complete", () => {
  it("do not look like nothing where nothing is bad, and count where much is bad", () => {
    const partial = { ...NOTHING, completeFromMs: NOTHING.startMs + 1 };
    const absence = ruleOf({ kind: "absence", forMs: HOUR_MS }, { metric: "messages" });
    assert.equal(tellEnough(absence, [partial]), false);
    assert.equal(tellEnough(absence, [NOTHING]), true);
    assert.equal(tellEnough(ruleOf({ ...above, comparison: "below", resolveLimit: 0.2 }), [partial]), false);
    assert.equal(tellEnough(ruleOf(above), [partial]), true);
  });
});

describe("deciding about a rule", () => {
  const rule = ruleOf(above);
  const verdict = (state: Verdict["state"]): Verdict => ({ state, value: 0.2, limit: 0.1 });
  /** What the machine makes of a record. */
  const after = (record: AlertTurned, atMs: number, known?: RuleState): RuleState => {
    const lastToldMs = record.told !== undefined && record.state === "firing" ? atMs : known?.lastToldMs;
    const isTold =
      record.state === "firing" && (record.told !== undefined || (known?.state === "firing" && known.isTold));
    const { sid, accountSid, state, sinceMs, turn, value, limit } = record;
    return { sid, accountSid, state, sinceMs, turn, isTold, value, limit, ...(lastToldMs && { lastToldMs }) };
  };
  /** Plays verdicts, one every ten seconds unless told, and says what was recorded. */
  const play = (steps: readonly (readonly [Verdict["state"], number?])[], played = rule): string[] => {
    let known: RuleState | undefined;
    let nowMs = NOW_MS;
    return steps.map(([state, waitMs = 10_000]) => {
      nowMs += waitMs;
      const record = decide(played, known, verdict(state), nowMs);
      if (record === undefined) return "-";
      known = after(record, nowMs, known);
      return record.state + (record.told === undefined ? "" : record.told.isRepeat ? " again" : " told");
    });
  };

  it("goes from ok over pending to firing and resolved, and tells of the last two", () => {
    const steps = [["ok"], ["pending"], ["pending"], ["firing"], ["firing"], ["ok"], ["ok"]] as const;
    assert.deepEqual(play(steps), ["-", "pending", "-", "firing told", "-", "resolved told", "-"]);
    assert.deepEqual(play([["pending"], ["ok"], ["firing"]]), ["pending", "ok", "firing told"]);
  });

  it("tells again after the interval, or never", () => {
    const steps = [["firing"], ["firing"], ["firing", HOUR_MS], ["firing"], ["ok"]] as const;
    assert.deepEqual(play(steps), ["firing told", "-", "firing again", "-", "resolved told"]);
    assert.deepEqual(play(steps, { ...rule, repeatMs: 0 }), ["firing told", "-", "-", "-", "resolved told"]);
  });

  it("tells of one that flutters once a minute", () => {
    const steps = [["firing"], ["ok"], ["firing"], ["ok"], ["firing"], ["firing", MINUTE_MS]] as const;
    assert.deepEqual(play(steps), ["firing told", "resolved told", "firing", "resolved", "firing", "firing told"]);
  });

  it("tells nobody while it is muted, and afterwards if it still fires", () => {
    const muted = { ...rule, mutedUntilMs: NOW_MS + 35_000 };
    assert.deepEqual(play([["firing"], ["firing"], ["firing"], ["firing"]], muted), [
      "firing",
      "-",
      "-",
      "firing told",
    ]);
    assert.deepEqual(play([["firing"], ["ok"]], muted), ["firing", "resolved"]);
  });

  it("says what, since when, and the value against the limit", () => {
    const record = decide(rule, undefined, verdict("firing"), NOW_MS);
    assert.equal(
      record?.told?.summary,
      "Firing: failures (share failed above 10 % in 2 of 3 intervals of 1 min), now 20 %, since 2025-01-31T12:00:07.000Z",
    );
    const spend = ruleOf(
      { ...above, limit: 25_000_000, needed: 1, of: 1 },
      { metric: "price", filter: { currency: ["USD"] } },
    );
    assert.equal(conditionText(spend), "spend (currency USD) above 25 over 1 min");
    assert.equal(
      conditionText(ruleOf(burn, { metric: "within_5s" })),
      "share delivered within 5 s: error budget of 99 % used 14.4 times too fast, over 1 h and over 5 min",
    );
    assert.equal(
      conditionText(ruleOf({ kind: "absence", forMs: 15 * MINUTE_MS }, { metric: "messages" })),
      "no messages for 15 min",
    );
    assert.match(
      summaryOf(ruleOf(burn), Object.assign({}, record, { state: "resolved" as const, value: null })),
      /^Resolved: .*nothing/,
    );
  });
});

describe("conditions", () => {
  const settings = (more: Partial<ConditionSettings>): ConditionSettings => ({
    ...USUAL_CONDITION,
    kind: "threshold",
    ...more,
  });

  it("are what was asked for, and can be asked for again", () => {
    for (const condition of [above, burn, { kind: "absence", forMs: HOUR_MS } as const]) {
      const metric = condition.kind === "absence" ? "messages" : "failed_rate";
      assert.deepEqual(readCondition(settingsOf(condition), metric), condition);
    }
  });

  it("are refused with the reason where they make no sense", () => {
    const bad: [Partial<ConditionSettings>, Parameters<typeof readCondition>[1], RegExp][] = [
      [{}, "messages", /needs Threshold/],
      [{ threshold: 5, resolveThreshold: 6 }, "messages", /bad side/],
      [{ threshold: 5, needed: 6 }, "messages", /NeededIntervals/],
      [{ threshold: 5, intervalS: 15 }, "messages", /multiple of 10/],
      [{ threshold: 5, intervalS: 3_600, of: 60 }, "messages", /40 hours/],
      [{ kind: "burn-rate", target: 0.99 }, "messages", /of a rate/],
      [{ kind: "burn-rate" }, "within_5s", /needs Target/],
      [{ kind: "burn-rate", target: 0.99, shortS: 3_600 }, "within_5s", /shorter/],
      [{ kind: "burn-rate", target: 0.9, factor: 14.4 }, "within_5s", /used up/],
      [{ kind: "absence" }, "within_5s", /of a count/],
      [{ kind: "absence", forS: 30 }, "messages", /a minute/],
    ];
    for (const [more, metric, reason] of bad) assert.throws(() => readCondition(settings(more), metric), reason);
  });

  it("are of the dimensions that a metric has", () => {
    const own = { scope: "account", isOperators: false } as const;
    const operators = { scope: "all", isOperators: true } as const;
    assert.deepEqual(readFilter({ Country: "US, DE" }, "messages", own), { country: ["US", "DE"] });
    assert.throws(() => readFilter({ status: "sent" }, "delivered_latency", own), /not by status/);
    assert.throws(() => readFilter({ account: "AC1" }, "messages", own), /of that account/);
    assert.throws(() => readFilter({ Carrier: "north" }, "messages", own), /[Oo]perator/);
    assert.deepEqual(readFilter({ account: "AC1" }, "messages", operators), { account: ["AC1"] });
    assert.deepEqual(readFilter({ Carrier: "north" }, "messages", operators), { carrier: ["north"] });
  });
});
