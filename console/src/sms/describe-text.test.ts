import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { describeText, MAX_FOREIGN } from "./describe-text.ts";

describe("a text that is typed", () => {
  it("is counted in septets, and in segments as it will be cut", () => {
    const { encoding, segments, used, capacity } = describeText("Hello [you]");
    assert.deepEqual([encoding, segments, used, capacity], ["GSM-7", 1, 13, 160]);
    const long = describeText("a".repeat(161));
    assert.deepEqual([long.segments, long.used, long.capacity], [2, 161, 306]);
    assert.equal(describeText("").segments, 0);
  });

  it("names the characters that forced UCS-2, each once and whole", () => {
    const { encoding, foreign, used, capacity } = describeText("Zażółć ☀️ ☀️ 👩‍👧");
    assert.deepEqual(foreign, ["ż", "ó", "ł", "ć", "☀️", "👩‍👧"]);
    assert.deepEqual([encoding, used, capacity], ["UCS-2", 18, 70]);
  });

  it("names no more than can be shown", () => {
    assert.equal(describeText("абвгдежзийклмнопрст").foreign.length, MAX_FOREIGN);
  });

  it("says when smart encoding keeps it in GSM-7", () => {
    const smart = describeText("“Nine” – sharp", true);
    assert.deepEqual([smart.encoding, smart.isReplaced, smart.foreign], ["GSM-7", true, []]);
    assert.equal(describeText("“Nine” – sharp").encoding, "UCS-2");
  });

  it("says when no message can be so long", () => {
    assert.equal(describeText("a".repeat(153 * 255 + 1)).isTooLong, true);
    assert.equal(describeText("é".repeat(19_000)).isTooLong, false);
  });
});
