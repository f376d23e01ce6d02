import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { seeded } from "../../../test/kit/memory-log.ts";
import { COUNTERS_A_PAGE, CounterPages, decodePage, encodeCounter, MAX_PAGES } from "./counter-page.ts";
import { MemoryGossip } from "../gossip/index.ts";

const clock = { monotonicMs: () => 0, after: () => ({ cancel: () => undefined }) };
const counter = { low: -5, high: 7, window: 1_763, current: 31, previous: 44, perSecond: 33.25, askedPerSecond: 100 };

describe("a page of counters", () => {
  it("is read as it was written", () => {
    assert.deepEqual(decodePage(encodeCounter(counter)), [counter]);
  });

  it("fits a gossip value, whatever the counters are", () => {
    const longest = {
      low: -1,
      high: -1,
      window: 1e15,
      current: 1e15,
      previous: 1e15,
      perSecond: 1e9,
      askedPerSecond: 1e9,
    };
    const page = Array.from({ length: COUNTERS_A_PAGE }, () => encodeCounter(longest)).join(";");
    assert.ok(page.length <= 768, `${page.length} octets`);
    assert.equal(decodePage(page).length, COUNTERS_A_PAGE);
  });

  it("gives nothing out of what is no counter, seed 8", () => {
    const random = seeded(8);
    const alphabet = "0az.;Z-\u00e9 ";
    for (let round = 0; round < 500; round += 1) {
      const text = Array.from({ length: 40 }, () => alphabet[Math.floor(random() * alphabet.length)]).join("");
      for (const { window, current } of decodePage(text))
        assert.ok(Number.isFinite(window) && Number.isFinite(current));
    }
    assert.deepEqual(decodePage("1.2.3"), []);
    assert.equal(decodePage(`${encodeCounter(counter)};`.repeat(100)).length, COUNTERS_A_PAGE);
  });

  it("is told when it changed, a bounded number at a time, and none is forgotten", () => {
    const gossip = new MemoryGossip({ clock }).join({ id: "edge-1" });
    const pages = new CounterPages(gossip);
    const entries = Array.from({ length: 10 * COUNTERS_A_PAGE }, () => ({ text: "", page: 0 }));
    for (const [at, entry] of entries.entries()) {
      assert.ok(pages.add(entry));
      pages.change(entry, `${at}`);
    }
    const told = (): number => gossip.entries("limit/page/").length;
    const steps = [4, 8, 10, 10].map((expected) => {
      pages.publish(4);
      return [told(), expected];
    });
    for (const [found, expected] of steps) assert.equal(found, expected);
    pages.remove(entries[0] ?? assert.fail());
    pages.publish(4);
    assert.equal(gossip.get("edge-1", "limit/page/0")?.split(";").length, COUNTERS_A_PAGE - 1);
  });

  it("has no room beyond its maximum", () => {
    const pages = new CounterPages(new MemoryGossip({ clock }).join({ id: "edge-1" }));
    for (let at = 0; at < MAX_PAGES * COUNTERS_A_PAGE; at += 1) assert.ok(pages.add({ text: "", page: 0 }));
    assert.equal(pages.add({ text: "", page: 0 }), false);
  });
});
