import { callerError, type ErrorSpec } from "../../../kernel/errors.ts";

/** Public errors of questions in SQL. */
export const eventErrors = {
  queryRefused: callerError(20001, 400, "The query cannot be answered: {reason}"),
  queryTooLong: callerError(20001, 400, "The query took longer than {seconds} s and was stopped."),
  queryTooLarge: callerError(20001, 400, "The query needs more memory than it may have; ask for less at once."),
  tooManyQueries: {
    code: 20429,
    status: 429,
    fault: "caller",
    retry: "later",
    message: "Other queries wait already; try again in some seconds.",
  } satisfies ErrorSpec,
  eventsOff: callerError(20404, 404, "This cell writes down no events: insights.events is off."),
  notReady: {
    code: 20503,
    status: 503,
    fault: "platform",
    retry: "later",
    message: "The events cannot be asked at the moment.",
  } satisfies ErrorSpec,
} as const;
