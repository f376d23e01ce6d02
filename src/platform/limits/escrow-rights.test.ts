import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { settle } from "../../../test/kit/memory-log.ts";
import { ManualClock } from "../../adapters/memory/index.ts";
import { MemoryGossip } from "../gossip/index.ts";
import { EscrowRights, type RightsPeers, type RightsStore, type StoredRights } from "./index.ts";
import { decodeRow, encodeRow, mergeRows } from "./rights-row.ts";

class MemoryRights implements RightsStore {
  readonly saved = new Map<string, StoredRights>();
  fails = false;

  load(cap: string): Promise<StoredRights | undefined> {
    return Promise.resolve(this.saved.get(cap));
  }

  save(cap: string, rights: StoredRights): Promise<void> {
    if (this.fails) return Promise.reject(new Error("the disk is full"));
    this.saved.set(cap, rights);
    return Promise.resolve();
  }
}

class World {
  readonly clock = new ManualClock();
  readonly bus = new MemoryGossip({ clock: this.clock });
  readonly open = new Map<string, EscrowRights>();
  /** Members that cannot be asked. */
  readonly deaf = new Set<string>();
  readonly stores = new Map<string, MemoryRights>();
  readonly peers: RightsPeers = {
    ask: async (memberId, request) =>
      this.deaf.has(memberId) ? undefined : await this.open.get(memberId)?.answer(request),
  };

  async start(id: string, leaseMs?: number): Promise<EscrowRights> {
    const store = this.stores.get(id) ?? new MemoryRights();
    this.stores.set(id, store);
    const options = {
      cap: "spend.AC1.2026-08",
      gossip: this.bus.join({ id }),
      peers: this.peers,
      clock: this.clock,
      store,
    };
    const rights = await EscrowRights.open({ ...options, ...(leaseMs === undefined ? {} : { leaseMs }) });
    this.open.set(id, rights);
    return rights;
  }

  async pass(ms: number): Promise<void> {
    for (let at = 0; at < ms; at += 100) {
      this.clock.advance(100);
      this.bus.deliver();
      await settle(5);
    }
  }
}

/** Uses rights one by one, waiting as a caller would, until none come for two seconds. */
async function drain(world: World, rights: readonly EscrowRights[]): Promise<number> {
  let used = 0;
  for (let idle = 0; idle < 20; idle += 1) {
    for (const each of rights) {
      while (each.consume(1)) {
        used += 1;
        idle = 0;
      }
    }
    await world.pass(100);
  }
  return used;
}

describe("escrowed rights", () => {
  it("let every process use the whole cap, and all together no more than that", async () => {
    const world = new World();
    const all = [await world.start("cell-1"), await world.start("cell-2"), await world.start("cell-3")];
    const [home, second, third] = all as [EscrowRights, EscrowRights, EscrowRights];
    await home.grant(1_000);
    await world.pass(500);
    assert.ok(second.available > 0 && third.available > 0, "some are asked for before they are needed");
    assert.equal(await drain(world, [third]), 1_000);
    assert.equal(third.consume(1), false);
    await home.grant(300);
    assert.equal(await drain(world, all), 300);
    for (const rights of all) await rights.close();
  });

  it("use only what is here while nobody can be asked", async () => {
    const world = new World();
    const [home, other] = [await world.start("cell-1"), await world.start("cell-2")];
    await home.grant(1_000);
    await world.pass(500);
    world.deaf.add("cell-1").add("cell-2");
    const here = other.available;
    assert.equal(await drain(world, [other]), here);
    assert.equal(await drain(world, [home]), 1_000 - here);
  });

  it("survive a restart: what was used stays used, and little of the rest is lost", async () => {
    const world = new World();
    const home = await world.start("cell-1");
    await home.grant(1_000);
    let used = 0;
    for (; used < 300; used += 1) {
      if (home.consume(1)) continue;
      used -= 1;
      await world.pass(100);
    }
    // Killed: nothing is closed.
    const again = await world.start("cell-1");
    const more = await drain(world, [again]);
    assert.ok(more <= 700 && more >= 600, `${more} after the restart`);
  });

  it("tell nobody of a gift that is not on disk", async () => {
    const world = new World();
    const home = await world.start("cell-1");
    await home.grant(100);
    const store = world.stores.get("cell-1") ?? assert.fail();
    store.fails = true;
    const request = { cap: "spend.AC1.2026-08", slot: "cell-2~1", wanted: 10 };
    assert.equal(await home.answer(request), undefined);
    store.fails = false;
    await world.pass(500);
    const row = decodeRow((await home.answer(request)) ?? "");
    assert.equal(row?.given.get("cell-2~1"), 20);
  });

  it("come back when a lease ends, is released, or its process is gone", async () => {
    const world = new World();
    const home = await world.start("cell-1", 10_000);
    await home.grant(3);
    await world.pass(300);
    const acquire = async (rights: EscrowRights): Promise<number> => {
      let open = 0;
      for (let turn = 0; turn < 10; turn += 1) {
        while (rights.acquire(1) !== undefined) open += 1;
        await world.pass(100);
      }
      return open;
    };
    const first = home.acquire(1) ?? assert.fail();
    assert.equal(await acquire(home), 2);
    home.release(first);
    home.release(first);
    assert.equal(await acquire(home), 1);
    await world.pass(11_000);
    assert.equal(home.renew(first), false);
    assert.equal(await acquire(home), 3);
    const again = await world.start("cell-1", 10_000);
    assert.equal(await acquire(again), 0, "what was open may still be open");
    await world.pass(11_000);
    assert.equal(await acquire(again), 3);
  });
});

describe("a row of rights", () => {
  const one = { slot: "a~1", granted: 10, used: 3, returned: 0, given: new Map([["b~1", 4]]) };
  const other = {
    slot: "a~1",
    granted: 8,
    used: 5,
    returned: 1,
    given: new Map([
      ["b~1", 2],
      ["c~1", 7],
    ]),
  };

  it("merges the same in any order and any number of times", () => {
    const merged = mergeRows(one, other);
    assert.deepEqual(mergeRows(other, one).given.get("c~1"), 7);
    assert.deepEqual(mergeRows(merged, one), merged);
    assert.deepEqual([merged.granted, merged.used, merged.returned, merged.given.get("b~1")], [10, 5, 1, 4]);
  });

  it("is read as it was written, and nothing else is read", () => {
    assert.deepEqual(decodeRow(encodeRow(other)), other);
    for (const text of [
      "",
      "a~1",
      "a~1,1,2",
      "a~1,1,2,-3",
      "a~1,1,2,3,b",
      "a~1,1,2,3,b~1=",
      "a b~1,1,2,3",
      "x".repeat(900),
    ]) {
      assert.equal(decodeRow(text), undefined, text);
    }
  });

  it("fits a gossip value with any number of gifts, and never leaves out the one that was asked for", () => {
    const given = new Map(Array.from({ length: 256 }, (_, at) => [`member-${at}~0`, at + 1]));
    const text = encodeRow({ ...one, given }, "member-0~0");
    assert.ok(text.length <= 768);
    assert.equal(decodeRow(text)?.given.get("member-0~0"), 1);
  });
});
