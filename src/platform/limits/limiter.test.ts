import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ManualClock } from "../../adapters/memory/index.ts";
import { limitFields, Limiter, type LimitRequest, type LimitRule, type LimitSettings } from "./index.ts";

const key = new Uint8Array(32).fill(4);
const ACCOUNT = "AC00000000000000000000000000000001";
const OTHER = "AC00000000000000000000000000000002";

function limiterOf(settings: LimitSettings): { limiter: Limiter; ask: (more?: Partial<LimitRequest>) => boolean } {
  const limiter = new Limiter({ key, settings, clock: new ManualClock() });
  const ask = (more?: Partial<LimitRequest>): boolean =>
    limiter.decide({ routeClass: "messages.create", accountSid: ACCOUNT, ip: "192.0.2.1", nowMs: 0, ...more }).admitted;
  return { limiter, ask };
}

const ruleOf = (rule: Partial<LimitRule> = {}): LimitRule => ({
  name: "account",
  subject: "account",
  scope: "process",
  rate: { count: 10, burst: 2 },
  ...rule,
});

describe("the limiter", () => {
  it("lets the first rule that refuses decide, and charges nobody for what is refused", () => {
    const perIp = ruleOf({ name: "ip", subject: "ip", rate: { count: 10, burst: 4 } });
    const { limiter, ask } = limiterOf({ rules: [perIp, ruleOf()] });
    assert.deepEqual([ask(), ask(), ask(), ask(), ask()], [true, true, false, false, false]);
    const refused = limiter.decide({ routeClass: "x", accountSid: ACCOUNT, ip: "192.0.2.1", nowMs: 0 });
    assert.deepEqual(refused, {
      admitted: false,
      retryAfterMs: 100,
      limit: 10,
      windowMs: 1_000,
      remaining: 0,
      rule: "account",
    });
    // The rule by IP admitted six times and was charged twice, so two are left for another account.
    assert.deepEqual(
      [1, 2, 3].map(() => ask({ accountSid: OTHER })),
      [true, true, false],
    );
    assert.deepEqual(Object.fromEntries(limiter.counts()), {
      ip: { admitted: 4, refused: 1, wouldRefuse: 0 },
      account: { admitted: 4, refused: 4, wouldRefuse: 0 },
    });
  });

  it("takes the rate of the account before that of its tier before that of the rule", () => {
    const { ask } = limiterOf({
      rules: [ruleOf({ tiers: { enterprise: { count: 10, burst: 5 } } })],
      overrides: new Map([[OTHER, { account: { count: 10, burst: 3 } }]]),
    });
    const most = (more: Partial<LimitRequest>): number => {
      let count = 0;
      while (ask(more)) count += 1;
      return count;
    };
    assert.equal(most({ tier: "smb" }), 2);
    assert.equal(most({ accountSid: "AC3", tier: "enterprise" }), 5);
    assert.equal(most({ accountSid: OTHER, tier: "enterprise" }), 3);
  });

  it("asks only the rules of the route class whose subject is there", () => {
    const { limiter, ask } = limiterOf({
      rules: [
        ruleOf({ routeClasses: ["messages.create"] }),
        ruleOf({ name: "sender", subject: "sender", rate: { count: 1, burst: 1 } }),
      ],
    });
    for (let at = 0; at < 5; at += 1) assert.ok(ask({ routeClass: "messages.list" }));
    assert.deepEqual([ask({ sender: "+15005550100" }), ask({ sender: "+15005550100" })], [true, false]);
    assert.equal(limiter.decide({ routeClass: "messages.list", nowMs: 0 }).rule, undefined);
  });

  it("keeps accounts, route classes and rules apart", () => {
    const { ask } = limiterOf({ rules: [ruleOf({ subject: "account-route-class", rate: { count: 1, burst: 1 } })] });
    assert.deepEqual(
      [ask(), ask({ routeClass: "calls.create" }), ask({ accountSid: OTHER }), ask()],
      [true, true, true, false],
    );
    const two = limiterOf({ rules: [ruleOf(), ruleOf({ name: "second" })] });
    assert.deepEqual([two.ask(), two.ask(), two.ask()], [true, true, false]);
  });

  it("refuses nothing by a rule in shadow mode, and counts what it would have refused", () => {
    const { limiter, ask } = limiterOf({ rules: [ruleOf({ shadow: true })] });
    for (let at = 0; at < 5; at += 1) assert.ok(ask());
    assert.deepEqual(limiter.counts().get("account"), { admitted: 2, refused: 0, wouldRefuse: 3 });
  });

  it("swaps its rules between two decisions without failing one, and what was charged stays charged", () => {
    const { limiter, ask } = limiterOf({ rules: [ruleOf()] });
    ask();
    const snapshots = [1, 2, 3].map((more) =>
      limiter.compile({ rules: [ruleOf(), ruleOf({ name: `more-${more}`, rate: { count: 100 * more } })] }),
    );
    for (let at = 0; at < 300; at += 1) {
      limiter.use(snapshots[at % 3] ?? assert.fail());
      const decision = limiter.decide({ routeClass: "x", accountSid: ACCOUNT, nowMs: at });
      assert.equal(typeof decision.admitted, "boolean");
    }
    const counts = limiter.counts().get("account");
    assert.ok(counts !== undefined && counts.admitted >= 4 && counts.admitted <= 2 + 3, JSON.stringify(counts));
  });

  it("refuses settings that contradict themselves", () => {
    const { limiter } = limiterOf({ rules: [] });
    const refused: LimitSettings[] = [
      { rules: [ruleOf(), ruleOf()] },
      { rules: [ruleOf({ name: "no name" })] },
      { rules: [ruleOf({ rate: { count: -1 } })] },
      { rules: [ruleOf()], overrides: new Map([[ACCOUNT, { other: { count: 1 } }]]) },
      { rules: Array.from({ length: 17 }, (_, at) => ruleOf({ name: `rule-${at}` })) },
    ];
    for (const settings of refused) assert.throws(() => limiter.compile(settings), /assertion failed/);
  });

  it("tells clients what holds, and never to come back before a second", () => {
    const { limiter } = limiterOf({ rules: [ruleOf({ rate: { count: 100, windowMs: 60_000, burst: 1 } })] });
    const request = { routeClass: "x", accountSid: ACCOUNT, nowMs: 0 };
    assert.deepEqual(limitFields(limiter.decide(request)), {
      "RateLimit-Policy": '"account";q=100;w=60',
      RateLimit: '"account";r=0;t=60',
    });
    assert.deepEqual(limitFields(limiter.decide(request)), {
      "RateLimit-Policy": '"account";q=100;w=60',
      RateLimit: '"account";r=0;t=1',
      "Retry-After": "1",
    });
    assert.deepEqual(limitFields(limiter.decide({ routeClass: "x", nowMs: 0 })), {});
  });
});
