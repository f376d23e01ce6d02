export type { SenderPolicy } from "./alphanumeric.ts";
export type { Bundles, NumbersOptions, RegulatoryBundle } from "./deps.ts";
export type {
  AccountNumber,
  AccountNumbers,
  InboundTextRoute,
  NumberDirectory,
  SenderKind,
  TextSender,
} from "./directory.ts";
export { numbersMachine, numbersModule, webhooksInto, type NumbersModule } from "./module.ts";
export type { ConfiguredNumber, PhoneNumberKind } from "./phone-number.ts";
export type { NumberPool } from "./pool/number-pool.ts";
export {
  numberPoolModule,
  remotePool,
  type AskControl,
  type NumberPoolModule,
  type NumberPoolOptions,
} from "./pool/pool-module.ts";
export type { PortingAuthority, SimulatedAuthorityOptions } from "./porting/authority.ts";
export type { SyncInput, SyncOutcome } from "./sync-inventory.ts";
