import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ManualClock } from "../../../adapters/memory/index.ts";
import type { NullCarrierSettings } from "../../../platform/config/index.ts";
import type { Receipt, SubmitOutcome } from "../records.ts";
import type { Settle } from "./carrier.ts";
import { NullCarrier } from "./null.ts";

const DEFAULTS: NullCarrierSettings = {
  latencyMs: 20,
  messagesPerSecond: undefined,
  window: 1_000,
  texts: "parts",
  refusedPercent: 0,
  refusal: "later",
  receipts: "delivered",
  receiptDelayMs: 100,
  failedPercent: 0,
  seed: 1,
};

function world(settings: Partial<NullCarrierSettings> = {}) {
  const clock = new ManualClock();
  const carrier = new NullCarrier({
    clock,
    settings: { ...DEFAULTS, ...settings, name: "null", priority: 0, prefixes: ["+44"] },
  });
  const receipts: Receipt[] = [];
  const outcomes: SubmitOutcome[] = [];
  let settle: (done: Settle) => void = (done) => done(true);
  carrier.start({
    onCapacity: () => {},
    onReceipt: (receipt, done) => {
      receipts.push(receipt);
      settle(done);
    },
    onText: () => {},
  });
  const submit = (count: number): void => {
    for (let i = 0; i < count; i += 1) {
      const submission = { sid: `SM${i}`, from: "+1500", to: "+447700", text: "x", part: 0, validUntilMs: 0 };
      carrier.submit(submission, (outcome) => outcomes.push(outcome));
    }
  };
  const onSettle = (given: typeof settle): void => {
    settle = given;
  };
  return { clock, carrier, receipts, outcomes, submit, onSettle };
}

describe("the null carrier", () => {
  it("answers after its latency and gives receipts after their delay, with one timer for all", () => {
    const { clock, receipts, outcomes, submit } = world();
    submit(500);
    assert.equal(clock.pendingTimers, 1);
    clock.advance(19);
    assert.equal(outcomes.length, 0);
    clock.advance(1);
    assert.equal(outcomes.length, 500);
    clock.advance(99);
    assert.equal(receipts.length, 0);
    clock.advance(1);
    assert.equal(receipts.length, 500);
    assert.deepEqual(receipts[0], { id: "SM0-0-1", result: "delivered", from: "1500", to: "447700" });
    assert.equal(clock.pendingTimers, 0);
  });

  it("refuses and fails its share, the same ones for the same seed", () => {
    const story = (seed: number): string => {
      const { clock, receipts, outcomes, submit } = world({ refusedPercent: 10, failedPercent: 20, seed });
      submit(1_000);
      clock.advance(200);
      const refused = outcomes.filter(({ kind }) => kind === "refused").length;
      const failed = receipts.filter(({ result }) => result === "failed").length;
      assert.ok(refused > 60 && refused < 140, `${refused} refused`);
      assert.ok(failed > 120 && failed < 240, `${failed} failed`);
      return outcomes.map(({ kind }) => kind[0]).join("");
    };
    assert.equal(story(1), story(1));
    assert.notEqual(story(1), story(2));
  });

  it("gives a receipt again that could not be made durable", () => {
    const { clock, receipts, submit, onSettle } = world();
    onSettle((done) => done(false));
    submit(1);
    clock.advance(120);
    onSettle((done) => done(true));
    clock.advance(10_000);
    assert.deepEqual(
      receipts.map(({ id }) => id),
      ["SM0-0-1", "SM0-0-1"],
    );
  });

  it("gives no receipts where it is told to", () => {
    const { clock, receipts, outcomes, submit } = world({ receipts: "none", latencyMs: 0 });
    submit(3);
    clock.advance(1_000);
    assert.deepEqual([outcomes.length, receipts.length, clock.pendingTimers], [3, 0, 0]);
  });
});
