import { AppError } from "../../../kernel/errors.ts";
import { messageErrors } from "../errors.ts";
import type { Rule } from "./rule.ts";

/** A number does not text itself: the reply webhook would answer its own replies for ever. */
export const notToItself: Rule = ({ from, to }) =>
  from === to ? new AppError(messageErrors.sameNumber, { to }) : undefined;
