import { iso8601 } from "../../kernel/time.ts";
import type { JsonObject } from "../../platform/http/index.ts";
import type { AccountNumber } from "../numbers/index.ts";
import type { PoolMember } from "./pool-member.ts";
import type { Service } from "./service.ts";

const SERVICES = "/v1/Services";
const orNull = (text: string): string | null => (text === "" ? null : text);

/** What a service's `links` name, and the paths below it. */
const LINKS: Readonly<Record<string, string>> = {
  phone_numbers: "PhoneNumbers",
  short_codes: "ShortCodes",
  alpha_senders: "AlphaSenders",
  messages: "Messages",
  us_app_to_person: "Compliance/Usa2p",
  us_app_to_person_usecases: "Compliance/Usa2p/Usecases",
  channel_senders: "ChannelSenders",
  destination_alpha_senders: "DestinationAlphaSenders",
};

/** A Messaging Service. */
export function viewService(service: Service, baseUrl: string, isRegistered: boolean): JsonObject {
  const { sid, accountSid, configuration: set } = service;
  const url = `${baseUrl}${SERVICES}/${sid}`;
  return {
    account_sid: accountSid,
    area_code_geomatch: set.areaCodeGeomatch,
    date_created: iso8601(service.createdMs),
    date_updated: iso8601(service.updatedMs),
    fallback_method: set.fallbackMethod,
    fallback_to_long_code: set.fallbackToLongCode,
    fallback_url: orNull(set.fallbackUrl),
    friendly_name: set.friendlyName,
    inbound_method: set.inboundMethod,
    inbound_request_url: orNull(set.inboundRequestUrl),
    links: Object.fromEntries(Object.entries(LINKS).map(([name, path]) => [name, `${url}/${path}`])),
    mms_converter: set.mmsConverter,
    scan_message_content: set.scanMessageContent,
    sid,
    smart_encoding: set.smartEncoding,
    status_callback: orNull(set.statusCallback),
    sticky_sender: set.stickySender,
    synchronous_validation: set.synchronousValidation,
    url,
    us_app_to_person_registered: isRegistered,
    use_inbound_webhook_on_number: set.useInboundWebhookOnNumber,
    usecase: set.usecase,
    validity_period: set.validityPeriod,
  };
}

/** What all members have; `collection` is the part of the path that names their kind. */
function viewMember(member: PoolMember, baseUrl: string, collection: string): Record<string, string> {
  const { sid, accountSid, serviceSid, createdMs, updatedMs } = member;
  return {
    account_sid: accountSid,
    date_created: iso8601(createdMs),
    date_updated: iso8601(updatedMs),
    service_sid: serviceSid,
    sid,
    url: `${baseUrl}${SERVICES}/${serviceSid}/${collection}/${sid}`,
  };
}

/** A number in a pool, and what the numbers say of it. */
export interface NumberInPool {
  readonly member: PoolMember;
  readonly number: AccountNumber;
}

/** A phone number in a pool. */
export function viewPhoneNumber({ member, number }: NumberInPool, baseUrl: string): JsonObject {
  const capabilities = [...capabilitiesOf(number), ...(number.voice ? ["Voice"] : [])];
  return {
    ...viewMember(member, baseUrl, "PhoneNumbers"),
    capabilities,
    country_code: orNull(number.country ?? ""),
    phone_number: number.number,
  };
}

/** A short code in a pool. */
export function viewShortCode({ member, number }: NumberInPool, baseUrl: string): JsonObject {
  return {
    ...viewMember(member, baseUrl, "ShortCodes"),
    capabilities: capabilitiesOf(number),
    country_code: orNull(number.country ?? ""),
    short_code: number.number,
  };
}

function capabilitiesOf({ sms, mms }: AccountNumber): string[] {
  return [...(mms ? ["MMS"] : []), ...(sms ? ["SMS"] : [])];
}

/** An alphanumeric sender of a service. */
export function viewAlphaSender(member: PoolMember, baseUrl: string): JsonObject {
  return { ...viewMember(member, baseUrl, "AlphaSenders"), alpha_sender: member.address, capabilities: ["SMS"] };
}

/** The same with its country, which is empty where it is for all. */
export function viewDestinationAlphaSender(member: PoolMember, baseUrl: string): JsonObject {
  return {
    ...viewMember(member, baseUrl, "DestinationAlphaSenders"),
    alpha_sender: member.address,
    capabilities: ["SMS"],
    iso_country_code: member.isoCountry,
  };
}
