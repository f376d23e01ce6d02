import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { silentLogger } from "../../../../test/kit/silent-logger.ts";
import { ManualClock } from "../../../adapters/memory/index.ts";
import type { Database } from "../../../platform/ports.ts";
import { AlertRuleBook } from "./alert-rule-book.ts";
import type { AlertRule } from "./alert-rule.ts";
import { AlertState } from "./alert-state.ts";
import type { AlertDeps } from "./deps.ts";
import { Evaluator, ROUND_MS } from "./evaluator.ts";

/** A clock that goes on while somebody computes. */
class BusyClock extends ManualClock {
  spentMs = 0;

  override monotonicMs(): number {
    return super.monotonicMs() + this.spentMs;
  }
}

const COST_MS = 20;
const RULES = 25;

function ruleOf(number: number): AlertRule {
  // The last digits say in which tenth of a round it has its turn.
  const sid = `IR${String(number).padStart(26, "0")}000000`;
  const condition = { kind: "absence", forMs: 60_000 } as const;
  const destinations = { webhookUrls: [], emails: [], texts: [], textFrom: "" };
  const common = { friendlyName: "", filter: {}, repeatMs: 0, mutedUntilMs: 0, isEnabled: true, revision: 0 };
  const times = { createdMs: 0, updatedMs: 0 };
  return {
    sid,
    accountSid: `AC${"a".repeat(32)}`,
    scope: "account",
    metric: "messages",
    condition,
    destinations,
    ...common,
    ...times,
  };
}

describe("rules that take more time than there is", () => {
  it("all have their turn after some rounds, whichever come first", async () => {
    const clock = new BusyClock(Date.UTC(2025, 0, 1));
    const book = new AlertRuleBook({} as Database);
    for (let number = 0; number < RULES; number += 1) book.put(ruleOf(number));
    const judged = new Map<string, number>();
    const deps = {
      clock,
      logger: silentLogger,
      book,
      state: new AlertState(),
      isAtHome: () => true,
      forget: () => Promise.resolve(),
      cell: () => ({ commitAllThen: () => undefined }),
      reader: {
        read: () => {
          clock.spentMs += COST_MS;
          return { kind: "count", startMs: 0, stepMs: 1, points: 1, groups: [], completeFromMs: 0 };
        },
      },
    } as unknown as AlertDeps;
    const evaluator = new Evaluator(deps, ({ sid }) => judged.set(sid, (judged.get(sid) ?? 0) + 1));
    evaluator.start();
    await clock.advanceSettling(10 * ROUND_MS);
    evaluator.stop();
    assert.equal(judged.size, RULES);
    const turns = [...judged.values()];
    assert.ok(Math.max(...turns) - Math.min(...turns) <= 1, `turns ${turns.join(", ")}`);
    assert.ok(evaluator.late > 0, "there was too much to do");
  });
});
