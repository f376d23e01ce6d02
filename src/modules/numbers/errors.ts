import { callerError, type ErrorSpec } from "../../kernel/errors.ts";

/** Refusals of requests about numbers and applications. Codes as Twilio numbers them. */
export const numberErrors = {
  urlInvalid: callerError(21402, 400, "The parameter '{parameter}' is not a valid http or https URL: {reason}."),
  methodInvalid: callerError(21403, 400, "The parameter '{parameter}' must be GET or POST."),
  voiceFallbackAlone: callerError(21405, 400, "'VoiceFallbackUrl' cannot be set without a 'VoiceUrl'."),
  smsFallbackAlone: callerError(21406, 400, "'SmsFallbackUrl' cannot be set without an 'SmsUrl'."),
  noMessages: callerError(21407, 400, "{number} does not receive messages, so '{parameter}' cannot be set."),
  applicationNotAccessible: callerError(21420, 400, "The application {value} is not one of this account."),
  numberInvalid: callerError(21421, 400, "The 'PhoneNumber' {value} is not a valid phone number."),
  numberRequired: callerError(21421, 400, "A 'PhoneNumber' or an 'AreaCode' is required."),
  numberNotAvailable: callerError(21422, 400, "The number {number} is not available."),
  areaCodeInvalid: callerError(21451, 400, "The 'AreaCode' {value} is not a valid area code."),
  areaCodeEmpty: callerError(21452, 400, "No phone numbers are available in the area code {areaCode}."),
  areaCodeNotSupported: callerError(21457, 400, "'AreaCode' is only supported for the United States and Canada."),
  kindMismatch: callerError(21458, 400, "The number {number} is of the type {kind}; use the resource of that type."),
  accountInvalid: callerError(21470, 400, "The 'AccountSid' {value} is not a valid account SID."),
  accountUnknown: callerError(21471, 400, "The account {accountSid} does not exist."),
  accountNotActive: callerError(21472, 400, "The account {accountSid} is {status}."),
  accountNotRelated: callerError(
    21473,
    400,
    "The account {accountSid} is not one that this number can be transferred to with these credentials.",
  ),
  tooManyApplications: callerError(20001, 400, "An account may have at most {max} applications."),
  notSupported: callerError(20422, 400, "The parameter '{parameter}' is not supported by this server yet."),
} satisfies Record<string, ErrorSpec>;
