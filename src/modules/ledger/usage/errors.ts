import { callerError, type ErrorSpec } from "../../../kernel/errors.ts";

/** Refusals of requests about usage. Twilio gives these its general codes. */
export const usageErrors = {
  categoryUnknown: callerError(20001, 400, "The parameter '{parameter}' is no usage category: {value}."),
  dateInvalid: callerError(
    20001,
    400,
    "The parameter '{parameter}' is not valid: a date of the form 2024-01-31, or an offset such as -30days, is expected.",
  ),
  friendlyNameInvalid: callerError(20002, 400, "The 'FriendlyName' may have at most 64 characters."),
  triggerValueInvalid: callerError(
    20001,
    400,
    "The 'TriggerValue' {value} is not valid: a positive number, or one with a plus before it, is expected.",
  ),
  noCount: callerError(20001, 400, "The usage category {category} has no {by} that a trigger could watch."),
  tooManyTriggers: callerError(20001, 400, "An account may have at most {max} usage triggers."),
} satisfies Record<string, ErrorSpec>;
