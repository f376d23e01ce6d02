/** Settings from flags, environment and file: one table, checked, documented. */
export { closest, didYouMean } from "./closest.ts";
export { documentSettings } from "./document.ts";
export type { LoadInput } from "./load.ts";
export { loadSettings } from "./load.ts";
export type { SettingsProblem } from "./problems.ts";
export { SettingsError } from "./problems.ts";
export { redactSettings } from "./redact.ts";
export type { NamedSetting, Setting, SettingsOf, SettingTable } from "./schema.ts";
export { defineSettings, namedSettings, optional, required, setting } from "./schema.ts";
export type { CarrierTypes, NumberSettings, Settings } from "./settings.ts";
export { isLoopback, settingsTable } from "./settings.ts";
export type { SmppAddress, SmppCarrierSettings } from "./smpp-carrier.ts";
export { smppCarrierType } from "./smpp-carrier.ts";
export * from "./value-types.ts";
