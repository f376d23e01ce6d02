import { AppError } from "../../kernel/errors.ts";
import type { RegulatoryDeps } from "./deps.ts";
import { findDossier, type DossierTarget } from "./dossier.store.ts";
import { regulatoryErrors } from "./errors.ts";
import { insertEvaluation, type Evaluation } from "./evaluation.store.ts";
import { ruleBySid } from "./data/index.ts";
import { holdAgainst, ruleOf } from "./hold-against.ts";

/** Holds a dossier against its own rule, or another one that is named, and keeps the result. `undefined` without such a dossier. */
export async function evaluateDossier(
  deps: RegulatoryDeps,
  target: DossierTarget,
  policySid?: string,
): Promise<Evaluation | undefined> {
  return deps.database.transaction(async (tx) => {
    const dossier = await findDossier(tx, target, "share");
    if (dossier === undefined) return undefined;
    const rule = policySid === undefined ? ruleOf(dossier) : ruleBySid(policySid);
    if (rule?.dossierKind !== dossier.kind) {
      const what = `${dossier.kind}s`;
      throw new AppError(regulatoryErrors.policyUnknown, { parameter: "PolicySid", value: policySid ?? "", what });
    }
    const { isCompliant, results } = await holdAgainst(deps, tx, { dossier, rule });
    const evaluation: Evaluation = {
      sid: deps.mintSid("EL"),
      accountSid: dossier.accountSid,
      dossierSid: dossier.sid,
      ruleSid: rule.sid,
      status: isCompliant ? "compliant" : "noncompliant",
      results,
      createdMs: deps.clock.nowMs(),
    };
    await insertEvaluation(tx, evaluation);
    return evaluation;
  });
}
