import { AppError } from "../../../kernel/errors.ts";
import { route } from "../dispatch/route.ts";
import { messageErrors } from "../errors.ts";
import type { Rule } from "./rule.ts";

/** Some carrier takes messages to this destination. */
export const carrierServes: Rule = ({ from, to }, { carriers }) =>
  route(carriers, to) === undefined ? new AppError(messageErrors.toNotReachable, { from, to }) : undefined;
