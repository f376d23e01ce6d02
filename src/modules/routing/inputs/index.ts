/** The computed inputs of the score. One file and one line each; given ones are columns of the table. */
import { acceptRatio } from "./accept-ratio.ts";
import { deliveryRatio } from "./delivery-ratio.ts";
import type { HealthInput, RouteInput } from "./input.ts";
import { price } from "./price.ts";
import { priority } from "./priority.ts";
import { receiptLatency } from "./receipt-latency.ts";

export type { ComputedInput, HealthFacts, HealthInput, RouteFacts, RouteInput } from "./input.ts";

/** Known from the table: added up once, when it is compiled. */
export const ROUTE_INPUTS: readonly RouteInput[] = [price, priority];

/** Known from the health snapshot. */
export const HEALTH_INPUTS: readonly HealthInput[] = [deliveryRatio, acceptRatio, receiptLatency];

/** The names of all weights. */
export const INPUT_NAMES: readonly string[] = [...ROUTE_INPUTS, ...HEALTH_INPUTS].map(({ name }) => name);
