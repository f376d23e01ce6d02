import { AppError } from "../../../kernel/errors.ts";
import { ruleErrors } from "../errors.ts";
import type { Rule } from "./rule.ts";

/** The text has no words that the operator bans in the recipient's country: sex, hate, alcohol, firearms, tobacco and so on. */
export const bannedWords: Rule = {
  name: "banned-words",
  asked: "accept",
  errors: [ruleErrors.wordBanned],
  concerns: (country, { content }) => content.bans(country),
  judge: ({ accountSid, country = "", body }, { content }) => {
    const found = content.find({ accountSid, country, body });
    return found === undefined ? undefined : { refuse: new AppError(ruleErrors.wordBanned, { ...found }) };
  },
};
