import { AppError } from "../../kernel/errors.ts";
import type { JsonObject, JsonValue } from "../../platform/http/index.ts";
import { parseAddress } from "../../protocols/e164/index.ts";
import { serviceErrors } from "./errors.ts";

/** Channels that senders can be registered for. */
export const CHANNELS = ["whatsapp", "rcs"] as const;
export type Channel = (typeof CHANNELS)[number];

/** A sender of a channel, as the account described it. */
export interface ChannelSender {
  readonly sid: string;
  readonly accountSid: string;
  readonly channel: Channel;
  /** `whatsapp:+1…` or `rcs:` and an agent. */
  readonly senderId: string;
  readonly createdMs: number;
  readonly updatedMs: number;
  readonly configuration: JsonObject;
  readonly webhook: JsonObject;
  readonly profile: JsonObject;
}

/** What a request sets. */
export interface ChannelSenderChanges {
  readonly configuration: JsonObject;
  readonly webhook: JsonObject;
  readonly profile: JsonObject;
}

/** More would be a program in a loop. */
export const MAX_CHANNEL_SENDERS_PER_ACCOUNT = 1_000;

const MAX_TEXT_CHARACTERS = 4_096;
const MAX_LIST_ENTRIES = 10;

const CONFIGURATION = ["waba_id", "verification_method", "voice_application_sid", "account_type"];
const WEBHOOK = [
  "callback_url",
  "callback_method",
  "fallback_url",
  "fallback_method",
  "status_callback_url",
  "status_callback_method",
];
const PROFILE = [
  "name",
  "about",
  "address",
  "description",
  "logo_url",
  "banner_url",
  "privacy_url",
  "terms_of_service_url",
  "accent_color",
  "vertical",
];
/** Lists of the profile, and what their entries' value is called. */
const PROFILE_LISTS: Readonly<Record<string, string>> = {
  websites: "website",
  emails: "email",
  phone_numbers: "phone_number",
};
const WORDS: Readonly<Record<string, readonly string[]>> = {
  verification_method: ["sms", "voice"],
  account_type: ["ISV", "ISVSubAccount", ""],
  callback_method: ["POST", "PUT"],
  fallback_method: ["POST", "PUT"],
};

/** Reads `sender_id`. Throws 21657. */
export function readSenderId(body: JsonValue): { readonly channel: Channel; readonly senderId: string } {
  const text = isObject(body) ? body["sender_id"] : undefined;
  const value = typeof text === "string" ? text : "";
  const address = parseAddress(value);
  if (address.kind !== "channel" || address.channel === "messenger") {
    throw new AppError(serviceErrors.senderIdInvalid, { value: value.slice(0, 64) });
  }
  return { channel: address.channel, senderId: `${address.channel}:${address.address}` };
}

/** Reads what a body sets, field by field. Unknown fields are ignored; `null` clears. Throws 20001. */
export function readChanges(body: JsonValue): ChannelSenderChanges {
  const fields = isObject(body) ? body : {};
  const profile = partOf(fields, "profile");
  return {
    configuration: readTexts(partOf(fields, "configuration"), CONFIGURATION),
    webhook: readTexts(partOf(fields, "webhook"), WEBHOOK),
    profile: { ...readTexts(profile, PROFILE), ...readLists(profile) },
  };
}

function partOf(fields: JsonObject, name: string): JsonObject {
  const part = fields[name] ?? {};
  if (!isObject(part)) throw refused(name, "it is no object");
  return part;
}

function readTexts(part: JsonObject, names: readonly string[]): JsonObject {
  const read: Record<string, JsonValue> = {};
  for (const name of names) {
    const value = part[name];
    if (value === undefined) continue;
    if (value !== null && typeof value !== "string") throw refused(name, "it is no text");
    if ((value?.length ?? 0) > MAX_TEXT_CHARACTERS) throw refused(name, `it is longer than ${MAX_TEXT_CHARACTERS}`);
    if (value !== null && value !== "" && name.endsWith("_url") && !isWebUrl(value)) {
      throw refused(name, "it is no http or https URL");
    }
    const words = WORDS[name];
    if (value !== null && words !== undefined && !words.includes(value)) {
      throw refused(name, `it is none of ${words.filter((word) => word !== "").join(", ")}`);
    }
    read[name] = value;
  }
  return read;
}

function isWebUrl(value: string): boolean {
  return /^https?:/i.test(value) && URL.canParse(value);
}

/** Entries come as texts or as objects with a label; they are kept as the latter. */
function readLists(profile: JsonObject): JsonObject {
  const read: Record<string, JsonValue> = {};
  for (const [name, valueName] of Object.entries(PROFILE_LISTS)) {
    const value = profile[name];
    if (value === undefined || value === null) continue;
    if (!Array.isArray(value)) throw refused(name, "it is no list");
    if (value.length > MAX_LIST_ENTRIES) throw refused(name, `it has more than ${MAX_LIST_ENTRIES} entries`);
    read[name] = value.map((entry) => readEntry(entry, name, valueName));
  }
  return read;
}

function readEntry(entry: JsonValue, name: string, valueName: string): JsonObject {
  const value = isObject(entry) ? entry[valueName] : entry;
  const label = isObject(entry) ? entry["label"] : undefined;
  const texts = [value, label ?? ""];
  if (!texts.every((text) => typeof text === "string" && text.length <= MAX_TEXT_CHARACTERS)) {
    throw refused(name, `its entries are no texts of up to ${MAX_TEXT_CHARACTERS}`);
  }
  return { [valueName]: value ?? null, label: label ?? labelOf(valueName) };
}

/** `phone_number` as `Phone Number`. */
function labelOf(valueName: string): string {
  return valueName.replace(
    /(^|_)([a-z])/g,
    (_, before: string, letter: string) => (before === "" ? "" : " ") + letter.toUpperCase(),
  );
}

function refused(parameter: string, reason: string): AppError {
  return new AppError(serviceErrors.fieldInvalid, { parameter, reason });
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A code that verifies a number is of no use here, and not kept. */
const EMPTY_CONFIGURATION = Object.fromEntries([...CONFIGURATION, "verification_code"].map((name) => [name, null]));
const EMPTY_WEBHOOK = Object.fromEntries(WEBHOOK.map((name) => [name, null]));
const EMPTY_PROFILE = Object.fromEntries([...PROFILE, ...Object.keys(PROFILE_LISTS)].map((name) => [name, null]));

/** A sender as the v2 API shows it. */
export function viewChannelSender(sender: ChannelSender, baseUrl: string, isConnected: boolean): JsonObject {
  return {
    sid: sender.sid,
    status: isConnected ? "ONLINE" : "OFFLINE",
    sender_id: sender.senderId,
    compliance: null,
    configuration: { ...EMPTY_CONFIGURATION, ...sender.configuration },
    webhook: { ...EMPTY_WEBHOOK, ...sender.webhook },
    profile: { ...EMPTY_PROFILE, ...sender.profile },
    properties: null,
    offline_reasons: isConnected
      ? null
      : [
          {
            code: "63007",
            message: `The channel ${sender.channel} is not connected to this server.`,
            more_info: "https://www.twilio.com/docs/errors/63007",
          },
        ],
    url: `${baseUrl}/v2/Channels/Senders/${sender.sid}`,
  };
}
