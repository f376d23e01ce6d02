import { AppError } from "../../../kernel/errors.ts";
import { countryOf } from "../../../protocols/e164/index.ts";
import { ruleErrors } from "../errors.ts";
import type { Draft } from "../compliance.ts";
import type { ReadyCountry } from "../countries/index.ts";
import type { Rule, RuleAnswer } from "./rule.ts";

/** Senders with which nothing leaves the house: what examples and test suites send from. */
const TEST_NUMBERS = "+1500555";

/** A number is a sender that the recipient's country takes: short codes look as they do there, foreign numbers are let in. */
export const numericSender: Rule = {
  name: "numeric-sender",
  asked: "accept",
  errors: [ruleErrors.senderNotSupported, ruleErrors.shortCodeForeign],
  concerns: (country, { countries }) => {
    const { rule, shortCodePattern } = countries.of(country);
    return rule.foreignNumbers !== "allowed" || shortCodePattern !== undefined || rule.rewriteTo?.local !== undefined;
  },
  judge: (draft, { countries }) => {
    const country = countries.of(draft.country ?? "");
    if (draft.senderKind === "shortcode") return foreignCode(draft.from, country);
    if (draft.senderKind === "alphanumeric") return undefined;
    return foreignNumber(draft, country);
  },
};

function foreignCode(from: string, { rule, shortCodePattern }: ReadyCountry): RuleAnswer | undefined {
  if (shortCodePattern === undefined || shortCodePattern.test(from)) return undefined;
  return { refuse: new AppError(ruleErrors.shortCodeForeign, { from, country: rule.country }) };
}

function foreignNumber({ from }: Draft, { rule }: ReadyCountry): RuleAnswer | undefined {
  if (from.startsWith(TEST_NUMBERS) || countryOf(from) === rule.country) return undefined;
  if (rule.foreignNumbers === "forbidden") {
    return { refuse: new AppError(ruleErrors.senderNotSupported, { from, country: rule.country, kind: "foreign" }) };
  }
  const rewritten = rule.rewriteTo?.local;
  return rule.foreignNumbers === "rewritten" && rewritten !== undefined ? { from: rewritten } : undefined;
}
