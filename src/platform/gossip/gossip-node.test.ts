import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { systemClock, systemDatagrams } from "../../adapters/system/index.ts";
import { GossipWorld } from "../../../test/kit/gossip-world.ts";
import { silentLogger } from "../../../test/kit/silent-logger.ts";
import { until } from "../../../test/kit/until.ts";
import { GossipNode } from "./index.ts";

const KEY = new Uint8Array(32).fill(3);
const DEPS = { clock: systemClock, datagrams: systemDatagrams, logger: silentLogger };

describe("GossipNode", () => {
  it("tells listeners of keys and members, of its own keys too, each change once", async () => {
    const world = new GossipWorld(1);
    await world.add("us1", 2);
    const [a, b] = [world.node("us1-00"), world.node("us1-01")];
    const keys: unknown[] = [];
    const members: unknown[] = [];
    const end = a.onChange("k/", ({ id }, key, value) => keys.push([id, key, value]));
    const endMembers = a.onMember(({ id, status }) => members.push([id, status]));
    world.rounds(5);
    a.set("k/own", "1");
    b.set("k/b", "1");
    b.set("other", "1");
    world.rounds(5);
    b.delete("k/b");
    world.rounds(5);
    end();
    a.set("k/own", "2");
    endMembers();
    await b.stop();
    world.rounds(5);
    assert.deepEqual(keys, [
      ["us1-00", "k/own", "1"],
      ["us1-01", "k/b", "1"],
      ["us1-01", "k/b", undefined],
    ]);
    assert.deepEqual(members, [["us1-01", "alive"]]);
    assert.equal(a.members()[0]?.id === "us1-01" ? a.members()[0]?.status : a.members()[1]?.status, "dead");
    assert.deepEqual(a.entries("other"), []);
    assert.equal(a.get("us1-01", "other"), "1");
    assert.equal(a.self.ageMs, 0);
  });

  it("has two delegates in each region, and others when those fall silent", async () => {
    const world = new GossipWorld(2);
    const ids = [...(await world.add("us1", 4)), ...(await world.add("ie1", 4))];
    world.rounds(60);
    const delegates = (): string[] => ids.filter((id) => world.node(id).stats().isDelegate);
    assert.deepEqual(delegates(), ["us1-00", "us1-01", "ie1-00", "ie1-01"]);
    world.network.crash("us1-00");
    world.rounds(40);
    assert.ok(delegates().includes("us1-02"));
  });

  it("tells a few members at the next tick what it says anew, and each of them once", async () => {
    const world = new GossipWorld(3);
    const ids = await world.add("us1", 4);
    world.rounds(30);
    for (let at = 0; at < 20; at += 1) {
      world.write("us1-02", "k", String(at));
      world.rounds(1.2);
      assert.ok(world.isConverged(ids), `after update ${at}`);
    }
  });

  it("gossips over real sockets, answers on a wildcard only with an address to show, and leaves", async () => {
    const settings = { role: "cell", region: "us1", keys: [KEY], intervalMs: 10 } as const;
    const listen = { host: "127.0.0.1", port: 0 };
    const a = new GossipNode({ id: "a", listen, ...settings }, DEPS);
    await a.start();
    assert.ok(a.address);
    const wildcard = { host: "0.0.0.0", port: 0 };
    const b = new GossipNode(
      { id: "b", listen: wildcard, advertise: { host: "127.0.0.1" }, seeds: [a.address], ...settings },
      DEPS,
    );
    await b.start();
    a.set("k", "of a");
    b.set("k", "of b");
    await until("both know", () => a.get("b", "k") === "of b" && b.get("a", "k") === "of a");
    await b.stop();
    await until("a knows that b left", () => a.members().some(({ id, status }) => id === "b" && status === "dead"));
    await a.stop();
    const lost = new GossipNode({ id: "c", listen: wildcard, ...settings }, DEPS);
    await assert.rejects(() => lost.start());
    await lost.abandon();
  });

  it("refuses settings that cannot be", () => {
    const right = {
      id: "a",
      role: "cell",
      region: "us1",
      listen: { host: "127.0.0.1", port: 0 },
      keys: [KEY],
    } as const;
    for (const wrong of [
      { id: "a b" },
      { region: "" },
      { keys: [] },
      { keys: [new Uint8Array(8)] },
      { intervalMs: 1 },
    ]) {
      assert.throws(() => new GossipNode(Object.assign({}, right, wrong), DEPS), JSON.stringify(wrong));
    }
  });
});
