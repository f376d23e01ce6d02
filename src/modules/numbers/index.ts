export type { InboundTextRoute, NumberDirectory, TextSender } from "./directory.ts";
export { numbersModule, type NumbersModule } from "./module.ts";
export type { ConfiguredNumber, PhoneNumberKind } from "./phone-number.ts";
export type { SyncInput, SyncOutcome } from "./sync-inventory.ts";
