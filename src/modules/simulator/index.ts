/** The simulated carrier: an SMSC with virtual phones, for development and tests. */
export { startSimulator } from "./module.ts";
export { simulatorMounts } from "./simulator.mounts.ts";
export { Simulator } from "./simulator.ts";
export type { SimulatorDeps } from "./simulator.ts";
export type { Credentials, SimulatorOptions } from "./options.ts";
export type { SimulatorEvent, SimulatorListener } from "./events.ts";
export type { Faults } from "./faults.ts";
export type { IdBase, IdBases } from "./message-ids.ts";
export { MemoryPhoneStore } from "./phone-store.ts";
export type { HeldPart, OwedReceipt, PhoneEntry, PhoneStore } from "./phone-store.ts";
export type { Concatenation, MessagePart, PhoneMessage, PhoneMessageState } from "./phone-message.ts";
export type { PhoneLimits, PhonePage, PhoneSummary } from "./phones.ts";
export type { ReceiptForm } from "./receipts.ts";
export type { TextFromPhone } from "./outgoing-texts.ts";
export { echoMount } from "./echo-app.ts";
