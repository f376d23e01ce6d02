import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { MAX_OPEN_MESSAGES } from "../message-state.ts";
import { receiptHorizonMs, sweepDefaults } from "./sweep.ts";

const HOUR_MS = 3_600_000;

describe("the wait for a receipt", () => {
  it("is what is configured while there is room in memory", () => {
    assert.equal(receiptHorizonMs(0, sweepDefaults), 72 * HOUR_MS);
    assert.equal(receiptHorizonMs(MAX_OPEN_MESSAGES / 2, sweepDefaults), 72 * HOUR_MS);
  });

  it("is shorter when memory fills, so that a carrier without receipts does not keep new messages out", () => {
    assert.equal(receiptHorizonMs(MAX_OPEN_MESSAGES / 2 + 1, sweepDefaults), HOUR_MS);
    assert.equal(receiptHorizonMs(MAX_OPEN_MESSAGES, sweepDefaults), 120_000);
  });

  it("is never longer than what is configured", () => {
    for (const messages of [0, 0.6, 0.8, 1].map((fill) => fill * MAX_OPEN_MESSAGES)) {
      assert.equal(receiptHorizonMs(messages, { receiptHorizonMs: 1_000 }), 1_000);
    }
  });
});
