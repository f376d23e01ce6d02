import { callerError, type ErrorSpec } from "../../kernel/errors.ts";

/** Refusals of requests about routing. */
export const routingErrors = {
  tableInvalid: callerError(20001, 400, "The routing table is not valid at {path}: {reason}."),
  bodyInvalid: callerError(20001, 400, "The request body is not valid: {reason}."),
  intentUnknown: callerError(20001, 400, "MessageIntent '{value}' is not one of those that are known."),
  numberInvalid: callerError(21211, 400, "The 'To' {value} is not a valid phone number."),
  rangeInvalid: callerError(20001, 400, "EndTime has to be after StartTime, by {days} days at most."),
  tableUnknown: callerError(20404, 404, "There is no routing table of version {version}."),
  tableIsDraft: callerError(20409, 409, "The routing table {version} is not complete yet."),
  tableIsComplete: callerError(20409, 409, "The routing table {version} is complete and does not change any more."),
  partTaken: callerError(20409, 409, "The routing table {version} has {count} parts; the next one is {expected}."),
  alreadyActive: callerError(20409, 409, "The routing table {version} is the active one already."),
  nothingToRollBack: callerError(20409, 409, "No routing table was published yet, so there is none to go back to."),
  comparisonRuns: {
    code: 20429,
    status: 429,
    fault: "caller",
    retry: "later",
    message: "Another comparison of routing tables is under way.",
  },
  tableBroken: {
    code: 20500,
    status: 500,
    fault: "platform",
    retry: "never",
    message: "The routing table {version} cannot be loaded.",
  },
} satisfies Record<string, ErrorSpec>;
