/** HTTP/1.1 to URLs that strangers chose: guarded, pinned, bounded, with connections kept for reuse. */
export { HttpClient } from "./client.ts";
export type { HttpClientOptions, HttpRequest, HttpResponse, RedirectHop } from "./client.ts";
export type { PoolLimits } from "./pool.ts";
export { HttpClientError } from "./errors.ts";
export type { HttpStage } from "./errors.ts";
export { createAddressGuard } from "./address-guard.ts";
export type { AddressGuard, AddressGuardOptions, GuardTarget } from "./address-guard.ts";
export { classifyAddress } from "./address-class.ts";
export type { AddressClass } from "./address-class.ts";
