import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { nextCell, planCells, readWishes, regionsOf } from "./plan.ts";

describe("the plan of cells", () => {
  it("spreads cells over the regions in turn and numbers them", () => {
    const cells = planCells([], readWishes("messaging=3,verify=1", "us1,ie1"));
    assert.deepEqual(
      cells.map(({ name, number, region }) => `${number} ${name} ${region}`),
      ["1 messaging-1 us1", "2 messaging-2 ie1", "3 messaging-3 us1", "4 verify-1 us1"],
    );
    assert.deepEqual(regionsOf(cells, "us1,ie1"), ["us1", "ie1"]);
  });

  it("reads tiers", () => {
    assert.deepEqual(readWishes("messaging:enterprise=1", "ie1"), [
      { type: "messaging", tier: "enterprise", region: "ie1" },
    ]);
  });

  it("keeps what there is, and adds only what is missing", () => {
    const first = planCells([], readWishes("messaging=3", "us1,ie1"));
    assert.deepEqual(planCells(first, readWishes("messaging=2", "us1,ie1")), first);
    const more = planCells(first, readWishes("messaging=4", "us1,ie1"));
    assert.deepEqual(
      more.slice(3).map(({ name, region }) => `${name} ${region}`),
      ["messaging-4 ie1"],
    );
  });

  it("does not give the number or the name of a removed cell again", () => {
    const [first, second] = planCells([], readWishes("messaging=2", "us1"));
    assert.ok(first !== undefined && second !== undefined);
    const cells = planCells([first], readWishes("messaging=2", "us1"), [second]);
    assert.deepEqual(
      cells.map(({ name, number }) => `${number} ${name}`),
      ["1 messaging-1", "3 messaging-3"],
    );
  });

  it("never gives a number or a name twice", () => {
    const cells = planCells([], readWishes("messaging=2,verify=1", "us1"));
    const left = cells.filter(({ name }) => name !== "messaging-1");
    assert.deepEqual(nextCell(left, { type: "messaging", tier: "smb", region: "us1" }).name, "messaging-3");
    assert.equal(nextCell(left, { type: "messaging", tier: "smb", region: "us1" }).number, 4);
  });
});
