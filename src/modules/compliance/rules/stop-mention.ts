import { AppError } from "../../../kernel/errors.ts";
import { ruleErrors } from "../errors.ts";
import { isMarketing } from "../marketing.ts";
import type { Rule } from "./rule.ts";

/** Marketing says how to end it, where that is the law. */
export const stopMention: Rule = {
  name: "stop-mention",
  asked: "accept",
  errors: [ruleErrors.stopMissing],
  concerns: (country, { countries }) => countries.of(country).rule.stopMention,
  judge: (draft) => {
    if (!isMarketing(draft) || draft.direction === "outbound-reply" || draft.confirms !== undefined) return undefined;
    if (/\bstop\b/i.test(draft.body)) return undefined;
    return { refuse: new AppError(ruleErrors.stopMissing, { country: draft.country ?? "" }) };
  },
};
