import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { MessagingWorld } from "../kit/messaging-world.ts";
import { ScriptedCarrier } from "../kit/scripted-carrier.ts";

/** Receipts of the flood; `RECEIPTS=1000000` for the long run. */
const RECEIPTS = Number(process.env["RECEIPTS"] ?? 120_000);
/** Receipts that come in one turn. */
const BURST = 1_000;
const BURST_EVERY_MS = 100;
/** As the module bounds them. */
const MAX_HELD_RECEIPTS = 100_000;
const CHECKPOINT_EVERY = 20_000;
/** What the flood may add to the heap, the disk in memory included. */
const MAX_HEAP_GROWTH_OCTETS = 400 * 1024 * 1024;

const QUEUED = 20_000;
const STORM_MS = 3_600_000;
const WINDOW = 100;
/** The pauses after refusals in a row: twice as long each time, up to the longest. */
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5_000;

/** The most pauses that fit into a storm, the first one at its beginning. */
function pausesIn(stormMs: number): number {
  let pauses = 0;
  let atMs = 0;
  while (atMs <= stormMs) {
    atMs += Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** pauses);
    pauses += 1;
  }
  return pauses;
}

describe("memory is bounded", () => {
  it(`under ${RECEIPTS} receipts for messages that nobody knows, and a message still gets its own`, async (t) => {
    const world = await MessagingWorld.start();
    const sid = await world.send();
    world.carrier.answer({ kind: "accepted", id: "mine" });
    await world.settle();
    const heapBefore = process.memoryUsage().heapUsed;
    let taken = 0;
    let peakHeld = 0;
    let peakHeap = 0;
    for (let n = 0; n < RECEIPTS; n += BURST) {
      for (let at = n; at < n + BURST; at += 1) {
        const to = `4477009${String(at % 100_000).padStart(5, "0")}`;
        void world.carrier.receipt({ id: `stray-${at}`, to }).then((durable) => (taken += durable ? 1 : 0));
      }
      await world.advance(BURST_EVERY_MS);
      peakHeld = Math.max(peakHeld, world.module.status().heldReceipts);
      if (n % CHECKPOINT_EVERY === 0) {
        await world.cell.checkpoint();
        peakHeap = Math.max(peakHeap, process.memoryUsage().heapUsed - heapBefore);
      }
    }
    t.diagnostic(JSON.stringify({ taken, peakHeld, peakHeapMiB: Math.round(peakHeap / 1024 / 1024) }));
    assert.equal(taken, RECEIPTS, "every receipt was acknowledged");
    assert.ok(peakHeld <= MAX_HELD_RECEIPTS, `${peakHeld} were held`);
    assert.ok(peakHeap <= MAX_HEAP_GROWTH_OCTETS, `the heap grew by ${peakHeap} octets`);
    assert.equal(await world.carrier.receipt({ id: "mine" }), true);
    await world.settle();
    assert.equal(world.status(sid), "delivered");
    await world.crash();
  });

  it("in an hour in which a carrier says of everything that it is too fast, and then it all goes out once", async (t) => {
    const carrier = new ScriptedCarrier();
    carrier.window = WINDOW;
    let storm = true;
    let submits = 0;
    const given = new Map<string, number>();
    const ids: string[] = [];
    carrier.script = ({ sid }) => {
      submits += 1;
      // The script is all that remembers: a list of millions of submits would be what grows.
      carrier.submissions.length = 0;
      if (storm) return { kind: "refused", verdict: "throttle", errorCode: 30008, status: "ESME_RTHROTTLED" };
      given.set(sid, (given.get(sid) ?? 0) + 1);
      const accepted = carrier.accept();
      ids.push(accepted.id);
      return accepted;
    };
    const world = await MessagingWorld.start({ carriers: [carrier] });
    const sids: string[] = [];
    for (let n = 0; n < QUEUED; n += 500) {
      const batch = Array.from({ length: 500 }, () => world.send({ statusCallback: undefined }));
      sids.push(...(await Promise.all(batch)));
    }
    const startedMs = world.timeMs;
    while (world.timeMs - startedMs < STORM_MS) await world.advance(10_000);
    const inStorm = submits;
    const bound = (pausesIn(STORM_MS) + 1) * WINDOW;
    t.diagnostic(JSON.stringify({ inStorm, bound }));
    assert.ok(inStorm <= bound, `${inStorm} submits in an hour, where the pauses allow ${bound}`);
    assert.ok(
      sids.every((sid) => !["failed", "undelivered"].includes(world.status(sid))),
      "none is given up",
    );
    storm = false;
    for (let n = 0; n < 600 && given.size < QUEUED; n += 1) await world.advance(1_000);
    assert.equal(given.size, QUEUED, "all went out");
    assert.ok(
      [...given.values()].every((times) => times === 1),
      "none went out twice",
    );
    for (const id of ids) void carrier.receipt({ id });
    await world.advance(1_000);
    assert.ok(
      sids.every((sid) => world.status(sid) === "delivered"),
      "all are delivered",
    );
    await world.crash();
  });
});
