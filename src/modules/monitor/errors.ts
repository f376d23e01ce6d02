import { callerError } from "../../kernel/errors.ts";

/** What can be wrong with a request of the debugger. */
export const monitorErrors = {
  webhookForgotten: callerError(
    20404,
    410,
    "The webhook {sid} was about a message that is redacted or deleted; what it said is gone.",
  ),
  rangeInvalid: callerError(20001, 400, "EndDate has to be after StartDate, by {days} days at most."),
} as const;
