import { AppError } from "../../../kernel/errors.ts";
import { ruleErrors } from "../errors.ts";
import { hostsIn } from "../hosts-in-text.ts";
import { PUBLIC_SHORTENERS } from "../public-shorteners.ts";
import type { Rule } from "./rule.ts";

/** The text holds no link of a public shortener where carriers filter them. */
export const publicShortener: Rule = {
  name: "public-shortener",
  asked: "accept",
  errors: [ruleErrors.shortenerBanned],
  concerns: (country, { countries }) => countries.of(country).rule.shorteners === "blocked",
  judge: ({ body }) => {
    for (const host of hostsIn(body)) {
      const plain = host.startsWith("www.") ? host.slice(4) : host;
      if (PUBLIC_SHORTENERS.has(plain)) return { refuse: new AppError(ruleErrors.shortenerBanned, { host: plain }) };
    }
    return undefined;
  },
};
