import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { OwnerState } from "../../protocols/gossip/index.ts";
import { ArrivalWindow } from "./arrival-window.ts";
import { Membership } from "./membership.ts";

const OPTIONS = { intervalMs: 100, suspectPhi: 8, suspicionMs: 3_000, graceMs: 60_000 };

function watch(): { membership: Membership; owner: OwnerState; seen: string[]; beat: (nowMs: number) => void } {
  const seen: string[] = [];
  const membership = new Membership(OPTIONS, {
    statusChanged: ({ status }) => seen.push(status),
    forgotten: () => seen.push("forgotten"),
  });
  const owner = new OwnerState({ id: "a", role: "cell", region: "us1", host: "10.0.0.1", port: 1 }, 1);
  membership.introduced(owner, 0);
  const beat = (nowMs: number): void => {
    membership.heard(owner, { heartbeat: owner.heartbeat + 1, condition: "alive" }, nowMs);
  };
  return { membership, owner, seen, beat };
}

describe("ArrivalWindow", () => {
  it("gives φ by the usual pace: 8 after 18.4 intervals of it", () => {
    const arrivals = new ArrivalWindow(100);
    for (let at = 0; at < 500; at += 1) arrivals.add(150);
    assert.ok(Math.abs(arrivals.meanMs - 147) < 1);
    assert.ok(arrivals.phi(18 * 147) < 8);
    assert.ok(arrivals.phi(19 * 147) > 8);
  });

  it("takes no pace as faster than the expected one, none as much slower, and outages for none", () => {
    const arrivals = new ArrivalWindow(100);
    for (let at = 0; at < 200; at += 1) arrivals.add(1);
    assert.equal(arrivals.meanMs, 100);
    for (let at = 0; at < 200; at += 1) arrivals.add(999);
    assert.equal(arrivals.meanMs, 400);
    arrivals.clear();
    for (let at = 0; at < 200; at += 1) arrivals.add(5_000);
    assert.equal(arrivals.meanMs, 100);
  });
});

describe("Membership", () => {
  it("goes from alive over suspect and dead to forgotten, tells others of it for half of the grace", () => {
    const { membership, owner, seen } = watch();
    for (let nowMs = 0; nowMs < 100_000; nowMs += 100) {
      membership.judge(nowMs);
      const deadMs = nowMs - 5_000;
      if (deadMs > 0 && deadMs < 29_000) assert.ok(owner.isAdvertised);
      if (deadMs > 31_000) assert.ok(!owner.isAdvertised);
    }
    assert.deepEqual(seen, ["alive", "suspect", "dead", "forgotten"]);
    assert.equal(membership.size, 0);
  });

  it("takes a suspect and a dead one back by a newer heartbeat, not by an old one or by news of its death", () => {
    const { membership, owner, seen, beat } = watch();
    membership.judge(2_000);
    beat(2_100);
    membership.judge(4_000);
    membership.judge(8_000);
    membership.heard(owner, { heartbeat: owner.heartbeat, condition: "alive" }, 8_100);
    membership.heard(owner, { heartbeat: owner.heartbeat + 5, condition: "dead" }, 8_100);
    assert.deepEqual(seen, ["alive", "suspect", "alive", "suspect", "dead"]);
    beat(8_200);
    assert.equal(seen.at(-1), "alive");
    assert.equal(owner.condition, "alive");
  });

  it("does not take back who left, until it starts again", () => {
    const { membership, owner, seen, beat } = watch();
    membership.left(owner, 100);
    beat(200);
    assert.deepEqual(seen, ["alive", "dead"]);
    owner.condition = "alive";
    membership.introduced(owner, 300);
    assert.equal(seen.at(-1), "alive");
  });

  it("does not take its own pause for the silence of others", () => {
    const { membership, seen, beat } = watch();
    for (let nowMs = 100; nowMs <= 1_000; nowMs += 100) beat(nowMs);
    membership.noteLateness(60_000, 61_100);
    membership.judge(61_100);
    assert.deepEqual(seen, ["alive"]);
    beat(61_150);
    assert.equal(membership.counts.pauses, 1);
  });

  it("is more patient for as long as it is late itself", () => {
    const { membership, seen } = watch();
    for (let at = 1; at <= 8; at += 1) membership.noteLateness(101, 0);
    membership.judge(5_000);
    assert.deepEqual(seen, ["alive"]);
    membership.judge(6_000);
    assert.deepEqual(seen, ["alive", "suspect"]);
  });
});
