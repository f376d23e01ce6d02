/** HTTP/1.1 requests to strangers' servers: guarded, bounded, cheap. */
export { createAddressGuard } from "./address-guard.ts";
export type { AddressGuard } from "./address-guard.ts";
export { classifyAddress } from "./address-ranges.ts";
export type { AddressKind } from "./address-ranges.ts";
export { HttpClient } from "./client.ts";
export type { HttpClientRequest, HttpClientResponse } from "./client.ts";
export { HttpClientError } from "./error.ts";
export type { HttpClientStage } from "./error.ts";
export type { RequestTimeouts } from "./exchange.ts";
export type { HttpClientLimits } from "./limits.ts";
