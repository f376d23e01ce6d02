import { AppError } from "../../kernel/errors.ts";
import { assert } from "../../kernel/assert.ts";
import type { DatabaseSession, Row } from "../../platform/ports.ts";
import { valuesOf } from "./attributes.ts";
import { ruleBySid } from "./data/index.ts";
import type { RegulatoryDeps } from "./deps.ts";
import type { Dossier, DossierStatus, Item } from "./dossier.ts";
import { NONCOMPLIANT, regulatoryErrors } from "./errors.ts";
import { evaluate, type Evidence, type KnownAddress, type SupportingProfile, type Verdict } from "./evaluate.ts";
import { itemsOf } from "./item.store.ts";
import type { Rule } from "./rule.ts";

/** Addresses that are looked up for one evaluation; what is named beyond them counts as unknown. */
const MAX_ADDRESSES = 50;

/** Holds a dossier, as it stands in this transaction, against a policy or regulation. */
export async function holdAgainst(
  deps: RegulatoryDeps,
  tx: DatabaseSession,
  { dossier, rule }: { readonly dossier: Dossier; readonly rule: Rule },
): Promise<Verdict & Evidence> {
  const items = await itemsOf(tx, dossier.sid);
  const profiles = await profilesOf(tx, dossier.sid);
  const addresses = await addressesOf(deps, tx, { accountSid: dossier.accountSid, items });
  const evidence: Evidence = { items, profiles, addresses };
  return { ...evidence, ...evaluate(rule, evidence) };
}

/** The rule that a dossier was made for. Rules are never taken out of the data. */
export function ruleOf({ sid, ruleSid }: Dossier): Rule {
  const rule = ruleBySid(ruleSid);
  assert(rule !== undefined, `${sid} is of the unknown rule ${ruleSid}`);
  return rule;
}

/** Throws with the code of what is wrong first. */
export function refuseNoncompliant({ isCompliant, results }: Verdict): void {
  if (isCompliant) return;
  const failed = results.find(({ passed }) => !passed);
  const spec = NONCOMPLIANT.get(failed?.error_code ?? 0) ?? regulatoryErrors.documentMissing;
  throw new AppError(spec, { reason: failed?.failure_reason ?? "something is missing." });
}

interface ProfileRow extends Row {
  sid: string;
  rule_sid: string;
  status: DossierStatus;
}

async function profilesOf(tx: DatabaseSession, dossierSid: string): Promise<SupportingProfile[]> {
  const rows = await tx.query<ProfileRow>(
    `select d.sid, d.rule_sid, d.status from regulatory_dossiers d
     join regulatory_assignments a on a.object_sid = d.sid where a.dossier_sid = $1`,
    [dossierSid],
  );
  return rows.map(({ sid, rule_sid, status }) => ({ sid, status, type: ruleBySid(rule_sid)?.profileType ?? "" }));
}

async function addressesOf(
  { address }: RegulatoryDeps,
  tx: DatabaseSession,
  { accountSid, items }: { readonly accountSid: string; readonly items: readonly Item[] },
): Promise<Map<string, KnownAddress>> {
  const named = new Set(
    items.flatMap(({ attributes }) => valuesOf(attributes, "address_sids").flatMap((value) => value.split(","))),
  );
  const found = new Map<string, KnownAddress>();
  for (const sid of [...named].slice(0, MAX_ADDRESSES).map((each) => each.trim())) {
    if (!/^AD[0-9a-f]{32}$/.test(sid)) continue;
    const known = address === undefined ? {} : await address(tx, accountSid, sid);
    if (known !== undefined) found.set(sid, known);
  }
  return found;
}
