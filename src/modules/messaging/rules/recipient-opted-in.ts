import { AppError } from "../../../kernel/errors.ts";
import { messageErrors } from "../errors.ts";
import { optOutKey } from "../message-state.ts";
import type { Rule } from "./rule.ts";

/** The recipient has not said STOP to this sender. */
export const recipientOptedIn: Rule = ({ from, to }, { state }) =>
  state.optOuts.has(optOutKey(from, to)) ? new AppError(messageErrors.optedOut, { from, to }) : undefined;
