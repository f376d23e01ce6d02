import { callerError, type ErrorSpec } from "../../../kernel/errors.ts";

/** Refusals of requests about ports. Codes as Twilio numbers them where its list has one. */
export const portingErrors = {
  bodyInvalid: callerError(20001, 400, "The port-in request is not valid: {reason}."),
  addressUnknown: callerError(22173, 400, "The address {value} does not exist for this account."),
  accountUnknown: callerError(
    20001,
    400,
    "The account {accountSid} is not one that these credentials may port numbers to.",
  ),
  numberInvalid: callerError(21421, 400, "The phone number {value} is not a valid phone number."),
  numberUnderWay: callerError(20409, 409, "The number {number} is being ported already."),
  notCancelable: callerError(20409, 409, "{sid} is {status}; it cannot be canceled any more."),
  webhookInvalid: callerError(20001, 400, "The webhook configuration is not valid: {reason}."),
  tooMany: callerError(20001, 400, "An account may have at most {max} port-in requests."),
  notOurs: callerError(20404, 404, "The number {number} is not in this inventory."),
} satisfies Record<string, ErrorSpec>;
