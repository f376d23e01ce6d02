import assert from "node:assert/strict";
import { it } from "node:test";
import { simulatedAuthority } from "./authority.ts";
import type { PortInNumber } from "./port-in.ts";

const authority = simulatedAuthority({ stepMs: 1_000 });

function number(last: string, more: Partial<PortInNumber> = {}): PortInNumber {
  const none = { rejectionCode: "", pin: "", portAtMs: undefined, createdMs: 0, updatedMs: 0, country: "US" };
  const sids = { sid: "PU1", requestSid: "KW1", accountSid: "AC1" };
  const common = { ...none, ...sids, kind: "LOCAL", portable: true, notPortableCode: null } as const;
  return { ...common, number: `+1312555${last}`, status: "submitted", ...more };
}

it("waits for the day that was asked for, and gives the same answer when it is asked again", () => {
  const input = { nowMs: 10_000, targetMs: 90_000 };
  const step = authority.step(number("0001"), input);
  assert.deepEqual(step, { status: "pending", portAtMs: 90_000, afterMs: 80_000 });
  assert.deepEqual(authority.step(number("0001"), input), step);
  const pending = number("0001", { status: "pending", portAtMs: 90_000 });
  assert.deepEqual(authority.step(pending, { nowMs: 89_000, targetMs: 90_000 }), { status: "pending", afterMs: 1_000 });
  assert.deepEqual(authority.step(pending, { nowMs: 90_000, targetMs: 90_000 }), { status: "completed" });
});

it("takes a mobile number with its PIN and rejects it without", () => {
  const input = { nowMs: 0, targetMs: undefined };
  assert.equal(authority.step(number("7003"), input).rejectionCode, "PIN-MISMATCH");
  assert.equal(authority.step(number("7003", { pin: "1234" }), input).status, "pending");
});

it("ports numbers of North America only", () => {
  assert.deepEqual(authority.check("+447700900123").notPortableCode, 22133);
  assert.deepEqual(authority.check("+14165550123").portable, true);
  assert.deepEqual(authority.check("+18005550123").kind, "TOLL-FREE");
  assert.deepEqual(authority.check("+19005550123").notPortableCode, 22130);
});
