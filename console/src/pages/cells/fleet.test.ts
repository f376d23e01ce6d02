import assert from "node:assert/strict";
import { test } from "node:test";
import { type Fleet, type FleetCell, noteKill, NOTHING_YET, regionsOf, remember } from "./fleet.ts";

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
    startedMs: 1,
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

void test("a cell that is killed from here is down at once, and up when another process of it says how it does", () => {
  const first = remember(NOTHING_YET, fleet(cell("messaging-1")), 1_000);
  const killed = noteKill(first, "messaging-1", 2_000);
  assert.equal(killed.fleet?.cells[0]?.health, "down");
  const silent = remember(killed, fleet(cell("messaging-1")), 2_500);
  assert.equal(silent.fleet?.cells[0]?.health, "down", "the fleet has not noticed");
  const starting = remember(silent, fleet(cell("messaging-1", { startedMs: 2_400, load: null })), 3_000);
  assert.equal(starting.fleet?.cells[0]?.health, "down");
  const back = remember(starting, fleet(cell("messaging-1", { startedMs: 2_400 })), 4_000);
  assert.equal(back.fleet?.cells[0]?.health, "up");
  assert.deepEqual(
    back.events.map(({ text }) => text.slice(0, 19)),
    ["is back after 2.0 s", "is down; accounts o"],
  );
});

void test("a kill that nothing comes of is forgotten", () => {
  const killed = noteKill(remember(NOTHING_YET, fleet(cell("messaging-1")), 0), "messaging-1", 0);
  assert.equal(remember(killed, fleet(cell("messaging-1")), 60_000).fleet?.cells[0]?.health, "up");
});

void test("a restart between two looks is told of", () => {
  const first = remember(NOTHING_YET, fleet(cell("messaging-1")), 0);
  const { events } = remember(first, fleet(cell("messaging-1", { startedMs: 2 })), 1_000);
  assert.match(events[0]?.text ?? "", /^was started again/);
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
