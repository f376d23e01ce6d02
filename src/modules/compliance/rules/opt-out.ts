import { AppError } from "../../../kernel/errors.ts";
import { ruleErrors } from "../errors.ts";
import type { Rule } from "./rule.ts";

/** The recipient has said STOP to this sender, to its service, or to the account. */
export const optOut: Rule = {
  name: "opt-out",
  asked: "both",
  errors: [ruleErrors.optedOut],
  concerns: () => true,
  judge: (draft, { consents }) => {
    // The one confirmation of STOP goes to somebody who has just opted out.
    if (draft.confirms !== undefined || !consents.isOptedOut(draft)) return undefined;
    return { refuse: new AppError(ruleErrors.optedOut, { from: draft.from, to: draft.to }) };
  },
};
