import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { seeded } from "../../../test/kit/memory-log.ts";
import { Gcra, Shape, SubjectHash } from "./index.ts";

const hash = new SubjectHash(new Uint8Array(32).fill(1));

describe("a table of GCRA keys", () => {
  it("admits a burst at once and then its rate, and says what remains", () => {
    const table = new Gcra({ hash, maxKeys: 100 });
    const shape = new Shape({ count: 10, burst: 3 });
    const remaining = [0, 0, 0].map(() => table.decide("a", shape, 1_000).remaining);
    assert.deepEqual(remaining, [2, 1, 0]);
    assert.deepEqual(table.decide("a", shape, 1_000), { admitted: false, retryAfterMs: 100, remaining: 0 });
    assert.equal(table.decide("b", shape, 1_000).admitted, true);
    assert.equal(table.decide("a", shape, 1_099).admitted, false);
    assert.equal(table.decide("a", shape, 1_100).admitted, true);
    assert.equal(table.decide("a", shape, 60_000).remaining, 2);
  });

  it("admits after exactly the time that it said, for odd rates too", () => {
    for (const count of [0.2, 1, 3, 7, 9.5, 333]) {
      const table = new Gcra({ hash, maxKeys: 100 });
      const shape = new Shape({ count, burst: 2 });
      table.decide("a", shape, 5, 2);
      const { retryAfterMs } = table.decide("a", shape, 5);
      assert.equal(table.decide("a", shape, 5 + retryAfterMs * 0.99).admitted, false, `${count}/s, too early`);
      assert.equal(table.decide("a", shape, 5 + retryAfterMs).admitted, true, `${count}/s`);
    }
  });

  it("never admits more than rate and burst over any time, and no less than the rate, seed 5", () => {
    const random = seeded(5);
    const table = new Gcra({ hash, maxKeys: 100 });
    const shape = new Shape({ count: 50, burst: 5 });
    let admitted = 0;
    let nowMs = 0;
    while (nowMs < 50_000) {
      nowMs += random() * 10;
      if (table.decide("a", shape, nowMs).admitted) admitted += 1;
      assert.ok(admitted <= 5 + (50 * nowMs) / 1_000 + 1e-6);
    }
    assert.ok(admitted >= (50 * nowMs) / 1_000 - 1);
  });

  it("counts what costs more than the burst as the burst, and forbids a rate of 0", () => {
    const table = new Gcra({ hash, maxKeys: 100 });
    const shape = new Shape({ count: 10, burst: 3 });
    assert.equal(table.decide("a", shape, 0, 50).admitted, true);
    assert.equal(table.decide("a", shape, 0).retryAfterMs, 100);
    const forbidden = table.decide("b", new Shape({ count: 0 }), 0);
    assert.deepEqual(forbidden, { admitted: false, retryAfterMs: Infinity, remaining: 0 });
  });

  it("cuts what a key owes to one burst when its rate becomes faster", () => {
    const table = new Gcra({ hash, maxKeys: 100 });
    table.decide("a", new Shape({ count: 1, windowMs: 60_000, burst: 10 }), 0, 10);
    const faster = new Shape({ count: 100, burst: 10 });
    assert.equal(table.decide("a", faster, 0).retryAfterMs, 10);
    assert.equal(table.decide("a", faster, 10).admitted, true);
  });

  it("keeps as many keys apart as it has room for, and forgets only what is nearest to rest", () => {
    const table = new Gcra({ hash, maxKeys: 10_000 });
    const shape = new Shape({ count: 1, burst: 2 });
    for (let at = 0; at < 10_000; at += 1) table.decide(`key ${at}`, shape, 0, 2);
    assert.ok(table.slots.evictions < 50, `${table.slots.evictions} of 10,000 keys lost`);
    let admitted = 0;
    for (let at = 0; at < 10_000; at += 1) if (table.decide(`key ${at}`, shape, 1).admitted) admitted += 1;
    assert.ok(admitted <= 3 * table.slots.evictions, `${admitted} admitted`);
    const { evictions } = table.slots;
    for (let at = 0; at < 100_000; at += 1) table.decide(`more ${at}`, shape, 2);
    assert.ok(table.slots.evictions > evictions);
    assert.ok(table.slots.octets <= 100 * 10_000);
    assert.equal(table.slots.countUsed(10_000), 0, "nothing is swept, and nothing counts any more");
  });
});
