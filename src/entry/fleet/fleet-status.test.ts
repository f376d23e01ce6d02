import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ManualClock } from "../../adapters/memory/index.ts";
import { encodeDescriptor, GOSSIP_DESCRIPTOR } from "../../platform/cell-router/index.ts";
import type { CellDescriptor } from "../../platform/fleet/index.ts";
import { MemoryGossip } from "../../platform/gossip/index.ts";
import { cellsText, endOfMove, moveText } from "../cells-text.ts";
import { judgeCell } from "../doctor/check-fleet.ts";
import { LOAD_KEY, readLoad, type CellLoad } from "./cell-load.ts";
import { fleetStatus, type ShownCell } from "./fleet-status.ts";

const load: CellLoad = {
  ready: true,
  requestsPerSecond: 7,
  cpuPercent: 3,
  openMessages: 2,
  unprojected: 0,
  carriersUp: 1,
  carriers: 1,
};

function cell(number: number, state: CellDescriptor["state"] = "open"): CellDescriptor {
  const address = { host: "127.0.0.1", port: 1_000 + number };
  return { name: `messaging-${number}`, number, type: "messaging", tier: "smb", region: "us1", address, state };
}

/** Cells 1 and 4 speak; 1, 2 and 3 are registered, of which 3 was removed and speaks still. */
function sample() {
  const bus = new MemoryGossip({ clock: new ManualClock() });
  const control = bus.join({ id: "control", role: "control" });
  for (const number of [1, 3, 4]) {
    const view = bus.join({ id: `messaging-${number}`, role: "cell" });
    view.set(GOSSIP_DESCRIPTOR, encodeDescriptor(cell(number)));
    view.set(LOAD_KEY, JSON.stringify(load));
  }
  bus.deliver();
  const registered = [cell(2), cell(1), cell(3, "removed")];
  return fleetStatus(registered, control, new Map([["messaging-1", { accounts: 5, capacity: 5_000 }]]));
}

describe("the state of a fleet", () => {
  it("is that of the registry and of gossip together, without what was removed", () => {
    const { cells, nodes } = sample();
    assert.deepEqual(
      cells.map(({ name, health, accounts, load: told }) => [name, health, accounts, told?.requestsPerSecond]),
      [
        ["messaging-1", "up", 5, 7],
        ["messaging-2", "down", null, undefined],
        ["messaging-4", "up", null, 7],
      ],
    );
    assert.deepEqual(
      nodes.map(({ name, role }) => [name, role]),
      [["control", "control"]],
    );
  });

  it("is written as two tables", () => {
    const lines = cellsText(sample()).split("\n");
    assert.deepEqual(
      lines.map((line) => line.replaceAll(/ +/g, " ")),
      [
        "CELL TYPE TIER REGION STATE HEALTH ACCOUNTS REQ/S OPEN CPU CARRIERS",
        "messaging-1 messaging smb us1 open up 5/5000 7 2 3% 1/1",
        "messaging-2 messaging smb us1 open down ? - - - -",
        "messaging-4 messaging smb us1 open up ? 7 2 3% 1/1",
        "",
        "PROCESS ROLE REGION HEALTH",
        "control control us1 up",
        "",
      ],
    );
  });

  it("does not believe what is no load", () => {
    assert.deepEqual(readLoad(JSON.stringify(load)), load);
    assert.equal(readLoad("{"), undefined);
    assert.equal(readLoad(undefined), undefined);
  });

  it("is judged by the doctor", () => {
    const good: ShownCell = {
      ...cell(1),
      health: "up",
      ageMs: 20,
      startedMs: 1,
      accounts: 5,
      capacity: 5_000,
      load,
      drift: null,
    };
    const verdicts = (more: Partial<ShownCell>) =>
      [judgeCell({ ...good, ...more })].map((f) => [f.verdict, f.detail])[0];
    assert.deepEqual(verdicts({}), ["good", "us1, up, 5 of 5000 accounts"]);
    assert.deepEqual(verdicts({ accounts: null }), ["good", "us1, up"]);
    assert.deepEqual(verdicts({ accounts: 5_000 }), ["doubtful", "is full, 5000 of 5000 accounts"]);
    assert.equal(verdicts({ state: "draining" })?.[0], "doubtful");
    assert.deepEqual(verdicts({ drift: "limits.perAddress (another value)" }), [
      "doubtful",
      "other settings: limits.perAddress (another value)",
    ]);
    assert.deepEqual(verdicts({ load: { ...load, ready: false } }), ["wrong", "takes no new work"]);
    assert.deepEqual(verdicts({ load: { ...load, carriersUp: 0 } }), ["wrong", "1 of 1 carriers down"]);
    assert.match(verdicts({ health: "down", ageMs: 9_001 })?.[1] ?? "", /^is silent since 10 s; /);
    assert.match(verdicts({ health: "down", ageMs: null, load: null })?.[1] ?? "", /^was never heard of; /);
  });
});

describe("a move", () => {
  const move = { sid: "MV1", account_sid: "AC1", from: "messaging-1", to: "messaging-2", step: "copy" };

  it("is told in one line, with what is left and why it stopped", () => {
    assert.equal(moveText(move), "AC1  messaging-1 → messaging-2  copy");
    assert.equal(moveText({ ...move, left: 3 }), "AC1  messaging-1 → messaging-2  copy");
    assert.equal(
      moveText({ ...move, step: "tail", left: 3 }),
      "AC1  messaging-1 → messaging-2  tail, 3 left in messaging-1",
    );
    assert.equal(
      moveText({ ...move, step: "failed", reason: "no room" }),
      "AC1  messaging-1 → messaging-2  failed: no room",
    );
  });

  it("ends at its last steps only", () => {
    const ends = ["prepare", "flip", "tail", "rollback", "done", "canceled", "failed"].map((step) =>
      endOfMove({ step }),
    );
    assert.deepEqual(ends, [undefined, undefined, undefined, undefined, "done", "failed", "failed"]);
  });
});
