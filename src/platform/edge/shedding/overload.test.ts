import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { RouteClass } from "../route-classes.ts";
import type { Ticket } from "./cell-load.ts";
import { CellShedder } from "./cell-shedder.ts";

/** A cell in virtual time: so many requests are worked on at once, the others wait in line. */
interface CellModel {
  readonly workers: number;
  readonly serviceMs: (routeClass: RouteClass) => number;
}

interface Offered {
  readonly routeClass: RouteClass;
  readonly perSecond: number;
}

interface Tally {
  offered: number;
  done: number;
  refused: number;
  latencies: number[];
}

type Event = { readonly atMs: number; readonly run: () => void };

/** A small generator, so that a failing case can be had again from its seed. */
function generator(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}

/** Events in order of time: a binary heap. */
class Agenda {
  private readonly heap: Event[] = [];

  add(event: Event): void {
    const { heap } = this;
    heap.push(event);
    let at = heap.length - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if ((heap[parent] as Event).atMs <= event.atMs) break;
      heap[at] = heap[parent] as Event;
      at = parent;
    }
    heap[at] = event;
  }

  take(): Event | undefined {
    const { heap } = this;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    let at = 0;
    for (;;) {
      let child = at * 2 + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && (heap[child + 1] as Event).atMs < (heap[child] as Event).atMs) child += 1;
      if ((heap[child] as Event).atMs >= last.atMs) break;
      heap[at] = heap[child] as Event;
      at = child;
    }
    heap[at] = last;
    return first;
  }
}

/** Runs a cell under load for a while, counted from `fromMs` on. */
function run(input: {
  seed: number;
  cell: CellModel;
  offered: readonly Offered[];
  fromMs: number;
  untilMs: number;
  sheds: boolean;
}): Map<RouteClass, Tally> {
  const { seed, cell, offered, fromMs, untilMs, sheds } = input;
  const random = generator(seed);
  const agenda = new Agenda();
  const shedder = new CellShedder();
  const tallies = new Map<RouteClass, Tally>();
  const line: { ticket: Ticket | undefined; routeClass: RouteClass; atMs: number }[] = [];
  let head = 0;
  let busy = 0;
  let nowMs = 0;
  const work = (): void => {
    while (busy < cell.workers && head < line.length) {
      const next = line[head] as (typeof line)[number];
      head += 1;
      busy += 1;
      const doneMs = nowMs + cell.serviceMs(next.routeClass) * (0.5 + random());
      agenda.add({ atMs: doneMs, run: () => finish(next) });
    }
  };
  const finish = ({ ticket, routeClass, atMs }: (typeof line)[number]): void => {
    busy -= 1;
    ticket?.load.leave(ticket, "answered", nowMs);
    const tally = tallies.get(routeClass) as Tally;
    if (nowMs >= fromMs) {
      tally.done += 1;
      tally.latencies.push(nowMs - atMs);
    }
    work();
  };
  const arrive = ({ routeClass, perSecond }: Offered): void => {
    const tally = tallies.get(routeClass) as Tally;
    const counts = nowMs >= fromMs;
    if (counts) tally.offered += 1;
    const ticket = sheds ? shedder.admit("messaging-1", routeClass, nowMs) : undefined;
    if (sheds && ticket === undefined) {
      if (counts) tally.refused += 1;
    } else {
      line.push({ ticket, routeClass, atMs: nowMs });
      work();
    }
    const gapMs = (-Math.log(1 - random()) * 1_000) / perSecond;
    agenda.add({ atMs: nowMs + gapMs, run: () => arrive({ routeClass, perSecond }) });
  };
  for (const each of offered) {
    tallies.set(each.routeClass, { offered: 0, done: 0, refused: 0, latencies: [] });
    agenda.add({ atMs: random(), run: () => arrive(each) });
  }
  for (let event = agenda.take(); event !== undefined && event.atMs < untilMs; event = agenda.take()) {
    nowMs = event.atMs;
    event.run();
  }
  return tallies;
}

const CELL: CellModel = { workers: 8, serviceMs: (routeClass) => (routeClass === "bulk" ? 20 : 4) };
/** Of creates alone: 8 workers, 4 ms each. */
const CAPACITY = 2_000;
const SEEDS = [1, 42, 20_261_121];

const share = (part: number, whole: number): number => part / whole;
const percentile = (values: readonly number[], at: number): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length * at)] ?? 0;

describe("a cell that is offered three times what it can do", () => {
  for (const seed of SEEDS) {
    it(`does at least 90 % of what it can, and answers quickly, seed ${seed}`, () => {
      const offered = [{ routeClass: "create" as const, perSecond: CAPACITY * 3 }];
      const tallies = run({ seed, cell: CELL, offered, fromMs: 2_000, untilMs: 8_000, sheds: true });
      const { done, latencies } = tallies.get("create") as Tally;
      assert.ok(done / 6 >= CAPACITY * 0.9, `${Math.round(done / 6)} a second of ${CAPACITY}`);
      assert.ok(percentile(latencies, 0.99) < 200, `p99 ${percentile(latencies, 0.99)} ms`);
    });

    it(`serves what is urgent, then creates, then reads, then bulk, seed ${seed}`, () => {
      const offered: readonly Offered[] = [
        { routeClass: "priority-create", perSecond: CAPACITY * 0.15 },
        { routeClass: "create", perSecond: CAPACITY * 0.6 },
        { routeClass: "read", perSecond: CAPACITY * 1.25 },
        { routeClass: "bulk", perSecond: CAPACITY * 0.2 },
      ];
      const tallies = run({ seed, cell: CELL, offered, fromMs: 2_000, untilMs: 8_000, sheds: true });
      const served = (routeClass: RouteClass): number => {
        const { done, offered } = tallies.get(routeClass) as Tally;
        return share(done, offered);
      };
      const { latencies } = tallies.get("priority-create") as Tally;
      assert.ok(served("priority-create") >= 0.99, `urgent ${served("priority-create")}`);
      assert.ok(percentile(latencies, 0.99) < 200, `p99 ${percentile(latencies, 0.99)} ms`);
      assert.ok(served("create") >= 0.9, `create ${served("create")}`);
      assert.ok(served("create") >= served("read"), `read ${served("read")}`);
      assert.ok(served("bulk") < 0.1, `bulk ${served("bulk")}`);
      let workMs = 0;
      for (const [routeClass, { done }] of tallies) workMs += done * CELL.serviceMs(routeClass);
      assert.ok(workMs / 6_000 / CELL.workers >= 0.9, `${workMs / 6_000} of ${CELL.workers} workers busy`);
    });
  }

  it("would let everybody wait without this", () => {
    const offered = [{ routeClass: "create" as const, perSecond: CAPACITY * 3 }];
    const tallies = run({ seed: 1, cell: CELL, offered, fromMs: 2_000, untilMs: 8_000, sheds: false });
    assert.ok(percentile((tallies.get("create") as Tally).latencies, 0.5) > 1_000);
  });
});

describe("a cell that has enough room", () => {
  it("is never refused anything, at half its load and with bursts", () => {
    const offered: readonly Offered[] = [
      { routeClass: "create", perSecond: CAPACITY * 0.3 },
      { routeClass: "read", perSecond: CAPACITY * 0.2 },
      { routeClass: "bulk", perSecond: CAPACITY * 0.02 },
    ];
    const tallies = run({ seed: 7, cell: CELL, offered, fromMs: 0, untilMs: 10_000, sheds: true });
    for (const [routeClass, { refused }] of tallies) assert.equal(refused, 0, routeClass);
  });

  it("is given more again once it is quicker", () => {
    let slow = true;
    const cell: CellModel = { workers: 8, serviceMs: () => (slow ? 40 : 4) };
    const shedder = new CellShedder();
    const load = shedder.load("a");
    let nowMs = 0;
    const round = (): void => {
      const tickets: Ticket[] = [];
      for (;;) {
        const ticket = load.admit("create", nowMs);
        if (ticket === undefined) break;
        tickets.push(ticket);
      }
      for (const [index, ticket] of tickets.entries()) {
        const doneMs = nowMs + (cell.serviceMs("create") * (index + 1)) / cell.workers;
        load.leave(ticket, "answered", doneMs);
      }
      nowMs += 1_000;
    };
    slow = false;
    for (let count = 0; count < 3; count += 1) round();
    slow = true;
    for (let count = 0; count < 6; count += 1) round();
    const small = load.window(nowMs);
    slow = false;
    for (let count = 0; count < 60; count += 1) round();
    assert.ok(load.window(nowMs) > small * 2, `${small} then ${load.window(nowMs)}`);
  });
});

describe("places", () => {
  it("are given back by whatever ends a request, and bulk has few", () => {
    const load = new CellShedder({ maxInFlight: 200 }).load("a");
    const tickets = Array.from({ length: 40 }, () => load.admit("bulk", 0));
    assert.equal(tickets.filter((ticket) => ticket !== undefined).length, 32);
    for (const outcome of ["answered", "silent", "unknown"] as const) {
      const ticket = tickets.shift();
      if (ticket !== undefined) load.leave(ticket, outcome, 1);
    }
    assert.equal(load.inFlight, 29);
    assert.ok(load.admit("bulk", 1));
  });

  it("are kept for what is urgent when all others are refused", () => {
    const load = new CellShedder({ maxInFlight: 20 }).load("a");
    while (load.admit("create", 0) !== undefined);
    assert.equal(load.inFlight, 18);
    assert.equal(load.admit("read", 0), undefined);
    assert.ok(load.admit("priority-create", 0));
    while (load.admit("priority-create", 0) !== undefined);
    assert.equal(load.inFlight, 25);
  });

  it("become fewer when nothing comes in time, until that is long ago", () => {
    const load = new CellShedder({ maxInFlight: 100 }).load("a");
    const ticket = load.admit("create", 10);
    assert.ok(ticket);
    load.leave(ticket, "silent", 20);
    assert.equal(load.window(20), 50);
    assert.equal(load.window(6_000), 100);
  });
});
