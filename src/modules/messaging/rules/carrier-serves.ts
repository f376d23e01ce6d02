import { AppError } from "../../../kernel/errors.ts";
import { messageErrors } from "../errors.ts";
import type { Rule } from "./rule.ts";

/** Some carrier takes messages to this destination. */
export const carrierServes: Rule = ({ from, to }, { router }) =>
  !router.serves(to) ? new AppError(messageErrors.toNotReachable, { from, to }) : undefined;
