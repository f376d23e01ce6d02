import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ManualClock } from "../../adapters/memory/index.ts";
import { MemoryGossip } from "../gossip/index.ts";
import { CountMin } from "./count-min.ts";
import { Fences, MAX_FENCES } from "./fences.ts";
import { hashOfKey } from "./key-hash.ts";
import { Owners } from "./owners.ts";

describe("Owners", () => {
  it("share keys out evenly among living members of the role and region, and move only the keys of who leaves", () => {
    const clock = new ManualClock();
    const bus = new MemoryGossip({ clock, suspectAfterMs: 200, deadAfterMs: 500 });
    const gossip = bus.join({ id: "edge-1" });
    for (const id of ["edge-2", "edge-3", "edge-4", "edge-5"]) bus.join({ id });
    bus.join({ id: "cell-1", role: "cell" });
    bus.join({ id: "edge-6", region: "ie1" });
    const owners = new Owners({ gossip, role: "edge", region: "us1" });
    assert.deepEqual(owners.ids, ["edge-1"]);
    bus.deliver();
    assert.deepEqual(owners.ids, ["edge-1", "edge-2", "edge-3", "edge-4", "edge-5"]);
    const hashes = Array.from({ length: 10_000 }, (_, at) => hashOfKey(`AC${at}`, 0));
    const before = hashes.map((hash) => owners.ownerOf(hash));
    for (const id of owners.ids) {
      const owned = before.filter((owner) => owner === id).length;
      assert.ok(owned > 1_800 && owned < 2_200, `${id} owns ${owned} of 10,000`);
    }
    bus.kill("edge-4");
    clock.advance(300);
    bus.deliver();
    assert.equal(owners.ids.length, 5, "who is suspect still owns");
    clock.advance(300);
    bus.deliver();
    assert.deepEqual(owners.ids, ["edge-1", "edge-2", "edge-3", "edge-5"]);
    for (const [at, hash] of hashes.entries()) {
      if (before[at] !== "edge-4") assert.equal(owners.ownerOf(hash), before[at]);
    }
    owners.close();
  });

  it("are nobody where there is no member of the role", () => {
    const gossip = new MemoryGossip({ clock: new ManualClock() }).join({ id: "cell-1", role: "cell" });
    assert.equal(new Owners({ gossip, role: "edge", region: "us1" }).ownerOf(5), undefined);
  });
});

describe("hashOfKey", () => {
  it("is the same in every release, since processes of two releases share keys", () => {
    assert.deepEqual(
      ["", "AC1", "+15005550006"].map((key) => hashOfKey(key, 0)),
      [-1421968373, -574259412, 744115538],
    );
    assert.notEqual(hashOfKey("AC1", 1), hashOfKey("AC1", 0));
  });
});

describe("CountMin", () => {
  it("counts uses of the last seconds, never too few", () => {
    const uses = new CountMin();
    const hot = hashOfKey("hot", 0);
    for (let at = 0; at < 100; at += 1) uses.add(hot, 0);
    for (let at = 0; at < 1_000; at += 1) uses.add(hashOfKey(`cold ${at}`, 0), 0);
    assert.ok(uses.count(hot) >= 100);
    const cold = Array.from({ length: 1_000 }, (_, at) => uses.count(hashOfKey(`cold ${at}`, 0)));
    assert.ok(cold.filter((count) => count > 3).length < 20);
    assert.ok(uses.add(hot, 1_000) <= 60);
    assert.equal(uses.add(hot, 60_000), 1);
  });
});

describe("Fences", () => {
  it("know the last invalidations one by one, and of all others that they were not later than those", () => {
    const fences = new Fences();
    assert.equal(fences.stampOf(1), 0);
    assert.equal(fences.timeOf(1), -Infinity);
    fences.add(1, 1, 10);
    fences.add(2, 2, 20);
    fences.add(1, 3, 30);
    assert.deepEqual([fences.stampOf(1), fences.timeOf(1), fences.stampOf(3)], [3, 30, 0]);
    for (let at = 0; at < MAX_FENCES - 2; at += 1) fences.add(1_000 + at, 4 + at, 40 + at);
    assert.deepEqual([fences.stampOf(1), fences.timeOf(1)], [3, 30], "its older fence is gone, its newer one stands");
    assert.equal(fences.stampOf(3), 0);
    fences.add(5, 1e6, 1e6);
    assert.deepEqual([fences.stampOf(3), fences.timeOf(2)], [2, 20]);
    fences.addAll(2e6, 2e6);
    assert.deepEqual([fences.stampOf(5), fences.timeOf(3)], [2e6, 2e6]);
  });
});
