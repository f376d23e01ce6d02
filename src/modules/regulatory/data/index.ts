/** What is asked for, as data. */
import type { Rule, RuleScope } from "../rule.ts";
import { POLICIES } from "./policies.ts";
import { REGULATIONS } from "./regulations.ts";

export { findItemType, ITEM_TYPES } from "./item-types.ts";
export { POLICIES, REGULATIONS };

const RULES = new Map([...POLICIES, ...REGULATIONS].map((rule) => [rule.sid, rule]));

/** A policy or regulation; `undefined` where there is none of this SID. */
export function ruleBySid(sid: string): Rule | undefined {
  return RULES.get(sid.slice(0, 2) + sid.slice(2).toLowerCase());
}

/** The regulations that fit what is known; all for an empty filter. */
export function regulationsOf(filter: { readonly [Key in keyof RuleScope]?: string | undefined }): readonly Rule[] {
  const numberType = filter.numberType?.toLowerCase().replaceAll(/[^a-z]/g, "");
  return REGULATIONS.filter(
    ({ scope }) =>
      scope !== undefined &&
      (filter.isoCountry === undefined || scope.isoCountry === filter.isoCountry.toUpperCase()) &&
      (numberType === undefined || scope.numberType.replace("-", "") === numberType) &&
      (filter.endUserType === undefined || scope.endUserType === filter.endUserType),
  );
}
