import { callerError, type ErrorSpec } from "../../../kernel/errors.ts";

/** Refusals of requests about addresses. Codes as Twilio numbers them. */
export const addressErrors = {
  invalid: callerError(21628, 400, "The address cannot be right: {reason}."),
  suggested: callerError(21629, 400, "The address is not written as usual; this is: {suggestion}."),
  inUse: callerError(20409, 409, "The address {sid} is used by {count} phone numbers; take it off them first."),
  countryInvalid: callerError(21628, 400, "'{value}' is no ISO 3166-1 alpha-2 country code."),
  emergencyUnsupported: callerError(20422, 400, "'EmergencyEnabled' is not supported: there is no emergency calling."),
  tooMany: callerError(20001, 400, "An account may have at most {max} addresses."),
} satisfies Record<string, ErrorSpec>;
