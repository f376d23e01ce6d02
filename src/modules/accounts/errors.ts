import { callerError, type ErrorSpec } from "../../kernel/errors.ts";

/** Refusals of requests about accounts, keys and tokens. Codes as Twilio numbers them. */
export const accountErrors = {
  friendlyNameInvalid: callerError(20002, 400, "The 'FriendlyName' must have from 1 to 64 characters."),
  statusInvalid: callerError(21475, 400, "The 'Status' must be active, suspended or closed."),
  parentSuspended: callerError(
    21476,
    400,
    "The status of {sid} cannot be changed while the account that owns it is not active.",
  ),
  statusOfMain: callerError(21477, 400, "The status of a main account cannot be changed through the API."),
  heldByOperator: callerError(
    21478,
    400,
    "The status of {sid} cannot be changed: the operator of this server suspended it.",
  ),
  reopened: callerError(21479, 400, "The status of {sid} cannot be changed: a closed account stays closed."),
  tooManySubaccounts: callerError(21480, 400, "This account has {max} subaccounts, which is the most it can have."),
  pageTokenInvalid: callerError(21481, 400, "The PageToken is not valid for this list."),
  nestedSubaccount: callerError(20006, 403, "A subaccount cannot have subaccounts."),
  statusBySubaccount: callerError(20006, 403, "The status of a subaccount is changed by the account that owns it."),
  keyTypeNotSupported: callerError(20422, 400, "Restricted API keys are not supported by this server yet."),
  sidInvalid: callerError(20001, 400, "The SID of an account is AC and 32 small hexadecimal digits."),
  sidTaken: callerError(20409, 409, "The SID {sid} is that of a subaccount."),
  unknownAccount: callerError(20404, 404, "There is no account {sid}."),
  tooManyKeys: callerError(20001, 400, "This account has {max} API keys, which is the most it can have."),
  tooManyFailures: {
    code: 20429,
    status: 429,
    fault: "caller",
    retry: "later",
    message: "Too many requests with wrong credentials for {username}.",
  },
  lookupsOverloaded: {
    code: 20503,
    status: 503,
    fault: "platform",
    retry: "later",
    message: "The service is temporarily unavailable. Please try again.",
  },
} satisfies Record<string, ErrorSpec>;
