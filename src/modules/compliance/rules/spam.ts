import { AppError } from "../../../kernel/errors.ts";
import { ruleErrors } from "../errors.ts";
import type { Rule } from "./rule.ts";

/** The spam check has nothing against the message. Its score and reason are for the operator alone. */
export const spam: Rule = {
  name: "spam",
  asked: "accept",
  errors: [ruleErrors.spam],
  concerns: (_country, world) => world.spam !== undefined,
  judge: (draft, world) => {
    if (draft.riskCheck === "disable" || draft.confirms !== undefined) return undefined;
    const found = world.spam?.check(draft);
    if (found === undefined) return undefined;
    const internal = `score ${found.score}: ${found.reason}`;
    return { refuse: new AppError(ruleErrors.spam, {}, { internal }) };
  },
};
