import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { maintenanceWindow } from "./carrier-fields.ts";
import { parsePattern, parseValuePath, statusRange } from "./carrier-value-path.ts";

describe("a path", () => {
  it("names members and places in lists", () => {
    const steps = (source: string) => parseValuePath(source)?.steps;
    assert.deepEqual(steps("id"), ["id"]);
    assert.deepEqual(steps("messages[0].message-id"), ["messages", 0, "message-id"]);
    assert.deepEqual(steps('[2]["a.b[0]"].@id'), [2, "a.b[0]", "@id"]);
  });

  it("is not valid where it is empty, broken, or too long", () => {
    for (const wrong of [
      "",
      ".a",
      "a.",
      "a..b",
      "a[",
      "a[x]",
      "a[1000]",
      "a b",
      'a["',
      "a".repeat(201),
      "a.".repeat(16) + "a",
    ]) {
      assert.equal(parseValuePath(wrong), undefined, wrong);
    }
  });
});

describe("a pattern", () => {
  it("finds what it should", () => {
    assert.equal(parsePattern("^OK:? (\\S+)$")?.exec("OK: 17-a")?.[1], "17-a");
    assert.equal(parsePattern("[*+{]x|(a|b)?c")?.test("+x"), true);
  });

  it("is not valid where a hostile text could make it run long", () => {
    for (const wrong of [
      "(a+)+",
      "(a|a)*b",
      "(?:x){5,}",
      "a*a*a*b",
      "(?=a)b",
      "(?<!a)b",
      "(a)\\1",
      "(",
      "x".repeat(201),
    ]) {
      assert.equal(parsePattern(wrong), undefined, wrong);
    }
  });
});

describe("a range of statuses", () => {
  it("is one status or two in their order", () => {
    const { read } = statusRange();
    assert.deepEqual(read("429", "/"), { from: 429, to: 429 });
    assert.deepEqual(read("500-599", "/"), { from: 500, to: 599 });
    for (const wrong of ["99", "600", "599-500", "4xx", ""]) assert.equal(read(wrong, "/"), undefined, wrong);
  });
});

describe("a maintenance window", () => {
  const { read, show } = maintenanceWindow();
  it("is read as days and minutes, and shown as it was written", () => {
    assert.deepEqual(read("Sun 02:00-04:00", "/"), { days: [0], fromMinute: 120, toMinute: 240 });
    assert.deepEqual(read("Fri-Mon 23:30-00:30", "/"), { days: [0, 1, 5, 6], fromMinute: 1410, toMinute: 30 });
    assert.deepEqual(read("Tue,Thu 22:00-24:00", "/")?.days, [2, 4]);
    assert.deepEqual(read("daily 03:00-03:15", "/")?.days.length, 7);
    for (const text of ["Sun 02:00-04:00", "daily 03:00-03:15", "Tue,Thu 22:00-24:00"]) {
      const window = read(text, "/");
      assert.ok(window);
      assert.equal(show?.(window), text);
    }
  });

  it("is not valid with strange days or times", () => {
    for (const wrong of [
      "Sun",
      "sun 02:00-04:00",
      "Sun 2:00-4:00",
      "Sun 02:60-04:00",
      "Sun 24:00-01:00",
      "Sun 02:00-02:00",
      "Mon-Tue-Wed 01:00-02:00",
    ]) {
      assert.equal(read(wrong, "/"), undefined, wrong);
    }
  });
});
