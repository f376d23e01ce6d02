import { AppError } from "../../../kernel/errors.ts";
import { ruleErrors } from "../errors.ts";
import type { Rule } from "./rule.ts";

/** The account may send to the recipient's country. */
export const geoPermission: Rule = {
  name: "geo-permission",
  asked: "accept",
  errors: [ruleErrors.countryNotPermitted],
  concerns: (country) => country !== "",
  judge: ({ accountSid, country = "", confirms }, { geo }) => {
    if (confirms !== undefined || geo.isPermitted(accountSid, country)) return undefined;
    return { refuse: new AppError(ruleErrors.countryNotPermitted, { country }) };
  },
};
