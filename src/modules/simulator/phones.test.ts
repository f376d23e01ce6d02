import assert from "node:assert/strict";
import { it } from "node:test";
import type { PhoneMessage } from "./phone-message.ts";
import { DEFAULT_PHONE_LIMITS, Phones } from "./phones.ts";
import { RecentMap } from "./recent-map.ts";

function message(id: string): PhoneMessage {
  return {
    id,
    direction: "received",
    timeMs: 0,
    from: "+1",
    to: "+2",
    body: id,
    encoding: "GSM-7",
    concatenation: "none",
    parts: [],
    state: "DELIVERED",
  };
}

it("a snapshot misses no phone although texts arrive while it is taken", () => {
  const phones = new Phones(DEFAULT_PHONE_LIMITS);
  for (let n = 0; n < 100; n += 1) phones.add(`+${n}`, message(`m${n}`));
  const seen = new Set<string>();
  for (const entry of phones.all()) {
    seen.add(entry.message.id);
    if (seen.size < 50) phones.add(entry.phone, message(`later ${entry.message.id}`));
  }
  for (let n = 0; n < 100; n += 1) assert.ok(seen.has(`m${n}`));
});

it("counts stay true through every kind of change, seed 3", () => {
  let state = 3;
  const below = (limit: number): number => (state = (state * 48_271) % 2_147_483_647) % limit;
  const phones = new Phones({ maxPhones: 20, maxMessagesPerPhone: 10, maxMessages: 120 });
  for (let n = 0; n < 20_000; n += 1) {
    const number = `+${below(40)}`;
    if (below(10) === 0) phones.remove(number, `m${n - below(50)}`);
    else phones.add(number, message(`m${n - (below(20) === 0 ? 1 : 0)}`));
  }
  const all = [...phones.all()];
  assert.equal(phones.messageCount, all.length);
  assert.ok(all.length <= 120);
  const { phones: listed } = phones.list({ limit: 100 });
  assert.equal(listed.length, phones.phoneCount);
  assert.ok(listed.length <= 20 && listed.every((phone) => phone.messageCount <= 10));
});

it("a recent map keeps the latest entries and at most twice as many", () => {
  const map = new RecentMap<number>(100);
  for (let n = 0; n < 1_000; n += 1) map.set(String(n), n);
  for (let n = 900; n < 1_000; n += 1) assert.equal(map.get(String(n)), n);
  assert.equal(map.get("700"), undefined);
});
