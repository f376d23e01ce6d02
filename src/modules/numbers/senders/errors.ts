import { callerError, type ErrorSpec } from "../../../kernel/errors.ts";

/** Refusals of requests about alphanumeric senders and their registrations. */
export const senderErrors = {
  invalid: callerError(
    21657,
    400,
    "'{value}' is no sender ID: it takes 1 to 11 letters, digits, spaces and + - _ &, and a letter.",
  ),
  countryInvalid: callerError(20001, 400, "'{value}' is no ISO 3166-1 alpha-2 country code."),
  known: callerError(20409, 409, "The sender {value} is registered already."),
  tooMany: callerError(20001, 400, "An account may have at most {max} alphanumeric senders."),
  bodyInvalid: callerError(20001, 400, "The registration is not valid: {reason}."),
} satisfies Record<string, ErrorSpec>;
