import type { RouteInput } from "./input.ts";

const MICROS_A_POINT = 1_000;

export const price: RouteInput = {
  name: "price",
  summary: "points lost for each thousandth of the currency that a segment costs",
  defaultWeight: 1,
  value: ({ priceMicros }) => -priceMicros / MICROS_A_POINT,
};
