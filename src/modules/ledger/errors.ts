import { callerError, type ErrorSpec } from "../../kernel/errors.ts";

/** Refusals of the ledger. Codes as Twilio numbers them. */
export const ledgerErrors = {
  /**
   * Twilio answers 20003 to what an account without money asks for. The status is 403 and not
   * 401: the credentials are right, and clients take 401 for wrong ones.
   */
  outOfCredit: callerError(20003, 403, "Permission denied: the account {accountSid} has not enough credit for this."),
  capReached: callerError(20003, 403, "Permission denied: the account {accountSid} has reached its spending cap."),
  /** The account is at home in another cell, which could not be asked in time. */
  creditUnknown: {
    code: 20503,
    status: 503,
    fault: "platform",
    retry: "later",
    message: "The account's credit cannot be asked for now. Nothing was done; try again later.",
  },
  tooManyReservations: {
    code: 20503,
    status: 503,
    fault: "platform",
    retry: "later",
    message: "Too much work waits for its money to be set aside. Nothing was done; try again later.",
  },
  unknownAccount: callerError(20404, 404, "There is no account {accountSid} in this cell."),
  notMain: callerError(20001, 400, "The account {accountSid} is a subaccount: it spends the wallet of {owner}."),
  notSub: callerError(20001, 400, "The account {accountSid} is a main account; its floor is what caps it."),
  amountRefused: callerError(20001, 400, "The wallet cannot take or give this amount."),
  floorInvalid: callerError(20001, 400, "The terms are not possible: {reason}."),
  idReused: callerError(20409, 409, "The Id {id} was used for something else."),
  idInUse: callerError(20409, 409, "A request with the Id {id} is under way."),
  carriersAreOperators: callerError(20003, 403, "Only the operator sees carriers."),
  lineGone: callerError(20404, 404, "The line {id} is not here any more."),
} satisfies Record<string, ErrorSpec>;
