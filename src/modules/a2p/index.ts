export { a2pModule, type A2pModule, type A2pOptions } from "./module.ts";
export type { OwnedNumber } from "./deps.ts";
export type { Notice } from "./notice.ts";
export type { RegistrationGap, Registrations } from "./registrations.ts";
export type * from "./registry.ts";
export type { ThroughputTableName } from "./throughput-tables.ts";
export type { TrafficLimit } from "./traffic-limit.ts";
