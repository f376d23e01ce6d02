import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ManualClock } from "../../adapters/memory/index.ts";
import { MemoryGossip } from "../gossip/index.ts";
import { Limiter, type LimitRule } from "./index.ts";

const key = new Uint8Array(32).fill(4);
const ACCOUNT = "AC00000000000000000000000000000001";
const rule: LimitRule = { name: "api", subject: "account", scope: "fleet", rate: { count: 100, burst: 100 } };

class Fleet {
  readonly clock = new ManualClock();
  readonly bus = new MemoryGossip({ clock: this.clock, delayMs: 60 });

  constructor() {
    // Away from 0, in the middle of a window.
    this.clock.advance(100_000.5);
  }

  start(id: string, more: { expectedProcesses?: number; settings?: LimitRule } = {}): Limiter {
    const { settings = rule, expectedProcesses = 1 } = more;
    const fleet = { gossip: this.bus.join({ id }), delayMs: 60, expectedProcesses };
    const limiter = new Limiter({ key, settings: { rules: [settings] }, clock: this.clock, fleet });
    limiter.start();
    return limiter;
  }

  /** Time goes by, and gossip with it. */
  pass(ms: number): void {
    for (let at = 0; at < ms; at += 20) {
      this.clock.advance(20);
      this.bus.deliver();
    }
  }

  /** How many are admitted when many ask at once. */
  flood(limiter: Limiter, count = 300): number {
    let admitted = 0;
    for (let at = 0; at < count; at += 1) {
      const nowMs = this.clock.monotonicMs();
      if (limiter.decide({ routeClass: "x", accountSid: ACCOUNT, nowMs }).admitted) admitted += 1;
    }
    return admitted;
  }
}

describe("windows across the fleet", () => {
  it("count what the others have admitted, once it was heard", () => {
    const fleet = new Fleet();
    const [one, other] = [fleet.start("edge-1"), fleet.start("edge-2")];
    fleet.pass(300);
    assert.equal(fleet.flood(one), 100);
    fleet.pass(240);
    assert.ok(fleet.flood(other) <= 40, "of the sliding second, a quarter has passed");
    fleet.pass(3_000);
    assert.ok(fleet.flood(other) >= 95);
  });

  it("leave a process that is not heard its share, and take what it left when it stops", () => {
    const fleet = new Fleet();
    const [one, other] = [fleet.start("edge-1"), fleet.start("edge-2")];
    fleet.pass(300);
    assert.deepEqual(one.shares(), { processes: 2, fresh: 2 });
    fleet.bus.partition(["edge-1"], ["edge-2"]);
    fleet.pass(2_000);
    assert.deepEqual(one.shares(), { processes: 2, fresh: 1 });
    assert.equal(fleet.flood(one), 50);
    assert.equal(fleet.flood(other), 50);
    fleet.bus.heal();
    fleet.pass(2_500);
    other.stop();
    fleet.pass(300);
    assert.deepEqual(one.shares(), { processes: 1, fresh: 1 });
    assert.equal(fleet.flood(one), 100);
  });

  it("leave no share to members that limit nothing", () => {
    const fleet = new Fleet();
    const one = fleet.start("edge-1");
    const cell = fleet.bus.join({ id: "messaging-1", role: "cell" });
    cell.set("limit/rights/spend", "messaging-1~1,0,0,0");
    cell.set("cell/load", "3");
    fleet.pass(1_000);
    assert.deepEqual(one.shares(), { processes: 1, fresh: 1 });
  });

  it("keep to the own share after the start, until as many are heard as there should be", () => {
    const fleet = new Fleet();
    const one = fleet.start("edge-1", { expectedProcesses: 4 });
    assert.equal(fleet.flood(one), 25);
  });

  it("go on counting what a process had admitted before it was started again", () => {
    const fleet = new Fleet();
    const [one, other] = [fleet.start("edge-1"), fleet.start("edge-2")];
    fleet.pass(300);
    assert.equal(fleet.flood(other), 100);
    fleet.pass(120);
    fleet.start("edge-2");
    fleet.pass(200);
    assert.deepEqual(one.shares(), { processes: 2, fresh: 2 });
    assert.ok(fleet.flood(one) <= 45, "what the earlier process admitted is in the window");
    fleet.pass(4_000);
    assert.ok(fleet.flood(one) >= 95, "and leaves it");
  });

  it("tell nobody of keys that are far from their limit, and stop telling of those at rest", () => {
    const fleet = new Fleet();
    const one = fleet.start("edge-1", { settings: { ...rule, rate: { count: 1_000, burst: 1_000 } } });
    const watcher = fleet.bus.join({ id: "edge-9" });
    const told = (): string => watcher.get("edge-1", "limit/page/0") ?? "";
    fleet.flood(one, 5);
    fleet.pass(300);
    assert.equal(told(), "");
    fleet.flood(one, 30);
    fleet.pass(300);
    assert.match(told(), /^[0-9a-z.]+$/);
    assert.ok(!told().includes(ACCOUNT.toLowerCase()));
    fleet.pass(3_000);
    assert.equal(told(), "");
    assert.equal(watcher.entries("limit/").length, 2, "a page that is overwritten, and the tick");
  });

  it("hold keys that there is no room to tell of to the own share", () => {
    const fleet = new Fleet();
    const [one] = [fleet.start("edge-1"), fleet.start("edge-2")];
    fleet.pass(300);
    const admitted = (account: number, count: number): number => {
      let admitted = 0;
      const nowMs = fleet.clock.monotonicMs();
      for (let at = 0; at < count; at += 1) {
        if (one.decide({ routeClass: "x", accountSid: `AC${account}`, nowMs }).admitted) admitted += 1;
      }
      return admitted;
    };
    for (let account = 0; account < 2_000; account += 1) admitted(account, 5);
    fleet.pass(120);
    const most = Array.from({ length: 2_000 }, (_, account) => 5 + admitted(account, 100));
    assert.equal(most.filter((count) => count === 50).length, 2_000 - 128 * 14);
    assert.equal(most.filter((count) => count >= 95).length, 128 * 14);
  });

  it("hold small limits to whole numbers by a longer window", () => {
    const fleet = new Fleet();
    const slow: LimitRule = { ...rule, rate: { count: 1, burst: 20 } };
    const [one, other] = [fleet.start("edge-1", { settings: slow }), fleet.start("edge-2", { settings: slow })];
    let admitted = 0;
    for (let second = 0; second < 60; second += 1) {
      fleet.pass(1_000);
      admitted += fleet.flood(one, 1) + fleet.flood(other, 1);
    }
    assert.ok(admitted >= 55 && admitted <= 80, `${admitted} in 60 s at 1/s with a window of 20`);
  });
});
