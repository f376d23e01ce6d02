import type { HealthInput } from "./input.ts";

const MS_A_SECOND = 1_000;

export const receiptLatency: HealthInput = {
  name: "receiptLatency",
  summary: "points lost for each doubling of the receipts' median latency beyond one second",
  defaultWeight: 0.5,
  value: ({ receiptLatencyMs }) => -Math.max(0, Math.log2(receiptLatencyMs / MS_A_SECOND)),
};
