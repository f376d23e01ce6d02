import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { SubjectHash } from "./index.ts";

describe("the hash of a subject", () => {
  const key = new Uint8Array(32).fill(9);

  it("is the same in all processes with the same key, and another with another key", () => {
    const of = (hash: SubjectHash): string => {
      hash.of("AC00000000000000000000000000000001");
      return `${hash.low} ${hash.high}`;
    };
    assert.equal(of(new SubjectHash(key)), of(new SubjectHash(key)));
    assert.notEqual(of(new SubjectHash(key)), of(new SubjectHash(new Uint8Array(32))));
  });

  it("differs for texts that differ a little, also in what is beyond 128 characters", () => {
    const hash = new SubjectHash(key);
    const seen = new Set<string>();
    const texts: string[] = [];
    for (let at = 0; at < 3_000; at += 1) texts.push(`+1555${at}`, `${"x".repeat(300)}${at}`, "y".repeat(at));
    for (const text of texts) {
      hash.of(text);
      seen.add(`${hash.low} ${hash.high}`);
    }
    assert.equal(seen.size, texts.length);
  });

  it("spreads consecutive names evenly", () => {
    const hash = new SubjectHash(key);
    const buckets = new Uint32Array(64);
    for (let at = 0; at < 64_000; at += 1) {
      hash.of(`AC${at.toString(16).padStart(32, "0")}`);
      const bucket = (hash.low >>> 0) % 64;
      buckets[bucket] = (buckets[bucket] ?? 0) + 1;
    }
    for (const count of buckets) assert.ok(count > 800 && count < 1_200, `${count} of about 1,000`);
  });
});
