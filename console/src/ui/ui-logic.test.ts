import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { filtersOf } from "./filters.ts";
import { formatCount, formatMoney } from "./numbers.ts";
import { nextRow } from "./row-keys.ts";
import { toneOfStatus } from "./status.ts";
import { formatDuration, formatGap, formatRelative, toMs } from "./times.ts";

describe("times", () => {
  it("are written in the unit that fits", () => {
    assert.deepEqual([0, 2.34, 999, 3_412, 42_000, 125_000, 3_600_000, 100 * 3_600_000].map(formatDuration), [
      "0 ms",
      "2.3 ms",
      "999 ms",
      "3.41 s",
      "42.0 s",
      "2 min 5 s",
      "1 h",
      "4 d 4 h",
    ]);
    assert.equal(formatGap(120), "+120 ms");
    assert.equal(formatGap(-5), "−5 ms");
  });

  it("are told by how long ago they were", () => {
    const now = 1_700_000_000_000;
    assert.deepEqual(
      [1_000, 12_000, 200_000, 8_000_000, 200_000_000, -60_000].map((ago) => formatRelative(now - ago, now)),
      ["now", "12 s ago", "3 min ago", "2 h ago", "2 d ago", "in 1 min"],
    );
    const ahead = [4_000, 20_000, 299_400, 3 * 3_600_000].map((ms) => formatRelative(now + ms, now));
    assert.deepEqual(ahead, ["now", "in 20 s", "in 5 min", "in 3 h"]);
    assert.equal(formatRelative(Number.NaN, now), "–");
    assert.equal(toMs("2026-03-01T00:00:00Z"), Date.UTC(2026, 2, 1));
  });
});

describe("amounts", () => {
  it("keep the micros that matter", () => {
    assert.match(formatMoney(7_900, "usd"), /0[.,]0079/);
    assert.match(formatMoney(2_500_000, "EUR"), /2[.,]50/);
    assert.equal(formatMoney(1_000_000, "nothing"), "1 nothing");
    assert.match(formatCount(1_234_567), /1.?234.?567/);
  });
});

describe("rows of a table", () => {
  it("are walked with the keys, and not beyond the ends", () => {
    assert.equal(nextRow("ArrowDown", 8, 10), 9);
    assert.equal(nextRow("j", 9, 10), 9);
    assert.equal(nextRow("k", 0, 10), 0);
    assert.equal(nextRow("End", 0, 10), 9);
    assert.equal(nextRow("PageUp", 5, 10), 0);
    assert.equal(nextRow("x", 5, 10), undefined);
  });
});

describe("statuses", () => {
  it("have a tone, and those that nobody knows a quiet one", () => {
    assert.deepEqual(["delivered", "FAILED", "queued", "surprise"].map(toneOfStatus), [
      "good",
      "bad",
      "info",
      "neutral",
    ]);
  });
});

describe("filters", () => {
  const read = (query: string) => {
    const params = new URLSearchParams(query);
    const changes: unknown[] = [];
    const filters = filtersOf(
      { tag: "Tag", domain: "DomainName", days: null },
      { get: (name) => params.get(name) ?? "", set: (change) => void changes.push(change) },
    );
    return { filters, changes };
  };

  it("are asked by their names in the API, where they are on and the API knows them", () => {
    const { filters } = read("tag=spring&days=7&tab=links");
    assert.deepEqual(filters.values, { tag: "spring", domain: "", days: "7" });
    assert.deepEqual(filters.query, { Tag: "spring" });
    assert.deepEqual(
      ["tag=spring", "days=7", "tab=links", ""].map((query) => read(query).filters.isOn),
      [true, true, false, false],
    );
  });

  it("are changed by their fields, and taken away together", () => {
    const { filters, changes } = read("tag=spring");
    filters.field("tag").onChange("summer");
    filters.clear();
    assert.deepEqual(changes, [{ tag: "summer" }, { tag: "", domain: "", days: "" }]);
    assert.equal(filters.field("tag").value, "spring");
  });
});
