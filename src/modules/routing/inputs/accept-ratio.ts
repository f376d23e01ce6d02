import type { HealthInput } from "./input.ts";

export const acceptRatio: HealthInput = {
  name: "acceptRatio",
  summary: "points for a carrier that accepts everything it is given",
  defaultWeight: 20,
  value: (health) => health.acceptRatio,
};
