import assert from "node:assert/strict";
import { it } from "node:test";
import { encodeDescriptor, parseDescriptor } from "./index.ts";
import { cellOf } from "./sample-table.test.ts";

it("a descriptor is read as it was written", () => {
  for (const cell of [cellOf(1), cellOf(4_095, { type: "verify", tier: "enterprise", state: "removed" })]) {
    assert.deepEqual(parseDescriptor(encodeDescriptor(cell)), cell);
  }
  const address = { host: "fe80::1", port: 65_535 };
  assert.deepEqual(parseDescriptor(encodeDescriptor(cellOf(2, { address })))?.address, address);
});

it("anything that is not quite a descriptor is none", () => {
  const good = JSON.parse(encodeDescriptor(cellOf(1))) as Record<string, unknown>;
  const broken: readonly Record<string, unknown>[] = [
    { name: "Messaging" },
    { name: "x".repeat(64) },
    { name: 5 },
    { number: 0 },
    { number: 4_096 },
    { number: 1.5 },
    { number: "1" },
    { type: "chat" },
    { tier: "gold" },
    { region: "" },
    { region: "us 1" },
    { state: "closed" },
    { address: null },
    { address: { host: "a b", port: 1 } },
    { address: { host: "a", port: 0 } },
    { address: { host: "a", port: 1, user: "x" } },
    { address: ["a", 1] },
    { extra: 1 },
  ];
  for (const part of broken) assert.equal(parseDescriptor(JSON.stringify({ ...good, ...part })), undefined);
  const { tier: _, ...without } = good;
  for (const text of ["", "null", "[]", "1", "{", JSON.stringify(without), " ".repeat(1_025)]) {
    assert.equal(parseDescriptor(text), undefined);
  }
});
