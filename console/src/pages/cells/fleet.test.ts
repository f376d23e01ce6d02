import assert from "node:assert/strict";
import { test } from "node:test";
import { type Fleet, type FleetCell, NOTHING_YET, regionsOf, remember } from "./fleet.ts";

function cell(name: string, more: Partial<FleetCell> = {}): FleetCell {
  const load = {
    ready: true,
    requestsPerSecond: 7,
    cpuPercent: 3,
    openMessages: 0,
    unprojected: 0,
    carriersUp: 1,
    carriers: 1,
  };
  return {
    name,
    number: 1,
    type: "messaging",
    tier: "smb",
    region: "us1",
    state: "open",
    health: "up",
    ageMs: 0,
    accounts: 1,
    capacity: 5_000,
    load,
    drift: null,
    ...more,
  };
}

function fleet(...cells: FleetCell[]): Fleet {
  return { cells, nodes: [{ name: "edge-ie1", role: "edge", region: "ie1", status: "alive", drift: null }] };
}

void test("a cell that dies and comes back is told of, with how long it was away", () => {
  const first = remember(NOTHING_YET, fleet(cell("messaging-1")), 1_000);
  assert.deepEqual(first.events, []);
  const dead = remember(first, fleet(cell("messaging-1", { health: "down" })), 2_000);
  const back = remember(dead, fleet(cell("messaging-1")), 3_500);
  assert.deepEqual(
    back.events.map(({ name, tone, text }) => [name, tone, text.slice(0, 19)]),
    [
      ["messaging-1", "good", "is back after 1.5 s"],
      ["messaging-1", "bad", "is down; accounts o"],
    ],
  );
  assert.deepEqual(back.rates.get("messaging-1"), [7, 0, 7]);
});

void test("cells that are new, drained and removed are told of", () => {
  let memory = remember(NOTHING_YET, fleet(cell("messaging-1")), 1);
  memory = remember(memory, fleet(cell("messaging-1"), cell("messaging-2")), 2);
  memory = remember(memory, fleet(cell("messaging-1"), cell("messaging-2", { state: "draining" })), 3);
  memory = remember(memory, fleet(cell("messaging-1")), 4);
  assert.deepEqual(
    memory.events.map(({ text }) => text),
    ["was removed", "is draining", "is new"],
  );
});

void test("what is remembered is bounded", () => {
  let memory = NOTHING_YET;
  for (let at = 0; at < 1_000; at += 1) {
    memory = remember(memory, fleet(cell("messaging-1", { health: at % 2 === 0 ? "up" : "down" })), at);
  }
  assert.equal(memory.events.length, 100);
  assert.equal(memory.rates.get("messaging-1")?.length, 60);
});

void test("a region that has an edge and no cell is shown, too", () => {
  const regions = regionsOf(fleet(cell("messaging-1"), cell("messaging-2", { region: "eu1" })));
  assert.deepEqual(
    regions.map(({ region, cells, edges }) => [region, cells.length, edges.length]),
    [
      ["us1", 1, 0],
      ["eu1", 1, 0],
      ["ie1", 0, 1],
    ],
  );
});
