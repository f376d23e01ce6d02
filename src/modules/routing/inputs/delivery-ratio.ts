import type { HealthInput } from "./input.ts";

export const deliveryRatio: HealthInput = {
  name: "deliveryRatio",
  summary: "points for a carrier that delivers everything to the network",
  defaultWeight: 20,
  value: (health) => health.deliveryRatio,
};
