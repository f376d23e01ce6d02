import { callerError, type ErrorSpec } from "../../kernel/errors.ts";

/** What can be wrong with an idempotency key. With all of them nothing was done by this request. */
export const idempotencyErrors = {
  keyInvalid: callerError(20001, 400, "The Idempotency-Key must be 1 to {max} visible ASCII characters."),
  keyReused: callerError(
    20409,
    409,
    "The Idempotency-Key was used for another request: the path, the query or the body differs.",
  ),
  keyInUse: {
    code: 20409,
    status: 409,
    fault: "caller",
    retry: "later",
    message: "A request with this Idempotency-Key is under way.",
  },
  outcomeUnknown: {
    code: 20409,
    status: 409,
    fault: "unknown",
    retry: "never",
    message:
      "A request with this Idempotency-Key was cut off, and it is not known whether it was carried out. " +
      "Read {resource} to see, and then use a new key.",
  },
  tooManyKeys: {
    code: 20429,
    status: 429,
    fault: "caller",
    retry: "later",
    message: "Too many different Idempotency-Keys within {minutes} minutes: at most {max} are remembered.",
  },
} as const satisfies Readonly<Record<string, ErrorSpec>>;
