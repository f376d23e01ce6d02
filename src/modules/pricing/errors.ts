import { callerError, type ErrorSpec } from "../../kernel/errors.ts";

/** Refusals of requests about prices. Twilio has no such API, so they take its general codes. */
export const pricingErrors = {
  tableInvalid: callerError(20001, 400, "The price table is not valid at {path}: {reason}."),
  bodyInvalid: callerError(20001, 400, "The request body is not valid: {reason}."),
  tableUnknown: callerError(20404, 404, "There is no price table of version {version}."),
  tableIsDraft: callerError(20409, 409, "The price table {version} is not complete yet."),
  tableIsComplete: callerError(20409, 409, "The price table {version} is complete and does not change any more."),
  rowsTaken: callerError(20409, 409, "The price table {version} has {count} rows; the next part begins there."),
  pastActivation: callerError(20001, 400, "'From' lies in the past; leave it out to activate the table now."),
  tooManyPending: callerError(20409, 409, "At most {max} activations may lie ahead."),
  accountInvalid: callerError(20001, 400, "The 'AccountSid' {value} is not a valid account SID."),
  listUnknown: callerError(20001, 400, "There is no price list {list}: make a table for it first."),
  numberInvalid: callerError(21211, 400, "The 'To' {value} is not a valid phone number."),
  tableBroken: {
    code: 20500,
    status: 500,
    fault: "platform",
    retry: "never",
    message: "The price table {version} cannot be loaded.",
  },
} satisfies Record<string, ErrorSpec>;
