import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ManualClock } from "../../../adapters/memory/index.ts";
import { seeded, seedOf } from "../../../../test/kit/memory-log.ts";
import type { MaintenanceWindow } from "../../../platform/config/index.ts";
import type { HealthSnapshot } from "../../routing/index.ts";
import { HealthBoard, type AnswerKind } from "./index.ts";

/** 2025-01-01T00:00:00Z was a Wednesday. */
const WEDNESDAY = 3;

class World {
  readonly clock = new ManualClock();
  readonly snapshots: HealthSnapshot[] = [];
  readonly board: HealthBoard;

  constructor(maintenance: readonly MaintenanceWindow[] = [], seed = 1) {
    this.board = new HealthBoard({
      clock: this.clock,
      carriers: [
        { name: "north", maintenance },
        { name: "south", maintenance: [] },
      ],
      nextVersion: () => 7,
      onChange: (snapshot) => this.snapshots.push(snapshot),
      seed,
    });
  }

  up(): this {
    this.board.up("north", true);
    this.board.up("south", true);
    return this;
  }

  reason(carrier = "north"): string {
    const health = this.board.snapshot().carriers.get(carrier);
    return health === undefined || health.usable ? "usable" : (health.reason ?? "");
  }

  submit(network = ""): void {
    this.board.submitted("north", network, this.clock.nowMs());
  }

  /** Submits, and answers after a while. */
  send(kind: AnswerKind, { network = "", latencyMs = 20, count = 1 } = {}): void {
    for (let n = 0; n < count; n += 1) {
      this.submit(network);
      this.clock.advance(latencyMs);
      this.board.answered("north", network, kind, latencyMs);
    }
  }

  breaker(): string {
    return this.board.status().carriers[0]?.breaker ?? "";
  }

  /** Waits until probes are allowed; returns how long it took. */
  waitForProbes(): number {
    const started = this.clock.nowMs();
    while (this.breaker() === "open") this.clock.advance(10);
    return this.clock.nowMs() - started;
  }
}

describe("the health board", () => {
  it("knows nothing until the first word, then takes carriers for down until they are up", () => {
    const world = new World();
    assert.deepEqual(world.board.snapshot(), { version: 0, carriers: new Map() });
    world.clock.advance(100_000);
    assert.equal(world.clock.pendingTimers, 0);
    world.board.up("north", true);
    assert.deepEqual([world.reason("north"), world.reason("south")], ["usable", "down"]);
    world.board.up("north", true);
    world.board.up("nobody", true);
    world.board.up("north", false);
    assert.deepEqual(
      world.snapshots.map(({ version, carriers }) => [version, carriers.get("north")?.usable]),
      [
        [7, true],
        [8, false],
      ],
    );
    assert.equal(world.snapshots[0]?.carriers.get("north")?.usable, true, "a snapshot that was told stays as it was");
  });

  it("takes in carriers that come, and tells of those that go no more", () => {
    const world = new World().up();
    world.send("accepted", { network: "GB:O2", count: 30 });
    world.board.add({ name: "west", maintenance: [] });
    world.board.up("west", true);
    assert.equal(world.reason("west"), "usable");
    world.submit();
    world.board.remove("north");
    assert.deepEqual([...world.board.snapshot().carriers.keys()], ["south", "west"]);
    // What was under way, the stall that was awaited and the values that fade are of nobody.
    world.board.answered("north", "", "accepted", 20);
    world.clock.advance(3_600_000);
    assert.deepEqual([...world.board.snapshot().carriers.keys()], ["south", "west"]);
    world.board.add({ name: "north", maintenance: [] });
    world.board.up("north", true);
    assert.equal(world.board.statusOfCarrier("north")?.lastMinute.submitted, 0, "of the same name is another one");
    assert.equal(world.reason(), "usable");
  });

  it("tells ratios and latencies in steps, overall and by network, at most once a second", () => {
    const world = new World().up();
    const told = world.snapshots.length;
    for (let n = 0; n < 100; n += 1) {
      world.send(n % 10 < 8 ? "accepted" : "refused", { network: "23410", latencyMs: 5 });
      world.board.receipt("north", "23410", n % 4 > 0, 3_000);
    }
    world.send("accepted", { network: "26201", count: 30, latencyMs: 5 });
    world.clock.advance(3_000);
    const north = world.board.snapshot().carriers.get("north");
    assert.deepEqual(north?.networks?.get("23410"), { acceptRatio: 0.8, deliveryRatio: 0.75, receiptLatencyMs: 4_096 });
    assert.deepEqual(north?.networks?.get("26201"), { acceptRatio: 1 });
    assert.equal(north?.quality.acceptRatio, 0.85);
    assert.ok(world.snapshots.length - told <= 3);
    assert.equal(world.reason(), "usable");
  });

  it(`does not move a value back and forth over the edge of a step, seed ${seedOf(51)}`, () => {
    const random = seeded(seedOf(51));
    const world = new World().up();
    const move = (good: number, seconds: number): number => {
      const told = world.snapshots.length;
      for (let n = 0; n < seconds * 20; n += 1) world.send(random() < good ? "accepted" : "refused", { latencyMs: 50 });
      return world.snapshots.length - told;
    };
    move(0.925, 70);
    assert.ok(move(0.925, 120) <= 2);
    move(0.7, 70);
    assert.ok(Math.abs((world.board.snapshot().carriers.get("north")?.quality.acceptRatio ?? 0) - 0.7) < 0.11);
  });

  it("sleeps without traffic, and remembers for ten minutes what it measured", () => {
    const world = new World().up();
    world.send("accepted", { count: 50, network: "23410" });
    world.clock.advance(70_000);
    const told = world.snapshots.length;
    assert.equal(world.clock.pendingTimers, 1, "only to forget");
    world.clock.advance(400_000);
    assert.equal(world.board.snapshot().carriers.get("north")?.quality.acceptRatio, 1);
    world.clock.advance(300_000);
    assert.deepEqual(world.board.snapshot().carriers.get("north"), { usable: true, quality: {} });
    assert.equal(world.snapshots.length, told + 1);
    assert.equal(world.clock.pendingTimers, 0);
    assert.equal(world.board.status().carriers[0]?.networks, 0);
  });

  it("bounds the networks that it measures", () => {
    const world = new World().up();
    for (let n = 0; n < 1_000; n += 1) world.send("accepted", { network: String(n), latencyMs: 1 });
    const [north] = world.board.status().carriers;
    assert.equal(north?.networks, 200);
    assert.equal(north?.lastMinute.accepted, 1_000);
  });

  it("leaves a carrier at once that refuses everything, and comes back by a probe", () => {
    const world = new World().up();
    world.send("accepted", { count: 100 });
    world.send("refused", { count: 19 });
    assert.equal(world.reason(), "usable");
    world.send("refused");
    assert.equal(world.reason(), "breaker");
    assert.equal(world.board.mayProbe("north"), false);
    const openMs = world.waitForProbes();
    assert.ok(openMs >= 990 && openMs <= 2_000, `${openMs}`);
    assert.equal(world.reason(), "breaker", "the router waits for a success");
    assert.deepEqual(
      Array.from({ length: 4 }, () => world.board.mayProbe("north")),
      [true, true, true, false],
    );
    world.clock.advance(5_000);
    assert.equal(world.board.mayProbe("north"), true, "what came to nothing is allowed again");
    world.send("accepted");
    assert.equal(world.reason(), "usable");
    assert.equal(world.breaker(), "closed");
    world.send("refused", { count: 5 });
    assert.equal(world.reason(), "usable", "what was counted before is forgotten");
  });

  it("opens for longer each time a probe fails, a minute at most, and forgives after a minute", () => {
    const world = new World().up();
    world.send("unknown", { count: 20 });
    const times = [];
    for (let n = 0; n < 10; n += 1) {
      times.push(world.waitForProbes());
      assert.equal(world.board.mayProbe("north"), true);
      world.send("unknown");
      assert.equal(world.breaker(), "open");
    }
    for (const [n, openMs] of times.entries()) {
      const longest = Math.min(60_000, 2_000 * 2 ** n);
      assert.ok(openMs >= longest / 2 - 30 && openMs <= longest + 10, `${openMs} the ${n}th time`);
    }
    world.waitForProbes();
    world.send("accepted");
    world.clock.advance(61_000);
    world.send("unknown", { count: 20 });
    assert.ok(world.waitForProbes() <= 2_000);
  });

  it("does not hold throttles, refusals of a message, and what was never sent against a carrier", () => {
    const world = new World().up();
    for (let n = 0; n < 200; n += 1) {
      world.send("throttled");
      world.send("not-sent");
      world.send("accepted");
    }
    assert.equal(world.reason(), "usable");
    world.send("throttled", { count: 200 });
    assert.equal(world.reason(), "usable");
  });

  it("leaves a black hole within a second, and tries it again as soon as it answers", () => {
    const world = new World().up();
    world.send("accepted", { count: 50, latencyMs: 30 });
    for (let n = 0; n < 80; n += 1) {
      world.submit();
      world.clock.advance(10);
    }
    assert.equal(world.reason(), "stalled");
    const stalledMs = world.board.status().carriers[0]?.sinceMs ?? 0;
    assert.ok(world.clock.nowMs() - stalledMs <= 300 && world.clock.nowMs() - stalledMs >= 270);
    assert.equal(world.board.mayProbe("north"), false);
    world.board.answered("north", "", "accepted", 790);
    assert.equal(world.reason(), "stalled");
    assert.equal(world.board.mayProbe("north"), true);
    world.send("accepted");
    assert.equal(world.reason(), "usable");
    // Answers to what was lost before must not make it look stalled, nor may their absence.
    world.clock.advance(20_000);
    assert.equal(world.reason(), "usable");
    assert.equal(world.board.status().carriers[0]?.outstanding, 0);
  });

  it("stays away while probes vanish too", () => {
    const world = new World().up();
    world.submit();
    world.clock.advance(900);
    assert.equal(world.reason(), "stalled");
    let probes = 0;
    for (let ms = 0; ms < 120_000; ms += 50) {
      if (world.board.mayProbe("north")) {
        probes += 1;
        world.submit();
      }
      world.clock.advance(50);
      assert.equal(world.reason(), "stalled");
    }
    assert.ok(probes >= 5 && probes <= 40, `${probes}`);
  });

  it("gives a slow carrier the time that it usually takes", () => {
    const world = new World().up();
    world.send("accepted", { latencyMs: 400, count: 100 });
    world.submit();
    world.clock.advance(3_100);
    assert.equal(world.reason(), "usable");
    world.clock.advance(200);
    assert.equal(world.reason(), "stalled");
  });

  it("expects nothing of a carrier that is down or has nothing outstanding", () => {
    const world = new World().up();
    world.submit();
    world.board.up("north", false);
    world.clock.advance(10_000);
    assert.equal(world.reason(), "down");
    world.board.up("north", true);
    world.clock.advance(10_000);
    assert.equal(world.reason(), "usable");
  });

  it("keeps away from a carrier while it is maintained, over midnight too", () => {
    const hour = 3_600_000;
    const world = new World([
      { days: [WEDNESDAY], fromMinute: 60, toMinute: 120 },
      { days: [WEDNESDAY], fromMinute: 23 * 60, toMinute: 30 },
    ]).up();
    const seen: string[] = [];
    for (const hours of [0.5, 0.75, 1, 20.5, 0.5, 1, 1]) {
      world.clock.advance(hours * hour);
      seen.push(world.reason());
    }
    // 00:30, 01:15, 02:15, 22:45, 23:15, 00:15 and 01:15 on the next day.
    assert.deepEqual(seen, ["usable", "maintenance", "usable", "usable", "maintenance", "maintenance", "usable"]);
    assert.equal(world.reason("south"), "usable");
    world.clock.advance(6 * 24 * hour);
    assert.equal(world.reason(), "maintenance", "the next Wednesday");
  });

  it("does the same again for the same inputs and seed", () => {
    const play = (seed: number): unknown => {
      const world = new World([], seed).up();
      world.send("refused", { count: 25 });
      world.clock.advance(30);
      return world.board.status();
    };
    assert.deepEqual(play(3), play(3));
    assert.notDeepEqual(play(3), play(4));
  });

  it("is still when it is closed", () => {
    const world = new World([{ days: [0], fromMinute: 0, toMinute: 60 }]).up();
    world.submit();
    world.board.close();
    const told = world.snapshots.length;
    world.submit();
    world.board.up("north", false);
    assert.equal(world.clock.pendingTimers, 0);
    world.clock.advance(10_000);
    assert.equal(world.snapshots.length, told);
  });
});
