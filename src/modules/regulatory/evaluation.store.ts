import type { Slice } from "../../platform/http/index.ts";
import type { DatabaseSession, Row } from "../../platform/ports.ts";
import { MAX_EVALUATIONS } from "./dossier.ts";
import type { RequirementResult } from "./evaluate.ts";
import { listRows, type Condition } from "./list-rows.ts";

/** How a dossier fared against a policy or regulation (`EL…`). */
export interface Evaluation {
  readonly sid: string;
  readonly accountSid: string;
  readonly dossierSid: string;
  readonly ruleSid: string;
  readonly status: "compliant" | "noncompliant";
  readonly results: readonly RequirementResult[];
  readonly createdMs: number;
}

interface EvaluationRow extends Row {
  sid: string;
  account_sid: string;
  dossier_sid: string;
  rule_sid: string;
  status: Evaluation["status"];
  results: RequirementResult[];
  created_at: Date;
}

function fromRow(row: EvaluationRow): Evaluation {
  return {
    sid: row.sid,
    accountSid: row.account_sid,
    dossierSid: row.dossier_sid,
    ruleSid: row.rule_sid,
    status: row.status,
    results: row.results,
    createdMs: row.created_at.getTime(),
  };
}

/** Stores an evaluation, and forgets those of its dossier that are too many. */
export async function insertEvaluation(tx: DatabaseSession, evaluation: Evaluation): Promise<void> {
  const { sid, accountSid, dossierSid, ruleSid, status, results, createdMs } = evaluation;
  await tx.query("insert into regulatory_evaluations values ($1, $2, $3, $4, $5, $6::jsonb, $7)", [
    sid,
    accountSid,
    dossierSid,
    ruleSid,
    status,
    JSON.stringify(results),
    new Date(createdMs),
  ]);
  await tx.query(
    `delete from regulatory_evaluations where dossier_sid = $1 and sid <= (
       select sid from regulatory_evaluations where dossier_sid = $1 order by sid desc offset ${MAX_EVALUATIONS} limit 1)`,
    [dossierSid],
  );
}

export async function listEvaluations(
  session: DatabaseSession,
  where: readonly Condition[],
  slice: Slice,
): Promise<Evaluation[]> {
  return (await listRows<EvaluationRow>(session, { table: "regulatory_evaluations", where }, slice)).map(fromRow);
}
