import { callerError, type ErrorSpec } from "../../kernel/errors.ts";

/** Refusals of requests about moves. */
export const moveErrors = {
  accountUnknown: callerError(20404, 404, "There is no main account {sid} with a home in a messaging cell."),
  cellUnknown: callerError(20404, 404, "There is no messaging cell {cell} that takes accounts."),
  isThere: callerError(20409, 409, "The account {sid} is at home in {cell} already."),
  otherRegion: callerError(20409, 409, "The account {sid} stays in the region {region}; {cell} is in another one."),
  underWay: callerError(20409, 409, "The move {move} of account {sid} is at '{step}' and has to end first."),
  tooLate: callerError(20409, 409, "The move {move} is at '{step}' and cannot be canceled any more."),
  noRoom: {
    code: 20503,
    status: 503,
    fault: "platform",
    retry: "later",
    message: "No other messaging cell of the region {region} takes accounts now.",
  },
} satisfies Record<string, ErrorSpec>;

/** A cell refuses a step for good: trying again does not help. Travels between processes as `{ refused }`. */
export class StepRefused extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = "StepRefused";
  }
}
