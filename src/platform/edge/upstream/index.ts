/** Connections to cells. Part of platform/edge. */
export type { Exchange, UpstreamAnswer, UpstreamRequest } from "./exchange.ts";
export { UpstreamFailure } from "./failure.ts";
export type { FailureKind } from "./failure.ts";
export { hostField } from "./host-field.ts";
export type { UpstreamLimits } from "./limits.ts";
export { UpstreamPool } from "./upstream-pool.ts";
export type { UpstreamPoolOptions } from "./upstream-pool.ts";
export type { UpstreamCounts } from "./upstream.ts";
