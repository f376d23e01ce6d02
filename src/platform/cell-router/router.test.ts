import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { silentLogger } from "../../../test/kit/silent-logger.ts";
import { ManualClock } from "../../adapters/memory/index.ts";
import { AppError } from "../../kernel/errors.ts";
import type { CellType, Home } from "../fleet/index.ts";
import { MemoryGossip } from "../gossip/index.ts";
import {
  CellRouter,
  encodeDescriptor,
  GOSSIP_DESCRIPTOR,
  MemorySharedRoutes,
  SnapshotFolder,
  type CellRouterOptions,
} from "./index.ts";
import { accountsOf, cellOf, HINTS, SampleTable, unhinted } from "./sample-table.test.ts";

const [one, two, gone] = [cellOf(1), cellOf(2), cellOf(3, { state: "removed" })];

/** A router that has started, on a clock of its own. It stops with the test. */
async function started(t: TestContext, options: Partial<CellRouterOptions> = {}) {
  const clock = new ManualClock();
  const router = new CellRouter({ clock, logger: silentLogger, hints: HINTS, ...options });
  await router.start();
  t.after(() => router.stop());
  return { clock, router };
}

/** A table with a gate, which `open` opens. */
function gated(table: SampleTable): () => void {
  let open: () => void = () => {};
  table.gate = new Promise((resolve) => {
    open = resolve;
  });
  return open;
}

async function folderOf(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "trunkline-routes-"));
  t.after(() => rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 20 }));
  return folder;
}

const isUnavailable = (error: unknown): boolean =>
  error instanceof AppError && error.code === 20503 && error.status === 503 && error.spec.retry === "later";

/** What is known at once; fails where the network was asked. */
function atOnce(router: CellRouter, key: string, type: CellType = "messaging"): Home | undefined {
  const home = router.route(key, type);
  assert.ok(!(home instanceof Promise), `${key} was looked up`);
  return home;
}

describe("a key is routed", () => {
  it("by the hint in its SID, at once and without anything else, also to a cell that drains", async (t) => {
    const { router } = await started(t, { cells: [one, { ...two, state: "draining" }] });
    assert.deepEqual(atOnce(router, accountsOf(1)()), { cell: "messaging-1", epoch: 0 });
    assert.deepEqual(atOnce(router, accountsOf(2)()), { cell: "messaging-2", epoch: 0 });
    assert.equal(router.counts.hinted, 2);
  });

  it("by what the table says against the hint, which the router follows", async (t) => {
    const table = new SampleTable(one, two);
    const mint = accountsOf(1);
    const [stays, moved] = [mint(), mint()];
    table.put(stays, "messaging-1");
    table.put(moved, "messaging-2", 2);
    const { router, clock } = await started(t, { table });
    assert.deepEqual(atOnce(router, stays), { cell: "messaging-1", epoch: 0 });
    assert.deepEqual(atOnce(router, moved), { cell: "messaging-2", epoch: 2 });
    assert.equal(router.size, 1);
    table.put(moved, "messaging-1", 3);
    await clock.advanceSettling(1_000);
    assert.deepEqual(atOnce(router, moved), { cell: "messaging-1", epoch: 3 });
    table.put(moved, undefined, 4);
    await clock.advanceSettling(1_000);
    assert.deepEqual(atOnce(router, moved), { cell: "messaging-1", epoch: 0 });
  });

  it("by a look-up where its hint names a cell that is not there, is removed, or is of another type", async (t) => {
    const verify = cellOf(4, { type: "verify" });
    const table = new SampleTable(one, gone, verify);
    const shared = new MemorySharedRoutes();
    const { router } = await started(t, { table, shared });
    const keys = [accountsOf(3)(), accountsOf(4)(), accountsOf(77)()];
    for (const key of keys) {
      table.put(key, "messaging-1");
      assert.deepEqual(await router.route(key, "messaging"), { cell: "messaging-1", epoch: 1 });
      assert.deepEqual(atOnce(router, key), { cell: "messaging-1", epoch: 1 });
      assert.deepEqual(await shared.get(key, "messaging"), { cell: "messaging-1", epoch: 1 });
    }
    assert.deepEqual(atOnce(router, keys[1] ?? "", "verify"), { cell: "verify-4", epoch: 0 });
    assert.equal(router.counts.table, 3);
  });

  it("by the shared cache before the table is asked", async (t) => {
    const table = new SampleTable(one, two);
    const shared = new MemorySharedRoutes();
    const { router } = await started(t, { table, shared });
    await shared.put("+15005550006", "messaging", { cell: "messaging-2", epoch: 5 });
    const asked = table.asked.length;
    assert.deepEqual(await router.route("+15005550006", "messaging"), { cell: "messaging-2", epoch: 5 });
    assert.equal(table.asked.length, asked);
    assert.deepEqual(atOnce(router, "+15005550006"), { cell: "messaging-2", epoch: 5 });
  });

  it("past what was said of a cell that is removed, here or in the shared cache", async (t) => {
    const table = new SampleTable(one, two);
    const shared = new MemorySharedRoutes();
    const { router, clock } = await started(t, { table, shared });
    const [here, there] = ["+15005550006", "+15005550007"];
    await shared.put(here, "messaging", { cell: "messaging-2", epoch: 1 });
    await shared.put(there, "messaging", { cell: "messaging-2", epoch: 1 });
    await router.route(here, "messaging");
    table.registered[1] = { ...two, state: "removed" };
    await clock.advanceSettling(1_000);
    const open = gated(table);
    table.put(here, "messaging-1", 2);
    table.put(there, "messaging-1", 2);
    const answers = [router.route(here, "messaging"), router.route(there, "messaging")];
    open();
    for (const answer of answers) assert.deepEqual(await answer, { cell: "messaging-1", epoch: 2 });
  });

  it("with one look-up for a thousand that come at once, and none for a key that was unknown a moment ago", async (t) => {
    const table = new SampleTable(one);
    const { router, clock } = await started(t, { table });
    const key = unhinted();
    const looks = () => table.asked.filter((question) => question.startsWith("find")).length;
    const open = gated(table);
    const answers = Array.from({ length: 1_000 }, async () => router.route(key, "messaging"));
    open();
    assert.deepEqual(new Set(await Promise.all(answers)), new Set([undefined]));
    assert.equal(looks(), 1);
    assert.equal(atOnce(router, key), undefined);
    table.put(key, "messaging-1");
    await clock.advanceSettling(1_000);
    assert.deepEqual(atOnce(router, key), { cell: "messaging-1", epoch: 1 });
    assert.equal(looks(), 1);
  });

  it("nowhere when the key is none, without any look-up", async (t) => {
    const table = new SampleTable(one);
    const { router } = await started(t, { table });
    const asked = table.asked.length;
    for (const key of ["", "a b", "x".repeat(65), "AC\n", "é", "a\tb"]) assert.equal(atOnce(router, key), undefined);
    assert.equal(table.asked.length, asked);
  });
});

describe("while the table is down", () => {
  it("what is known stays, and what is not is refused as 503 at once, until it is asked again", async (t) => {
    const table = new SampleTable(one, two);
    table.put("+15005550006", "messaging-2");
    const { router, clock } = await started(t, { table });
    table.isDown = true;
    const key = unhinted();
    await assert.rejects(async () => router.route(key, "messaging"), isUnavailable);
    void router.route(key, "messaging");
    const asked = table.asked.length;
    assert.equal(router.peek(key, "messaging"), undefined);
    await assert.rejects(async () => router.route(key, "messaging"), isUnavailable);
    await assert.rejects(() => router.assign(key, { type: "messaging", tier: "smb", region: "us1" }), isUnavailable);
    assert.equal(table.asked.length, asked);
    for (let hours = 0; hours < 24; hours += 1) await clock.advanceSettling(3_600_000);
    assert.deepEqual(atOnce(router, "+15005550006"), { cell: "messaging-2", epoch: 1 });
    assert.ok((router.tableAgeMs ?? 0) >= 24 * 3_600_000);
    table.isDown = false;
    table.put(key, "messaging-1");
    await clock.advanceSettling(15_000);
    assert.deepEqual(atOnce(router, key), { cell: "messaging-1", epoch: 1 });
  });

  it("a table that does not answer is not waited for beyond two seconds, and look-ups are bounded", async (t) => {
    const table = new SampleTable(one);
    const { router, clock } = await started(t, { table });
    const open = gated(table);
    t.after(open);
    const keys = Array.from({ length: 1_001 }, (_, number) => `+1500${String(number).padStart(7, "0")}`);
    const answers = keys.map((key) => assert.rejects(async () => router.route(key, "messaging"), isUnavailable));
    await answers[1_000];
    await clock.advanceSettling(2_000);
    await Promise.all(answers);
  });
});

describe("a cell that is not the home", () => {
  it("repairs the route with a newer epoch only, to a cell that is known", async (t) => {
    const shared = new MemorySharedRoutes();
    const { router } = await started(t, { cells: [one, two, gone], shared });
    const sid = accountsOf(1)();
    assert.equal(router.repair(sid, "messaging", { cell: "messaging-2", epoch: 0 }), false);
    assert.equal(router.repair(sid, "messaging", { cell: "messaging-9", epoch: 7 }), false);
    assert.equal(router.repair(sid, "messaging", { cell: "messaging-3", epoch: 7 }), false);
    assert.equal(router.repair(sid, "messaging", { cell: "messaging-2", epoch: Number.NaN }), false);
    assert.equal(router.repair(sid, "messaging", { cell: "messaging-2", epoch: 2 }), true);
    assert.deepEqual(atOnce(router, sid), { cell: "messaging-2", epoch: 2 });
    assert.deepEqual(await shared.get(sid, "messaging"), { cell: "messaging-2", epoch: 2 });
    assert.equal(router.repair(sid, "messaging", { cell: "messaging-1", epoch: 1 }), false);
    assert.equal(router.repair(sid, "messaging", { cell: "messaging-1", epoch: 3 }), true);
    assert.deepEqual(atOnce(router, sid), { cell: "messaging-1", epoch: 3 });
    assert.equal(router.counts.repaired, 2);
  });

  it("that does not know who is has the table asked, past the shared cache, unless the table is down", async (t) => {
    const table = new SampleTable(one, two);
    const shared = new MemorySharedRoutes();
    const { router, clock } = await started(t, { table, shared });
    const sid = accountsOf(1)();
    await shared.put(sid, "messaging", { cell: "messaging-1", epoch: 1 });
    table.put(sid, "messaging-2", 2);
    assert.deepEqual(await router.refresh(sid, "messaging"), { cell: "messaging-2", epoch: 2 });
    assert.deepEqual(await shared.get(sid, "messaging"), { cell: "messaging-2", epoch: 2 });
    table.isDown = true;
    await shared.put(sid, "messaging", { cell: "messaging-1", epoch: 3 });
    assert.deepEqual(await router.refresh(sid, "messaging"), { cell: "messaging-1", epoch: 3 });
    await assert.rejects(() => router.refresh(accountsOf(2)(), "messaging"), isUnavailable);
    table.isDown = false;
    await clock.advanceSettling(20_000);
    assert.equal(await router.refresh(accountsOf(2)(), "messaging"), undefined);
  });
});

describe("an account without a home", () => {
  it("gets one, the same for all that ask, and keeps it", async (t) => {
    const table = new SampleTable(one, cellOf(4, { type: "verify" }));
    const { router } = await started(t, { table });
    const sid = accountsOf(1)();
    assert.equal(await router.route(sid, "verify"), undefined);
    const wish = { type: "verify", tier: "smb", region: "us1" } as const;
    const homes = await Promise.all(Array.from({ length: 100 }, () => router.assign(sid, wish)));
    assert.deepEqual(new Set(homes.map(({ cell }) => cell)), new Set(["verify-4"]));
    assert.equal(table.asked.filter((question) => question.startsWith("assign")).length, 1);
    assert.deepEqual(atOnce(router, sid, "verify"), { cell: "verify-4", epoch: 1 });
    const nowhere = { type: "async", tier: "smb", region: "us1" } as const;
    await assert.rejects(() => router.assign(sid, nowhere), /No async cell of the tier smb in the region us1/);
    assert.deepEqual(await router.assign(unhinted(), { ...wish }), { cell: "verify-4", epoch: 1 });
  });
});

describe("cells are known", () => {
  it("from gossip, which knows their address better than the registry, and nothing else", async (t) => {
    const clock = new ManualClock();
    const bus = new MemoryGossip({ clock });
    const [edge, cell] = [bus.join({ id: "edge-1" }), bus.join({ id: "messaging-2", role: "cell" })];
    const table = new SampleTable(one, { ...two, state: "draining" });
    const { router } = await started(t, { table, gossip: edge });
    const address = { host: "10.0.0.2", port: 4_444 };
    cell.set(GOSSIP_DESCRIPTOR, encodeDescriptor({ ...two, address }));
    bus.deliver();
    assert.deepEqual(router.cell("messaging-2"), { ...two, state: "draining", address });
    cell.set(GOSSIP_DESCRIPTOR, encodeDescriptor({ ...two, number: 1, address: { host: "10.0.0.3", port: 1 } }));
    bus.deliver();
    assert.deepEqual(router.cell("messaging-2"), { ...two, state: "draining" });
    cell.set(GOSSIP_DESCRIPTOR, "{}");
    cell.set(`${GOSSIP_DESCRIPTOR}s`, encodeDescriptor(cellOf(9)));
    bus.deliver();
    assert.deepEqual(
      router.cells().map(({ name }) => name),
      ["messaging-1", "messaging-2"],
    );
  });

  it("from gossip alone, which names a cell before there is a registry", async (t) => {
    const bus = new MemoryGossip({ clock: new ManualClock() });
    const edge = bus.join({ id: "edge-1" });
    bus.join({ id: "messaging-2", role: "cell" }).set(GOSSIP_DESCRIPTOR, encodeDescriptor(two));
    bus.deliver();
    const { router } = await started(t, { gossip: edge });
    assert.deepEqual(atOnce(router, accountsOf(2)()), { cell: "messaging-2", epoch: 0 });
  });
});

describe("a router that starts again", () => {
  it("knows every home and cell from its snapshot, with table, shared cache and gossip down", async (t) => {
    const folder = await folderOf(t);
    const table = new SampleTable(one, two, cellOf(4, { type: "verify" }));
    const mint = accountsOf(1);
    const accounts = Array.from({ length: 3_000 }, mint);
    for (const [at, sid] of accounts.entries()) {
      if (at % 3 === 0) table.put(sid, "messaging-2", 2);
      table.put(sid, "verify-4", 1, "verify");
    }
    const snapshot = () => new SnapshotFolder(folder, silentLogger);
    const first = new CellRouter({
      clock: new ManualClock(),
      logger: silentLogger,
      hints: HINTS,
      table,
      snapshot: snapshot(),
    });
    await first.start();
    const repaired = mint();
    assert.ok(first.repair(repaired, "messaging", { cell: "messaging-2", epoch: 9 }));
    await first.stop();
    table.isDown = true;
    const { router, clock } = await started(t, { table, snapshot: snapshot() });
    for (const [at, sid] of accounts.entries()) {
      const expected = at % 3 === 0 ? { cell: "messaging-2", epoch: 2 } : { cell: "messaging-1", epoch: 0 };
      assert.deepEqual(atOnce(router, sid), expected);
      assert.deepEqual(atOnce(router, sid, "verify"), { cell: "verify-4", epoch: 1 });
    }
    assert.deepEqual(atOnce(router, repaired), { cell: "messaging-2", epoch: 9 });
    assert.equal(router.cell("messaging-2")?.address.port, 9_002);

    table.isDown = false;
    const asked = table.asked.length;
    await clock.advanceSettling(30_000);
    assert.ok(table.asked.length > asked);
    table.restore();
    table.put("+15005550006", "messaging-1");
    await clock.advanceSettling(2_000);
    assert.deepEqual(atOnce(router, "+15005550006"), { cell: "messaging-1", epoch: 1 });
    await router.stop();
  });

  it("reads the generation before when the newest is damaged in any octet, or cut short", async (t) => {
    const folder = await folderOf(t);
    const snapshot = new SnapshotFolder(folder, silentLogger);
    const homesOf = (cell: string) => [["messaging", "+15005550006", { cell, epoch: 1 }] as const];
    await snapshot.write({ cursor: "a", cells: [one], homes: homesOf("messaging-1") });
    await snapshot.write({ cursor: "b", cells: [one, two], homes: homesOf("messaging-2") });
    await snapshot.write({ cursor: "c", cells: [one, two], homes: homesOf("messaging-3") });
    const names = (await readdir(folder)).toSorted();
    assert.equal(names.length, 2);
    const newest = join(folder, names[1] ?? "");
    const whole = await readFile(newest);
    const read = () => new SnapshotFolder(folder, silentLogger).read();
    assert.equal((await read())?.cursor, "c");
    for (let at = 0; at < whole.length; at += 1) {
      const damaged = Buffer.from(whole);
      damaged[at] = (damaged[at] ?? 0) ^ 0x10;
      await writeFile(newest, damaged);
      const found = await read();
      assert.deepEqual([found?.cursor, ...(found?.homes ?? [])], ["b", ...homesOf("messaging-2")], `octet ${at}`);
    }
    await writeFile(newest, whole);
    for (const octets of [whole.length - 1, 70, 1, 0]) {
      await truncate(newest, octets);
      assert.equal((await read())?.cursor, "b", `${octets} octets`);
    }
    const again = new SnapshotFolder(folder, silentLogger);
    await again.read();
    await again.write({ cursor: "d", cells: [], homes: [] });
    assert.equal((await read())?.cursor, "d");
    assert.deepEqual((await readdir(folder)).toSorted(), [names[0], "routes-000000000004.snapshot"]);
  });

  it("writes at most once a second, only when something changed, and goes on without a disk", async (t) => {
    const folder = await folderOf(t);
    const table = new SampleTable(one, two);
    const snapshot = new SnapshotFolder(folder, silentLogger);
    let writes = 0;
    const write = snapshot.write.bind(snapshot);
    let isFull = false;
    let isWriting = false;
    snapshot.write = async (content) => {
      writes += 1;
      if (isFull) throw new Error("the disk is full");
      isWriting = true;
      await write(content);
      isWriting = false;
    };
    const { router, clock } = await started(t, { table, snapshot });
    const settle = async (ms: number): Promise<void> => {
      await clock.advanceSettling(ms);
      while (isWriting) await clock.advanceSettling(0);
    };
    await settle(0);
    const before = writes;
    assert.equal(before, 1);
    for (let change = 0; change < 20; change += 1) {
      router.repair(`+1500555000${change % 10}`, "messaging", { cell: "messaging-2", epoch: change + 1 });
      await settle(100);
    }
    assert.ok(writes - before >= 1 && writes - before <= 3, `${writes - before} in two seconds`);
    await settle(5_000);
    const quiet = writes;
    await settle(60_000);
    assert.equal(writes, quiet);
    isFull = true;
    router.repair("+15005550009", "messaging", { cell: "messaging-1", epoch: 99 });
    await settle(10_000);
    assert.ok(writes - quiet >= 2);
    assert.deepEqual(atOnce(router, "+15005550009"), { cell: "messaging-1", epoch: 99 });
    isFull = false;
    await settle(2_000);
    await router.stop();
    assert.equal((await new SnapshotFolder(folder, silentLogger).read())?.cursor, "0 0");
  });
});

describe("homes beyond the room for them", () => {
  it("are a cache, which keeps the routes right by asking again", async (t) => {
    const table = new SampleTable(one, two);
    const keys = Array.from({ length: 50 }, (_, number) => `+150055500${String(number).padStart(2, "0")}`);
    for (const key of keys) table.put(key, "messaging-2");
    const { router } = await started(t, { table, limits: { maxFollowed: 10, maxCached: 10 } });
    assert.ok(router.size <= 20, `${router.size}`);
    for (const key of keys) assert.deepEqual(await router.route(key, "messaging"), { cell: "messaging-2", epoch: 1 });
    assert.ok(router.size <= 20, `${router.size}`);
  });
});
