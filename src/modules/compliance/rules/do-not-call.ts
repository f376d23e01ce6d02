import { AppError } from "../../../kernel/errors.ts";
import { ruleErrors } from "../errors.ts";
import { isMarketing } from "../marketing.ts";
import type { Rule } from "./rule.ts";

/** The recipient of marketing is on no do-not-call list of his country that the operator has. */
export const doNotCall: Rule = {
  name: "do-not-call",
  asked: "accept",
  errors: [ruleErrors.doNotCall],
  concerns: (country, { doNotCall: lists }) => lists.has(country),
  judge: (draft, { doNotCall: lists }) => {
    if (!isMarketing(draft) || draft.direction === "outbound-reply" || draft.confirms !== undefined) return undefined;
    const list = lists.find(draft.accountSid, draft.country ?? "", draft.to);
    return list === undefined ? undefined : { refuse: new AppError(ruleErrors.doNotCall, { to: draft.to, list }) };
  },
};
