import assert from "node:assert/strict";
import { it } from "node:test";
import { oneTimeCodes } from "./index.ts";

/** The secret of RFC 6238, appendix B: "12345678901234567890" in Base32. */
const SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

it("knows the codes of RFC 6238, appendix B, by their last six digits", () => {
  const vectors: readonly (readonly [number, string])[] = [
    [59, "287082"],
    [1_111_111_109, "081804"],
    [1_234_567_890, "005924"],
    [2_000_000_000, "279037"],
  ];
  for (const [seconds, code] of vectors) {
    const step = Math.floor(seconds / 30);
    const at = (offset: number) => oneTimeCodes.stepOf({ secret: SECRET, code, nowMs: (seconds + offset) * 1_000 });
    assert.deepEqual([at(0), at(-30), at(30)], [step, step, step], "a clock may be a step off");
    assert.deepEqual([at(-61), at(61)], [undefined, undefined]);
  }
  for (const code of ["", "28708", "2870822", "28708２", "abcdef"])
    assert.equal(oneTimeCodes.stepOf({ secret: SECRET, code, nowMs: 59_000 }), undefined);
});

it("makes secrets of 20 octets, and what an app reads", () => {
  const secret = oneTimeCodes.newSecret();
  assert.match(secret, /^[A-Z2-7]{32}$/);
  assert.notEqual(oneTimeCodes.newSecret(), secret);
  const uri = new URL(oneTimeCodes.uri({ secret, label: "ada@example.com", issuer: "Trunkline" }));
  assert.equal(uri.protocol, "otpauth:");
  assert.equal(uri.searchParams.get("secret"), secret);
  assert.equal(uri.searchParams.get("issuer"), "Trunkline");
});
