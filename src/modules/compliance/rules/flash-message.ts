import { AppError } from "../../../kernel/errors.ts";
import { ruleErrors } from "../errors.ts";
import type { Rule } from "./rule.ts";

/** A message that is shown and not kept goes only where phones and carriers know such. */
export const flashMessage: Rule = {
  name: "flash-message",
  asked: "accept",
  errors: [ruleErrors.flashNotSupported],
  concerns: (country, { countries }) => !countries.of(country).rule.flash,
  judge: ({ flash, country = "" }) =>
    flash === true ? { refuse: new AppError(ruleErrors.flashNotSupported, { country }) } : undefined,
};
