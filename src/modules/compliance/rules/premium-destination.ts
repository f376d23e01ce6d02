import { AppError } from "../../../kernel/errors.ts";
import { ruleErrors } from "../errors.ts";
import type { Rule } from "./rule.ts";

/**
 * Numbers that pay whoever owns them, or that cost most and are used for artificial traffic:
 * they need a permission of their own beside that of their country. Each with its reason.
 *
 * International codes: http://wtng.info/wtng-spe.html and, for 882 and 883,
 * https://probsee.com/p/International_Networks_(country_code); British ranges:
 * https://ukareacodes.info/09; all read 2026-11-21. The other national ranges are those of the
 * regulators' numbering plans as they are commonly told; they were not looked up one by one.
 */
export const PREMIUM_PREFIXES: Readonly<Record<string, string>> = {
  "1900": "premium rate numbers of North America",
  "808": "international shared cost numbers",
  "870": "Inmarsat satellite phones",
  "878": "universal personal numbers",
  "881": "satellite phones",
  "882": "international networks",
  "883": "international networks",
  "979": "international premium rate numbers",
  "3389": "premium rate numbers of France",
  "4470": "personal numbers of the United Kingdom",
  "449": "premium rate numbers of the United Kingdom",
  "49900": "premium rate numbers of Germany",
  "34803": "premium rate numbers of Spain",
  "34806": "premium rate numbers of Spain",
  "34807": "premium rate numbers of Spain",
  "3989": "premium rate numbers of Italy",
  "31906": "premium rate numbers of the Netherlands",
  "31909": "premium rate numbers of the Netherlands",
  "41900": "premium rate numbers of Switzerland",
  "41901": "premium rate numbers of Switzerland",
  "41906": "premium rate numbers of Switzerland",
  "43900": "premium rate numbers of Austria",
  "61190": "premium rate numbers of Australia",
};

const MAX_PREFIX = 5;
const prefixes = new Map(Object.entries(PREMIUM_PREFIXES));

/** The recipient has no premium rate, satellite or personal number, or the account may send there. */
export const premiumDestination: Rule = {
  name: "premium-destination",
  asked: "accept",
  errors: [ruleErrors.prefixNotPermitted],
  concerns: () => true,
  judge: ({ accountSid, to }, { geo }) => {
    for (let length = 3; length <= MAX_PREFIX; length += 1) {
      const prefix = to.slice(1, 1 + length);
      const why = prefixes.get(prefix);
      if (why === undefined || geo.hasPrefix(accountSid, `+${prefix}`)) continue;
      return { refuse: new AppError(ruleErrors.prefixNotPermitted, { prefix: `+${prefix}`, why }) };
    }
    return undefined;
  },
};
