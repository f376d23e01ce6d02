import { callerError, type ErrorSpec } from "../../../kernel/errors.ts";

/** Refusals of requests about spam. */
export const spamErrors = {
  valueInvalid: callerError(20001, 400, "'{value}' is no {what}."),
  entryTaken: callerError(20409, 409, "There is such an entry already: {value}."),
  tooMany: callerError(20001, 400, "There are {max} entries, which is the most there can be."),
} satisfies Record<string, ErrorSpec>;
