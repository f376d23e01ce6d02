import { callerError, type ErrorSpec } from "../../kernel/errors.ts";

/** Why something is not shown. They go to the browser as `{"error": {"code", "message"}}`. */
export const liveErrors = {
  frameInvalid: callerError(20001, 400, "The frame makes no sense: {reason}."),
  topicUnknown: callerError(20404, 404, "There is no topic {topic}."),
  notAllowed: callerError(20006, 403, "You may not watch {topic}."),
  everythingNotAllowed: callerError(20006, 403, "Only people of the operator's account may watch all accounts."),
  accountForeign: callerError(20404, 404, "The account {accountSid} is not one of yours."),
  tooManySubscriptions: callerError(20429, 429, "There are at most {max} subscriptions on one socket."),
  queriesTooLong: callerError(20413, 413, "The queries of one socket have at most {max} octets together."),
  queryInvalid: callerError(20001, 400, "The query makes no sense: {reason}."),
  sourceFailed: {
    code: 20500,
    status: 500,
    fault: "platform",
    retry: "later",
    message: "This cannot be shown just now.",
  },
} as const satisfies Record<string, ErrorSpec>;
