import { rfc2822 } from "../../kernel/time.ts";
import type { JsonObject } from "../../platform/http/index.ts";
import type { Application } from "./application.ts";
import type { InventoryCountry } from "./available.store.ts";
import { formatNumber, type InventoryNumber, type OwnedNumber, type PhoneNumberKind } from "./phone-number.ts";

const VERSION = "2010-04-01";

const orNull = (text: string): string | null => (text === "" ? null : text);

function capabilities({ voice, sms, mms }: InventoryNumber): JsonObject {
  return { voice, sms, mms, fax: false };
}

/** The words that the API has for the kinds of numbers. */
const TYPES: Readonly<Record<PhoneNumberKind, string>> = {
  local: "local",
  mobile: "mobile",
  tollfree: "toll-free",
  shortcode: "short-code",
};

/** A phone number of an account, as the lists of one kind show it. */
export function viewNumberOfKind(number: OwnedNumber): JsonObject {
  const { accountSid, sid, configuration: set } = number;
  return {
    account_sid: accountSid,
    address_requirements: "none",
    address_sid: orNull(set.addressSid),
    api_version: VERSION,
    beta: false,
    bundle_sid: orNull(set.bundleSid),
    capabilities: capabilities(number),
    date_created: rfc2822(number.createdMs),
    date_updated: rfc2822(number.updatedMs),
    emergency_address_sid: orNull(set.emergencyAddressSid),
    emergency_address_status: "unregistered",
    emergency_status: set.emergencyStatus,
    friendly_name: set.friendlyName,
    identity_sid: orNull(set.identitySid),
    origin: "twilio",
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

/** A number that can be bought. The inventory knows of no places smaller than a region. */
export function viewAvailableNumber(number: InventoryNumber): JsonObject {
  return {
    address_requirements: "none",
    beta: false,
    capabilities: capabilities(number),
    friendly_name: formatNumber(number.number),
    iso_country: number.country,
    lata: null,
    latitude: null,
    locality: null,
    longitude: null,
    phone_number: number.number,
    postal_code: null,
    rate_center: null,
    region: number.region,
  };
}

const COUNTRY_NAMES = new Intl.DisplayNames(["en"], { type: "region" });

/** The lists of numbers for sale, by kind. */
const SUBRESOURCES: readonly (readonly [PhoneNumberKind, key: string, path: string])[] = [
  ["local", "local", "Local"],
  ["mobile", "mobile", "Mobile"],
  ["tollfree", "toll_free", "TollFree"],
];

/** A country of the inventory. */
export function viewCountry({ country, kinds }: InventoryCountry, accountSid: string): JsonObject {
  const path = `/${VERSION}/Accounts/${accountSid}/AvailablePhoneNumbers/${country}`;
  const lists = SUBRESOURCES.filter(([kind]) => kinds.includes(kind));
  return {
    beta: false,
    country: COUNTRY_NAMES.of(country) ?? country,
    country_code: country,
    subresource_uris: Object.fromEntries(lists.map(([, key, name]) => [key, `${path}/${name}.json`])),
    uri: `${path}.json`,
  };
}
