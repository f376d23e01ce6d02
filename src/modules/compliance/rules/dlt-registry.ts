import { AppError } from "../../../kernel/errors.ts";
import { ruleErrors } from "../errors.ts";
import { dltTlvs } from "../dlt/index.ts";
import type { Rule } from "./rule.ts";

/**
 * A message to India from a header: the header and its entity are registered, and the text is
 * one of the entity's content templates to the character. Adds the ids that operators check.
 *
 * A long number goes the international way instead, on which operators replace the sender.
 */
export const dltRegistry: Rule = {
  name: "dlt-registry",
  asked: "accept",
  errors: [ruleErrors.senderUnregistered, ruleErrors.entityUnknown, ruleErrors.templateMismatch],
  concerns: (country, { countries }) => countries.of(country).rule.registry === "IN-DLT",
  judge: ({ accountSid, from, senderKind, body, country = "", dlt: given }, world) => {
    const header = world.dlt.header(accountSid, from);
    if (header === undefined) {
      if (senderKind !== "alphanumeric" && given === undefined) return undefined;
      if (senderKind !== "alphanumeric")
        return { refuse: new AppError(ruleErrors.entityUnknown, { from, entityId: "" }) };
      return { refuse: new AppError(ruleErrors.senderUnregistered, { from, country }) };
    }
    const { entityId } = header;
    if (!world.dlt.hasEntity(accountSid, entityId) || (given?.entityId ?? entityId) !== entityId) {
      return { refuse: new AppError(ruleErrors.entityUnknown, { from, entityId: given?.entityId ?? entityId }) };
    }
    const dlt = world.dlt.match(accountSid, { header, body, templateId: given?.templateId });
    if (dlt === undefined) return { refuse: new AppError(ruleErrors.templateMismatch, { from }) };
    return { dlt, tlvs: dltTlvs(world.dltTags, dlt), from: header.header };
  },
};
