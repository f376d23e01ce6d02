import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ManualClock } from "../../adapters/memory/index.ts";
import { MemoryGossip } from "../gossip/index.ts";
import { InvalidationFollower } from "./invalidation-follower.ts";
import { InvalidationLog, PAGE_ENTRIES, PAGES, readPage } from "./invalidation-log.ts";
import { hashOfKey } from "./key-hash.ts";

const NAME = "things";

function sample() {
  const bus = new MemoryGossip({ clock: new ManualClock() });
  const publisher = (): InvalidationLog =>
    new InvalidationLog({ gossip: bus.join({ id: "cell-1", role: "cell" }), name: NAME });
  const heard: number[] = [];
  const missed = { count: 0 };
  const follower = new InvalidationFollower({
    gossip: bus.join({ id: "edge-1" }),
    name: NAME,
    onInvalidation: (hash) => void heard.push(hash),
    onMissed: () => void (missed.count += 1),
  });
  const publish = (log: InvalidationLog, from: number, to: number): void => {
    for (let at = from; at < to; at += 1) log.publish(`k${at}`);
  };
  const hashes = (from: number, to: number): number[] =>
    Array.from({ length: to - from }, (_, at) => hashOfKey(`k${from + at}`, 0));
  return { bus, publisher, follower, heard, missed, publish, hashes };
}

describe("the log of invalidations", () => {
  it("is heard once and in order, however much comes at one time", () => {
    const { bus, publisher, heard, missed, publish, hashes } = sample();
    const log = publisher();
    let at = 0;
    for (const count of [0, 1, 0, 5, PAGE_ENTRIES - 6, 1, 300, PAGE_ENTRIES * (PAGES - 1), 7]) {
      publish(log, at, at + count);
      at += count;
      bus.deliver();
      assert.equal(heard.length, at);
    }
    assert.deepEqual(heard, hashes(0, at));
    assert.equal(missed.count, 0);
  });

  it("says when more was missed than it holds, and goes on from there", () => {
    const { bus, publisher, heard, missed, publish } = sample();
    const log = publisher();
    publish(log, 0, 10);
    bus.deliver();
    bus.partition(["edge-1"]);
    publish(log, 10, 10 + PAGE_ENTRIES * (PAGES + 1));
    bus.deliver();
    bus.heal();
    bus.deliver();
    assert.equal(missed.count, 1);
    const before = heard.length;
    publish(log, 0, 5);
    bus.deliver();
    assert.equal(heard.length, before + 5);
    assert.equal(missed.count, 1);
  });

  it("says that something may have been missed when its publisher starts anew, unless it heard how the earlier one ended", () => {
    const { bus, publisher, heard, missed, publish } = sample();
    const first = publisher();
    publish(first, 0, 3);
    bus.deliver();
    const second = publisher();
    bus.deliver();
    assert.equal(missed.count, 1);
    publish(second, 0, 4);
    second.close();
    bus.deliver();
    publish(publisher(), 0, 5);
    bus.deliver();
    assert.equal(missed.count, 1);
    assert.equal(heard.length, 12);
  });

  it("goes on counting where an earlier one of the same process stopped", () => {
    const { bus, heard, missed, publish } = sample();
    const gossip = bus.join({ id: "cell-2", role: "cell" });
    for (const count of [3, PAGE_ENTRIES - 3, 200]) {
      const log = new InvalidationLog({ gossip, name: NAME });
      publish(log, 0, count);
      log.close();
      bus.deliver();
    }
    assert.equal(heard.length, PAGE_ENTRIES + 200);
    assert.equal(missed.count, 0);
  });

  it("reads no page that is none", () => {
    for (const text of ["", "5", "x.AAAA", "5.AAAA", "-1.", `1.${"A".repeat(700)}`]) {
      assert.equal(readPage(text), undefined, text);
    }
    assert.deepEqual(readPage("7.AQAAAA=="), { first: 7, hashes: Int32Array.of(1) });
  });
});
