import { callerError, type ErrorSpec } from "../../kernel/errors.ts";

/** Refusals of requests about SMPP credentials, and what an account is told in its debugger log. Refusals of submissions are messaging's; see `refusal-status.ts`. */
export const esmeErrors = {
  systemIdInvalid: callerError(
    20001,
    400,
    "The 'SystemId' must have 3 to 15 letters, digits, dots, dashes or underscores.",
  ),
  systemIdTaken: callerError(20001, 400, "The 'SystemId' {systemId} is taken."),
  cidrInvalid: callerError(20001, 400, "'AllowedCidrs' {value} is no address range such as 192.0.2.0/24."),
  tooManyCredentials: callerError(
    20001,
    400,
    "This account has {max} SMPP credentials, which is the most it can have.",
  ),
  accountUnknown: callerError(20404, 404, "There is no account {sid}."),
  partsIncomplete: {
    code: 30009,
    status: 400,
    fault: "caller",
    retry: "never",
    message: "Not all parts of a long message were submitted in time.",
  },
  deliveriesFull: {
    code: 30001,
    status: 429,
    fault: "caller",
    retry: "later",
    message: "So many receipts and texts wait for the binds of {owner} that no more are kept.",
  },
  notDelivered: {
    code: 30003,
    status: 400,
    fault: "caller",
    retry: "never",
    message: "A receipt or text was given up because no bind of {owner} took it.",
  },
} satisfies Record<string, ErrorSpec>;
