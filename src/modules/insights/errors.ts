import { callerError } from "../../kernel/errors.ts";

/** What is wrong with a question. */
export const insightErrors = {
  badQuery: callerError(20001, 400, "The series cannot be read: {reason}."),
  operatorOnly: callerError(20003, 403, "Only the operator sees {what}."),
};
