import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { newBaseline, Profile } from "./profile.ts";

const HOUR_MS = 3_600_000;

function hourOf(profile: Profile, hour: number, messages: number): void {
  profile.turn(hour * HOUR_MS);
  for (let at = 0; at < messages; at += 1) {
    profile.messages += 1;
    profile.newTemplates += 1;
    profile.strangers += 1;
    profile.passed(hour * HOUR_MS);
  }
}

describe("what is learned of an account", () => {
  it("rises by little in an hour, however many messages that had", () => {
    const profile = new Profile("AC", 1, newBaseline());
    for (let hour = 0; hour < 5; hour += 1) hourOf(profile, hour, 100);
    profile.turn(5 * HOUR_MS);
    const before = Object.assign({}, profile.baseline);
    hourOf(profile, 5, 100_000);
    profile.turn(6 * HOUR_MS);
    assert.ok(profile.baseline.perHour <= before.perHour * 1.25 + 20);
    assert.ok(profile.baseline.newTemplates <= before.newTemplates + 0.05 + 1e-9);
  });

  it("learns no shares of an hour with objections", () => {
    const profile = new Profile("AC", 1, newBaseline());
    hourOf(profile, 0, 50);
    profile.objected(0);
    profile.turn(HOUR_MS);
    assert.equal(profile.baseline.newTemplates, newBaseline().newTemplates);
  });

  it("trusts nobody within three days, and less after objections", () => {
    const profile = new Profile("AC", 1, newBaseline());
    hourOf(profile, 1, 100_000);
    profile.turn(2 * HOUR_MS);
    assert.ok(profile.trust(2 * HOUR_MS) < 0.01);
    for (let hour = 3; hour < 90; hour += 1) hourOf(profile, hour, 10);
    const nowMs = 90 * HOUR_MS;
    const trust = profile.trust(nowMs);
    assert.ok(trust > 0.95);
    for (let at = 0; at < 40; at += 1) profile.objected(nowMs);
    assert.ok(profile.trust(nowMs) < trust / 2);
  });
});
