import { AppError } from "../../../kernel/errors.ts";
import { ruleErrors } from "../errors.ts";
import type { Draft } from "../compliance.ts";
import type { ReadyCountry } from "../countries/index.ts";
import type { Rule, RuleAnswer, RuleWorld } from "./rule.ts";

/** A name is a sender that the recipient's country takes, is spelled as it wants it, and is registered where it must be. */
export const alphanumericSender: Rule = {
  name: "alphanumeric-sender",
  asked: "accept",
  errors: [ruleErrors.senderNotSupported, ruleErrors.senderInvalid, ruleErrors.senderUnregistered],
  concerns: (country) => country !== "",
  judge: (draft, world) => {
    if (draft.senderKind !== "alphanumeric") return undefined;
    const country = world.countries.of(draft.country ?? "");
    const { alphanumeric, rewriteTo } = country.rule;
    if (alphanumeric === "forbidden") {
      const detail = { country: country.rule.country, kind: "alphanumeric", from: draft.from };
      return { refuse: new AppError(ruleErrors.senderNotSupported, detail) };
    }
    // India's registries have a rule of their own.
    if (country.rule.registry === "IN-DLT") return undefined;
    const refusal = misspelled(draft.from, country) ?? unregistered(draft, country, world);
    if (refusal !== undefined || rewriteTo?.alphanumeric === undefined) return refusal;
    return { from: rewriteTo.alphanumeric };
  },
};

function misspelled(from: string, { rule, alphanumericPattern, genericNames }: ReadyCountry): RuleAnswer | undefined {
  const refuse = (reason: string): RuleAnswer => ({
    refuse: new AppError(ruleErrors.senderInvalid, { from, country: rule.country, reason }),
  });
  if (alphanumericPattern?.test(from) === false) return refuse("it has characters that are not taken there");
  if (genericNames.size > 0 && genericNames.has(plainName(from))) return refuse("it names nobody");
  return undefined;
}

const LOOKALIKES: Readonly<Record<string, string>> = { "0": "O", "1": "I", "3": "E", "4": "A", "5": "S" };

/** `V3R_IFY` is VERIFY. */
function plainName(name: string): string {
  const letters = name.toUpperCase().replace(/[^A-Z0-9]/g, "");
  return /[A-Z]/.test(letters) ? letters.replace(/[01345]/g, (digit) => LOOKALIKES[digit] ?? digit) : letters;
}

function unregistered(draft: Draft, { rule }: ReadyCountry, { senders }: RuleWorld): RuleAnswer | undefined {
  const { accountSid, from } = draft;
  if (rule.alphanumeric !== "registered" || senders.isRegistered(accountSid, from, rule.country)) return undefined;
  return { refuse: new AppError(ruleErrors.senderUnregistered, { from, country: rule.country }) };
}
