import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { canRollBack, isEnded, isFrozenAt, stepAfter, STEPS, type MoveStep } from "./move.ts";

describe("the steps of a move", () => {
  it("lead from the first to the end", () => {
    const path: MoveStep[] = [];
    for (let step: MoveStep = "prepare"; !isEnded(step); step = stepAfter(step as (typeof STEPS)[number])) {
      path.push(step);
    }
    assert.deepEqual(path, STEPS);
  });

  it("have a way back until the account has its new home", () => {
    assert.deepEqual(STEPS.filter(canRollBack), ["prepare", "begin", "ahead", "freeze", "drain", "seal", "copy"]);
    for (const step of ["rollback", "done", "canceled", "failed"] as const) assert.equal(canRollBack(step), false);
  });

  it("keep the account waiting from freeze to flip", () => {
    assert.deepEqual(STEPS.filter(isFrozenAt), ["freeze", "drain", "seal", "copy"]);
  });
});
