import { callerError, type ErrorSpec } from "../../kernel/errors.ts";

/** What can be wrong with a request for many messages as a whole. Single messages have the codes of single requests. */
export const bulkErrors = {
  shape: callerError(20001, 400, "The body must be an object with a list of messages: {reason}."),
  tooMany: callerError(20001, 400, "A request may hold at most {max} messages."),
} as const satisfies Readonly<Record<string, ErrorSpec>>;
