import { rfc2822 } from "../../kernel/time.ts";
import type { JsonObject } from "../../platform/http/index.ts";
import type { Application } from "./application.ts";
import type { InventoryCountry } from "./available.store.ts";
import { formatNumber, type InventoryNumber, type OwnedNumber, type PhoneNumberKind } from "./phone-number.ts";

const VERSION = "2010-04-01";

const orNull = (text: string): string | null => (text === "" ? null : text);

function capabilities({ voice, sms, mms, fax }: InventoryNumber): JsonObject {
  return { voice, sms, mms, fax };
}

/** The words that the API has for the kinds of numbers. */
const TYPES: Readonly<Record<PhoneNumberKind, string>> = {
  local: "local",
  mobile: "mobile",
  tollfree: "toll-free",
  national: "national",
  voip: "voip",
  sharedcost: "shared-cost",
  machinetomachine: "machine-to-machine",
  shortcode: "short-code",
};

/** A phone number of an account, as the lists of one kind show it. */
export function viewNumberOfKind(number: OwnedNumber): JsonObject {
  const { accountSid, sid, configuration: set } = number;
  return {
    account_sid: accountSid,
    address_requirements: number.addressRequirements,
    address_sid: orNull(set.addressSid),
    api_version: VERSION,
    beta: number.beta,
    bundle_sid: orNull(set.bundleSid),
    capabilities: capabilities(number),
    date_created: rfc2822(number.createdMs),
    date_updated: rfc2822(number.updatedMs),
    emergency_address_sid: orNull(set.emergencyAddressSid),
    emergency_address_status: "unregistered",
    emergency_status: set.emergencyStatus,
    friendly_name: set.friendlyName,
    identity_sid: orNull(set.identitySid),
    origin: number.origin,
    phone_number: number.number,
    sid,
    sms_application_sid: set.smsApplicationSid,
    sms_fallback_method: set.smsFallbackMethod,
    sms_fallback_url: set.smsFallbackUrl,
    sms_method: set.smsMethod,
    sms_url: set.smsUrl,
    status: "in-use",
    status_callback: set.statusCallback,
    status_callback_method: set.statusCallbackMethod,
    trunk_sid: orNull(set.trunkSid),
    uri: `/${VERSION}/Accounts/${accountSid}/IncomingPhoneNumbers/${sid}.json`,
    voice_application_sid: set.voiceApplicationSid,
    voice_caller_id_lookup: set.voiceCallerIdLookup,
    voice_fallback_method: set.voiceFallbackMethod,
    voice_fallback_url: set.voiceFallbackUrl,
    voice_method: set.voiceMethod,
    voice_receive_mode: set.voiceReceiveMode,
    voice_url: set.voiceUrl,
  };
}

/** A phone number of an account. */
export function viewNumber(number: OwnedNumber): JsonObject {
  return { ...viewNumberOfKind(number), type: TYPES[number.kind] };
}

const NOT_OF_DEPENDENTS = new Set([
  "address_sid",
  "beta",
  "bundle_sid",
  "emergency_address_status",
  "identity_sid",
  "origin",
  "status",
  "voice_receive_mode",
]);

/** A phone number as the list of those that use an address shows it. */
export function viewDependentNumber(number: OwnedNumber): JsonObject {
  const fields = Object.entries(viewNumberOfKind(number)).filter(([name]) => !NOT_OF_DEPENDENTS.has(name));
  return Object.fromEntries(fields);
}

/** A short code of an account. */
export function viewShortCode({
  accountSid,
  sid,
  number,
  createdMs,
  updatedMs,
  configuration,
}: OwnedNumber): JsonObject {
  return {
    account_sid: accountSid,
    api_version: VERSION,
    date_created: rfc2822(createdMs),
    date_updated: rfc2822(updatedMs),
    friendly_name: configuration.friendlyName,
    short_code: number,
    sid,
    sms_fallback_method: configuration.smsFallbackMethod,
    sms_fallback_url: orNull(configuration.smsFallbackUrl),
    sms_method: configuration.smsMethod,
    sms_url: orNull(configuration.smsUrl),
    uri: `/${VERSION}/Accounts/${accountSid}/SMS/ShortCodes/${sid}.json`,
  };
}

/** An application. */
export function viewApplication({
  accountSid,
  sid,
  createdMs,
  updatedMs,
  configuration: set,
}: Application): JsonObject {
  return {
    account_sid: accountSid,
    api_version: VERSION,
    date_created: rfc2822(createdMs),
    date_updated: rfc2822(updatedMs),
    friendly_name: orNull(set.friendlyName),
    message_status_callback: orNull(set.messageStatusCallback),
    public_application_connect_enabled: set.publicApplicationConnectEnabled,
    sid,
    sms_fallback_method: set.smsFallbackMethod,
    sms_fallback_url: orNull(set.smsFallbackUrl),
    sms_method: set.smsMethod,
    sms_status_callback: orNull(set.smsStatusCallback),
    sms_url: orNull(set.smsUrl),
    status_callback: orNull(set.statusCallback),
    status_callback_method: set.statusCallbackMethod,
    uri: `/${VERSION}/Accounts/${accountSid}/Applications/${sid}.json`,
    voice_caller_id_lookup: set.voiceCallerIdLookup,
    voice_fallback_method: set.voiceFallbackMethod,
    voice_fallback_url: orNull(set.voiceFallbackUrl),
    voice_method: set.voiceMethod,
    voice_url: orNull(set.voiceUrl),
  };
}

/** A number that can be bought. */
export function viewAvailableNumber(number: InventoryNumber): JsonObject {
  return {
    address_requirements: number.addressRequirements,
    beta: number.beta,
    capabilities: capabilities(number),
    friendly_name: formatNumber(number.number),
    iso_country: number.country,
    lata: number.lata,
    latitude: number.latitude,
    locality: number.locality,
    longitude: number.longitude,
    phone_number: number.number,
    postal_code: number.postalCode,
    rate_center: number.rateCenter,
    region: number.region,
  };
}

const COUNTRY_NAMES = new Intl.DisplayNames(["en"], { type: "region" });

/** The lists of numbers for sale, by kind. */
const SUBRESOURCES: readonly (readonly [PhoneNumberKind, key: string, path: string])[] = [
  ["local", "local", "Local"],
  ["mobile", "mobile", "Mobile"],
  ["tollfree", "toll_free", "TollFree"],
  ["national", "national", "National"],
  ["sharedcost", "shared_cost", "SharedCost"],
  ["voip", "voip", "Voip"],
  ["machinetomachine", "machine_to_machine", "MachineToMachine"],
];

/** A country of the inventory. */
export function viewCountry({ country, kinds, beta }: InventoryCountry, accountSid: string): JsonObject {
  const path = `/${VERSION}/Accounts/${accountSid}/AvailablePhoneNumbers/${country}`;
  const lists = SUBRESOURCES.filter(([kind]) => kinds.includes(kind));
  return {
    beta,
    country: COUNTRY_NAMES.of(country) ?? country,
    country_code: country,
    subresource_uris: Object.fromEntries(lists.map(([, key, name]) => [key, `${path}/${name}.json`])),
    uri: `${path}.json`,
  };
}
