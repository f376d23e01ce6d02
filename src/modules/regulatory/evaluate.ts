import { looksRight, valuesOf } from "./attributes.ts";
import { isUnderReview, type DossierStatus, type Item } from "./dossier.ts";
import type { AcceptedDocument, DocumentRequirement, Field, ProfileRequirement, Rule } from "./rule.ts";

/** What there is in a dossier when it is held against its policy or regulation. */
export interface Evidence {
  readonly items: readonly Item[];
  readonly profiles: readonly SupportingProfile[];
  /** The account's addresses that the items name, by SID; what is not there does not exist. */
  readonly addresses: ReadonlyMap<string, KnownAddress>;
}

/** A customer profile that was put into another dossier. */
export interface SupportingProfile {
  readonly sid: string;
  /** The `profileType` of its policy. */
  readonly type: string;
  readonly status: DossierStatus;
}

export interface KnownAddress {
  /** Unknown where nobody can tell: then it counts as any country. */
  readonly isoCountry?: string;
}

/** How one field fares, as the API shows it. */
export interface FieldResult {
  readonly friendly_name: string;
  readonly object_field: string;
  readonly passed: boolean;
  readonly failure_reason: string | null;
  readonly error_code: number | null;
}

/** How one requirement fares, as the API shows it. */
export interface RequirementResult {
  readonly friendly_name: string;
  readonly object_type: string;
  readonly passed: boolean;
  readonly failure_reason: string | null;
  readonly error_code: number | null;
  readonly valid: readonly FieldResult[];
  readonly invalid: readonly FieldResult[];
  readonly requirement_friendly_name: string;
  readonly requirement_name: string;
}

export interface Verdict {
  readonly isCompliant: boolean;
  readonly results: readonly RequirementResult[];
}

const NO_END_USER = 22_214;
const BAD_END_USER_FIELD = 22_215;
const NO_DOCUMENT = 22_216;
const BAD_DOCUMENT_FIELD = 22_217;
const MISMATCH = 22_218;
const NO_ADDRESS = 22_219;

/** Holds a dossier against what is asked of it. */
export function evaluate(rule: Rule, evidence: Evidence): Verdict {
  const results: RequirementResult[] = [];
  for (const requirement of rule.endUsers) {
    const { type, name, requirementName, isOptional = false } = requirement;
    const known = evidence.items.filter((item) => item.kind === "end-user" && item.type === type.machineName);
    if (known.length === 0 && isOptional) continue;
    const judge = { what: name, code: BAD_END_USER_FIELD, evidence };
    results.push(
      best(
        known.map((item) => requirementResult(requirement, type.machineName, judgeFields(type.fields, item, judge))),
        () => ({
          ...requirementResult(requirement, type.machineName, judgeFields(type.fields, undefined, judge)),
          failure_reason: `There is no end user of the type ${name}. Assign one.`,
          error_code: NO_END_USER,
          requirement_name: requirementName,
        }),
      ),
    );
  }
  for (const requirement of rule.documents) results.push(judgeDocument(requirement, evidence));
  results.push(...judgeProfiles(rule.profiles, evidence.profiles));
  return { isCompliant: results.every(({ passed }) => passed), results };
}

interface Judge {
  readonly what: string;
  readonly code: number;
  readonly evidence: Evidence;
  readonly addressCountry?: string | undefined;
}

function judgeDocument(requirement: DocumentRequirement, evidence: Evidence): RequirementResult {
  const judgeOf = (accepted: AcceptedDocument): Judge => ({
    what: accepted.name,
    code: BAD_DOCUMENT_FIELD,
    evidence,
    addressCountry: requirement.addressCountry,
  });
  const found = requirement.accepted.flatMap((accepted) =>
    evidence.items
      .filter((item) => item.kind === "document" && item.type === accepted.type.machineName)
      .map((item) => {
        const fields = judgeFields(accepted.fields, item, judgeOf(accepted));
        return requirementResult({ ...requirement, name: accepted.name }, accepted.type.machineName, fields);
      }),
  );
  return best(found, () => {
    const [first] = requirement.accepted;
    const fields = first === undefined ? [] : judgeFields(first.fields, undefined, judgeOf(first));
    const names = requirement.accepted.map(({ name }) => name).join(" or ");
    return {
      ...requirementResult(
        { ...requirement, name: first?.name ?? requirement.name },
        first?.type.machineName ?? "",
        fields,
      ),
      passed: false,
      failure_reason: `There is no document of the type ${names}. Assign one.`,
      error_code: NO_DOCUMENT,
      requirement_friendly_name: requirement.name,
    };
  });
}

/** Profiles of one requirement stand for each other; what failed least is told. */
function judgeProfiles(asked: readonly ProfileRequirement[], known: readonly SupportingProfile[]): RequirementResult[] {
  const groups = new Map<string, ProfileRequirement[]>();
  for (const each of asked) groups.set(each.requirementName, [...(groups.get(each.requirementName) ?? []), each]);
  return [...groups.values()].map((group) => {
    const found = group.flatMap((requirement) =>
      known.filter(({ type }) => type === requirement.type).map((profile) => profileResult(requirement, profile)),
    );
    return best(found, () => profileResult(group[0] as ProfileRequirement, undefined));
  });
}

function profileResult(requirement: ProfileRequirement, profile: SupportingProfile | undefined): RequirementResult {
  const isGood = profile !== undefined && (profile.status === "twilio-approved" || isUnderReview(profile.status));
  const reason =
    profile === undefined
      ? `There is no ${requirement.name}. Assign one that is submitted or approved.`
      : `${profile.sid} is ${profile.status}. Submit it first.`;
  const field: FieldResult = {
    friendly_name: "Supporting Bundle Status",
    object_field: requirement.field,
    passed: isGood,
    failure_reason: isGood ? null : reason,
    error_code: isGood ? null : BAD_DOCUMENT_FIELD,
  };
  return {
    ...requirementResult(requirement, requirement.type, [field]),
    failure_reason: isGood ? null : reason,
    error_code: isGood ? null : NO_DOCUMENT,
    requirement_friendly_name:
      requirement.requirementName === "primary_customer_profile" ? "Primary Customer Profile" : "Customer Profile",
  };
}

function judgeFields(fields: readonly Field[], item: Item | undefined, judge: Judge): FieldResult[] {
  const results: FieldResult[] = [];
  for (const field of fields) {
    const values = item === undefined ? [] : valuesOf(item.attributes, field.name);
    if (values.length === 0 && field.isOptional === true) continue;
    const failure = fieldFailure(field, values, judge);
    results.push({
      friendly_name: field.friendlyName,
      object_field: field.name,
      passed: failure === undefined,
      failure_reason: failure?.reason ?? null,
      error_code: failure?.code ?? null,
    });
  }
  return results;
}

function fieldFailure(field: Field, values: readonly string[], judge: Judge) {
  const { friendlyName, check, name } = field;
  const { what, code, evidence } = judge;
  if (check === "addresses") return addressFailure(values, judge);
  if (values.length === 0) return { code, reason: `The ${friendlyName} of ${what} is missing.` };
  if (!values.every((value) => looksRight(check, value))) {
    return { code, reason: `The ${friendlyName} of ${what} is not valid.` };
  }
  if (code !== BAD_DOCUMENT_FIELD) return undefined;
  const said = evidence.items
    .filter((item) => item.kind === "end-user")
    .flatMap((item) => valuesOf(item.attributes, name));
  const isTold = said.length === 0 || values.some((value) => said.some((other) => isSame(value, other)));
  return isTold
    ? undefined
    : { code: MISMATCH, reason: `The ${friendlyName} of ${what} is not what the end user says.` };
}

function addressFailure(values: readonly string[], { what, evidence, addressCountry }: Judge) {
  if (values.length === 0) return { code: NO_ADDRESS, reason: `The address of ${what} is missing.` };
  const sids = values.flatMap((value) => value.split(",")).map((sid) => sid.trim());
  const known = sids.map((sid) => evidence.addresses.get(sid));
  if (known.includes(undefined)) return { code: NO_ADDRESS, reason: `An address of ${what} does not exist.` };
  const isThere = known.some(({ isoCountry } = {}) => addressCountry === undefined || isoCountry === addressCountry);
  const isUnknown = known.some((address) => address?.isoCountry === undefined);
  if (isThere || isUnknown) return undefined;
  return { code: NO_ADDRESS, reason: `The address of ${what} is not in ${addressCountry}.` };
}

const isSame = (a: string, b: string): boolean =>
  a.toLowerCase().replaceAll(/\s+/g, " ") === b.toLowerCase().replaceAll(/\s+/g, " ");

function requirementResult(
  requirement: { readonly name: string; readonly requirementName: string },
  objectType: string,
  fields: readonly FieldResult[],
): RequirementResult {
  const invalid = fields.filter(({ passed }) => !passed);
  return {
    friendly_name: requirement.name,
    object_type: objectType,
    passed: invalid.length === 0,
    failure_reason: invalid[0]?.failure_reason ?? null,
    error_code: invalid[0]?.error_code ?? null,
    valid: fields.filter(({ passed }) => passed),
    invalid,
    requirement_friendly_name: requirement.name,
    requirement_name: requirement.requirementName,
  };
}

/** The result with the fewest failures; `absent` where there is nothing to judge. */
function best(results: readonly RequirementResult[], absent: () => RequirementResult): RequirementResult {
  let found: RequirementResult | undefined;
  for (const result of results) {
    if (found === undefined || result.invalid.length < found.invalid.length) found = result;
  }
  return found ?? { ...absent(), passed: false };
}
