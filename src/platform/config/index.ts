/** Settings from flags, environment and file: one table, checked, documented. */
export {
  describeCarrierTypes,
  hasMask,
  keepSecrets,
  readCarrierDocument,
  secretsOf,
  showCarrier,
} from "./carrier-document.ts";
export type { CarrierSettingsOf, Json } from "./carrier-document.ts";
export type { MaintenanceWindow } from "./carrier-fields.ts";
export { showMaintenanceWindow } from "./carrier-fields.ts";
export { renderJson } from "./carrier-json-template.ts";
export type { JsonTemplate } from "./carrier-json-template.ts";
export { renderTemplate } from "./carrier-template.ts";
export type { Template, TemplateValues } from "./carrier-template.ts";
export type { StatusRange, ValuePath } from "./carrier-value-path.ts";
export { closest, didYouMean } from "./closest.ts";
export { documentSettings } from "./document.ts";
export type { HttpCarrierSettings } from "./http-carrier.ts";
export { httpCarrierType } from "./http-carrier.ts";
export type { LoadInput } from "./load.ts";
export { loadSettings } from "./load.ts";
export type { HttpPeerSettings } from "./http-peer-settings.ts";
export type { NullCarrierSettings } from "./null-carrier.ts";
export { nullCarrierType } from "./null-carrier.ts";
export type { SettingsProblem } from "./problems.ts";
export { SettingsError } from "./problems.ts";
export { redactSettings } from "./redact.ts";
export type { RoutingSettings } from "./routing-settings.ts";
export type { NamedSetting, Setting, SettingsOf, SettingTable } from "./schema.ts";
export { defineSettings, namedSettings, optional, required, setting } from "./schema.ts";
export type { CarrierTypes, NumberSettings, Settings } from "./settings.ts";
export { isLoopback, settingsTable } from "./settings.ts";
export type { SmppAddress, SmppCarrierSettings } from "./smpp-carrier.ts";
export { smppCarrierType } from "./smpp-carrier.ts";
export type { TwilioCarrierSettings } from "./twilio-carrier.ts";
export { twilioCarrierType } from "./twilio-carrier.ts";
export * from "./value-types.ts";
