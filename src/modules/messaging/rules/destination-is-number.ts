import { AppError } from "../../../kernel/errors.ts";
import { messageErrors } from "../errors.ts";
import type { Rule } from "./rule.ts";

/** Texts go to phone numbers; short codes and names only ever send them. */
export const destinationIsNumber: Rule = ({ to }) =>
  to.startsWith("+") ? undefined : new AppError(messageErrors.toInvalid, { to });
