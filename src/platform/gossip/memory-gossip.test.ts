import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ManualClock } from "../../adapters/memory/index.ts";
import { MemoryGossip } from "./memory-gossip.ts";

describe("MemoryGossip", () => {
  it("tells everybody in one step, and listeners once for each change", () => {
    const bus = new MemoryGossip({ clock: new ManualClock() });
    const a = bus.join({ id: "a", role: "cell", region: "ie1" });
    const b = bus.join({ id: "b" });
    const heard: unknown[] = [];
    b.onChange("limit/", (member, key, value) => heard.push([member.id, key, value]));
    a.set("limit/x", "1");
    a.set("limit/x", "2");
    a.set("other", "3");
    assert.equal(b.get("a", "limit/x"), undefined);
    bus.deliver();
    bus.deliver();
    a.delete("limit/x");
    bus.deliver();
    assert.deepEqual(heard, [
      ["a", "limit/x", "2"],
      ["a", "limit/x", undefined],
    ]);
    assert.deepEqual(b.entries(""), [{ member: b.members()[1], key: "other", value: "3" }]);
    assert.equal(b.members()[1]?.region, "ie1");
  });

  it("delays each direction of a pair by its own time", () => {
    const clock = new ManualClock();
    const bus = new MemoryGossip({ clock, delayMs: 60 });
    const [a, b] = [bus.join({ id: "a" }), bus.join({ id: "b" })];
    bus.setDelay("b", "a", 10);
    a.set("k", "of a");
    b.set("k", "of b");
    bus.deliver();
    clock.advance(10);
    bus.deliver();
    assert.equal(a.get("b", "k"), "of b");
    assert.equal(b.get("a", "k"), undefined);
    clock.advance(50);
    bus.deliver();
    assert.equal(b.get("a", "k"), "of a");
  });

  it("keeps groups apart until healed, and finds those of the other group dead meanwhile", () => {
    const clock = new ManualClock();
    const bus = new MemoryGossip({ clock, intervalMs: 100 });
    const [a, b, c] = ["a", "b", "c"].map((id) => bus.join({ id }));
    assert.ok(a && b && c);
    clock.advance(100);
    const statuses: string[] = [];
    a.onMember(({ id, status }) => statuses.push(`${id} ${status}`));
    bus.partition(["a"]);
    c.set("k", "v");
    clock.advance(6_000);
    assert.equal(b.get("c", "k"), "v");
    assert.equal(a.get("c", "k"), undefined);
    assert.deepEqual(statuses, ["b suspect", "c suspect", "b dead", "c dead"]);
    assert.deepEqual(a.entries(""), []);
    bus.heal();
    clock.advance(100);
    assert.equal(a.get("c", "k"), "v");
    assert.deepEqual(statuses.slice(4), ["b alive", "c alive"]);
    bus.stop();
  });

  it("forgets what an earlier process of the same id said", () => {
    const bus = new MemoryGossip({ clock: new ManualClock() });
    const a = bus.join({ id: "a" });
    bus.join({ id: "b" }).set("old", "1");
    bus.deliver();
    const heard: unknown[] = [];
    a.onChange("", (member, key, value) => heard.push([member.generation, key, value]));
    bus.kill("b");
    bus.join({ id: "b" }).set("new", "2");
    bus.deliver();
    assert.deepEqual(heard, [
      [2, "old", undefined],
      [2, "new", "2"],
    ]);
    assert.equal(a.get("b", "old"), undefined);
  });

  it("refuses keys and values beyond the limits", () => {
    const a = new MemoryGossip({ clock: new ManualClock() }).join({ id: "a" });
    assert.throws(() => a.set("with space", "1"));
    assert.throws(() => a.set("k".repeat(129), "1"));
    assert.throws(() => a.set("k", "é".repeat(385)));
    assert.throws(() => a.set("k", "\ud800"));
    a.set("k", "é".repeat(384));
  });
});
