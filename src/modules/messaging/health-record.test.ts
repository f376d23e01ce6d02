import assert from "node:assert/strict";
import { it } from "node:test";
import type { CarrierHealth, HealthSnapshot } from "../routing/index.ts";
import { decodeHealth, encodeChanges } from "./health-record.ts";

it("a snapshot is told as what changed, and comes back whole", () => {
  const north: CarrierHealth = {
    usable: true,
    quality: { acceptRatio: 0.95 },
    networks: new Map([["23415", { deliveryRatio: 0.9, receiptLatencyMs: 2_048 }]]),
  };
  const south: CarrierHealth = { usable: false, reason: "down", quality: {} };
  const first: HealthSnapshot = { version: 1, carriers: new Map([["north", north]]) };
  const second: HealthSnapshot = {
    version: 2,
    carriers: new Map([
      ["north", north],
      ["south", south],
    ]),
  };
  const before = encodeChanges({ version: 0, carriers: new Map() }, first);
  const after = encodeChanges(first, second);
  assert.deepEqual(
    [before, after].map((changes) => changes.map(({ carrier }) => carrier)),
    [["north"], ["south"]],
  );
  assert.deepEqual(decodeHealth(2, [...before, ...after]), second);
});
