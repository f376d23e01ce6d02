import { callerError, type ErrorSpec } from "../../kernel/errors.ts";

/** What can be wrong with a request for many messages as a whole. Single messages have the codes of single requests. */
export const bulkErrors = {
  shape: callerError(20001, 400, "The body must be an object with a list of messages: {reason}."),
  tooMany: callerError(20001, 400, "A request may hold at most {max} messages."),
  keyInvalid: callerError(20001, 400, "The Idempotency-Key must be 1 to {max} visible ASCII characters."),
  keyReused: callerError(20409, 409, "The Idempotency-Key was used for a request with another body."),
  keyInUse: {
    code: 20409,
    status: 409,
    fault: "caller",
    retry: "later",
    message: "A request with this Idempotency-Key is under way.",
  },
} as const satisfies Readonly<Record<string, ErrorSpec>>;
