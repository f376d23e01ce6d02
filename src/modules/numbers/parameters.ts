import { boolean, enumeration, sid, text, url } from "../../platform/http/index.ts";
import { numberErrors } from "./errors.ts";

const MAX_NAME_CHARACTERS = 64;

const webhook = (summary: string) => url({ invalid: numberErrors.urlInvalid, summary });
const method = () => enumeration({ values: ["GET", "POST"], invalid: numberErrors.methodInvalid });

/** What every resource of this module can be given. */
export const commonParameters = {
  FriendlyName: text({ maxCharacters: MAX_NAME_CHARACTERS, summary: "A name of the account's own." }),
  ApiVersion: enumeration({ values: ["2010-04-01"], summary: "The only version there is." }),
};

/** Where incoming messages are told. */
export const smsParameters = {
  SmsUrl: webhook("Asked for TwiML when a message arrives."),
  SmsMethod: method(),
  SmsFallbackUrl: webhook("Asked when SmsUrl fails."),
  SmsFallbackMethod: method(),
};

/** Where incoming calls are told. */
export const voiceParameters = {
  VoiceUrl: webhook("Asked for TwiML when a call arrives."),
  VoiceMethod: method(),
  VoiceFallbackUrl: webhook("Asked when VoiceUrl fails."),
  VoiceFallbackMethod: method(),
  VoiceCallerIdLookup: boolean({ summary: "Whether the name of a caller is looked up." }),
  StatusCallback: webhook("Told of the state of calls."),
  StatusCallbackMethod: method(),
};

/** Everything that can be set on a phone number. */
export const numberParameters = {
  ...commonParameters,
  ...smsParameters,
  ...voiceParameters,
  SmsApplicationSid: sid({
    prefix: "AP",
    invalid: numberErrors.applicationNotAccessible,
    summary: "The application whose URLs count for messages.",
  }),
  VoiceApplicationSid: sid({
    prefix: "AP",
    invalid: numberErrors.applicationNotAccessible,
    summary: "The application whose URLs count for calls. Takes the trunk off.",
  }),
  VoiceReceiveMode: enumeration({ values: ["voice", "fax"] }),
  TrunkSid: sid({ prefix: "TK", summary: "The trunk that calls go to. Takes the voice application off." }),
  AddressSid: sid({
    prefix: "AD",
    invalid: numberErrors.addressUnknown,
    summary: "The account's address, where the number needs one.",
  }),
  BundleSid: sid({ prefix: "BU", summary: "The account's regulatory bundle, where the number needs one." }),
  IdentitySid: sid({ prefix: "RI" }),
  EmergencyStatus: enumeration({
    values: ["Active", "Inactive"],
    summary: "Only Inactive: there is no emergency calling.",
  }),
  EmergencyAddressSid: sid({ prefix: "AD", summary: "Only empty: there is no emergency calling." }),
};

/** Everything that can be set on an application. */
export const applicationParameters = {
  ...commonParameters,
  ...smsParameters,
  ...voiceParameters,
  SmsStatusCallback: webhook("Told of the state of messages, where MessageStatusCallback is not set."),
  MessageStatusCallback: webhook("Told of the state of messages."),
  PublicApplicationConnectEnabled: boolean({ summary: "Whether other accounts may call the application." }),
};
