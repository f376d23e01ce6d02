/**
 * What an account sets on a number or an application. One name serves three
 * places: the key `smsUrl` is the parameter `SmsUrl` and the column and field `sms_url`.
 */

/** How a webhook is called. */
export type WebhookMethod = "GET" | "POST";

/** What is set on a phone number or short code. Empty text stands for what is not set. */
export interface NumberConfiguration {
  readonly friendlyName: string;
  readonly smsUrl: string;
  readonly smsMethod: WebhookMethod;
  readonly smsFallbackUrl: string;
  readonly smsFallbackMethod: WebhookMethod;
  readonly smsApplicationSid: string;
  readonly statusCallback: string;
  readonly statusCallbackMethod: WebhookMethod;
  readonly voiceUrl: string;
  readonly voiceMethod: WebhookMethod;
  readonly voiceFallbackUrl: string;
  readonly voiceFallbackMethod: WebhookMethod;
  readonly voiceApplicationSid: string;
  readonly voiceReceiveMode: "voice" | "fax";
  readonly voiceCallerIdLookup: boolean;
  readonly trunkSid: string;
  readonly addressSid: string;
  readonly bundleSid: string;
  readonly identitySid: string;
  readonly emergencyStatus: "Active" | "Inactive";
  readonly emergencyAddressSid: string;
}

/** What is set on an application. Empty text stands for what is not set. */
export interface ApplicationConfiguration {
  readonly friendlyName: string;
  readonly smsUrl: string;
  readonly smsMethod: WebhookMethod;
  readonly smsFallbackUrl: string;
  readonly smsFallbackMethod: WebhookMethod;
  readonly smsStatusCallback: string;
  readonly messageStatusCallback: string;
  readonly statusCallback: string;
  readonly statusCallbackMethod: WebhookMethod;
  readonly voiceUrl: string;
  readonly voiceMethod: WebhookMethod;
  readonly voiceFallbackUrl: string;
  readonly voiceFallbackMethod: WebhookMethod;
  readonly voiceCallerIdLookup: boolean;
  readonly publicApplicationConnectEnabled: boolean;
}

/** A number on which nothing was set. */
export const UNCONFIGURED_NUMBER: NumberConfiguration = {
  friendlyName: "",
  smsUrl: "",
  smsMethod: "POST",
  smsFallbackUrl: "",
  smsFallbackMethod: "POST",
  smsApplicationSid: "",
  statusCallback: "",
  statusCallbackMethod: "POST",
  voiceUrl: "",
  voiceMethod: "POST",
  voiceFallbackUrl: "",
  voiceFallbackMethod: "POST",
  voiceApplicationSid: "",
  voiceReceiveMode: "voice",
  voiceCallerIdLookup: false,
  trunkSid: "",
  addressSid: "",
  bundleSid: "",
  identitySid: "",
  emergencyStatus: "Inactive",
  emergencyAddressSid: "",
};

/** An application on which nothing was set. */
export const UNCONFIGURED_APPLICATION: ApplicationConfiguration = {
  friendlyName: "",
  smsUrl: "",
  smsMethod: "POST",
  smsFallbackUrl: "",
  smsFallbackMethod: "POST",
  smsStatusCallback: "",
  messageStatusCallback: "",
  statusCallback: "",
  statusCallbackMethod: "POST",
  voiceUrl: "",
  voiceMethod: "POST",
  voiceFallbackUrl: "",
  voiceFallbackMethod: "POST",
  voiceCallerIdLookup: false,
  publicApplicationConnectEnabled: false,
};

/** The part of a configuration that a request sets. */
export type Changes<C> = { readonly [Key in keyof C]?: C[Key] };

/** The keys of a configuration, in the order of its declaration. */
export function keysOf<C extends object>(unconfigured: C): readonly (keyof C & string)[] {
  return Object.keys(unconfigured) as (keyof C & string)[];
}

/** `smsUrl` as columns and fields are written: `sms_url`. */
export function columnOf(key: string): string {
  return key.replace(/[A-Z]/g, (capital) => `_${capital.toLowerCase()}`);
}

/** What the parameters of a request set: those that are named as a key of the configuration and present. */
export function changesOf<C extends object>(unconfigured: C, params: Readonly<Record<string, unknown>>): Changes<C> {
  const changes: Record<string, unknown> = {};
  for (const key of keysOf(unconfigured)) {
    const value = params[key.charAt(0).toUpperCase() + key.slice(1)];
    if (value !== undefined) changes[key] = value;
  }
  return changes as Changes<C>;
}

/** The configuration that stands in a row. */
export function readConfiguration<C extends object>(unconfigured: C, row: Readonly<Record<string, unknown>>): C {
  return Object.fromEntries(keysOf(unconfigured).map((key) => [key, row[columnOf(key)]])) as C;
}

/** Assignments for an update, their values beginning at the parameter `$first`, in the order of {@link keysOf}. */
export function assignments(unconfigured: object, first: number): string {
  return keysOf(unconfigured)
    .map((key, index) => `${columnOf(key)} = $${first + index}`)
    .join(", ");
}
