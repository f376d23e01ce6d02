import { iso8601 } from "../../kernel/time.ts";
import {
  defineListRoute,
  defineRoute,
  pageBySid,
  sid,
  type JsonObject,
  type JsonValue,
  type Route,
} from "../../platform/http/index.ts";
import { targetOf } from "./assignments.resource.ts";
import type { RegulatoryDeps } from "./deps.ts";
import { findDossier } from "./dossier.store.ts";
import { regulatoryErrors } from "./errors.ts";
import { evaluateDossier } from "./evaluate-dossier.ts";
import { listEvaluations, type Evaluation } from "./evaluation.store.ts";
import { SURFACES, type Surface } from "./surface.ts";

/** `Evaluations` of all dossiers. */
export function evaluationRoutes(deps: RegulatoryDeps): Route[] {
  return SURFACES.flatMap((surface) => [
    createRoute(deps, surface),
    listRoute(deps, surface),
    fetchRoute(deps, surface),
  ]);
}

const common = ({ product, prefix }: Surface) => ({ product, tag: `${prefix}Evaluations`, access: "account" }) as const;

const listPath = ({ path, parameter }: Surface): string => `${path}/{${parameter}}/Evaluations`;

function createRoute(deps: RegulatoryDeps, surface: Surface): Route {
  const isTrustHub = surface.product === "trusthub";
  return defineRoute({
    ...common(surface),
    method: "POST",
    path: listPath(surface),
    operationId: `Create${surface.prefix}Evaluation`,
    summary: "See whether it holds what it has to hold",
    success: 201,
    creates: true,
    errors: [regulatoryErrors.policyUnknown],
    parameters: isTrustHub
      ? { PolicySid: sid({ prefix: "RN", required: true, summary: "What it is held against." }) }
      : {},
    run: async (call) => {
      const { PolicySid: policySid } = call.params as { readonly PolicySid?: string };
      const evaluation = await evaluateDossier(deps, targetOf(surface, call), policySid);
      if (evaluation === undefined) throw call.notFound();
      return evaluation;
    },
    view: (evaluation, { baseUrl }) => viewEvaluation(evaluation, surface, baseUrl),
  });
}

function listRoute({ database }: RegulatoryDeps, surface: Surface): Route {
  return defineListRoute({
    ...common(surface),
    path: listPath(surface),
    operationId: `List${surface.prefix}Evaluation`,
    summary: "List its latest evaluations, newest first",
    collection: "results",
    page: async ({ call, ...slice }) => {
      const target = targetOf(surface, call);
      if ((await findDossier(database, target)) === undefined) throw call.notFound();
      return pageBySid(slice, (part) => listEvaluations(database, [["dossier_sid = ?", target.sid]], part));
    },
    view: (evaluation, { baseUrl }) => viewEvaluation(evaluation, surface, baseUrl),
  });
}

function fetchRoute({ database }: RegulatoryDeps, surface: Surface): Route {
  return defineRoute({
    ...common(surface),
    method: "GET",
    path: `${listPath(surface)}/{Sid}`,
    operationId: `Fetch${surface.prefix}Evaluation`,
    summary: "Fetch an evaluation",
    success: 200,
    run: async (call) => {
      const target = targetOf(surface, call);
      const dossier = await findDossier(database, target);
      const [known] = await listEvaluations(
        database,
        [
          ["dossier_sid = ?", target.sid],
          ["sid = ?", call.path["Sid"] ?? ""],
        ],
        { limit: 1, cursor: undefined, direction: "next" },
      );
      if (dossier === undefined || known === undefined) throw call.notFound();
      return known;
    },
    view: (evaluation, { baseUrl }) => viewEvaluation(evaluation, surface, baseUrl),
  });
}

function viewEvaluation(evaluation: Evaluation, surface: Surface, baseUrl: string): JsonObject {
  const { sid: evaluationSid, accountSid, dossierSid, ruleSid, status, results, createdMs } = evaluation;
  return {
    sid: evaluationSid,
    account_sid: accountSid,
    [surface.ruleField]: ruleSid,
    [surface.ownerField]: dossierSid,
    status,
    results: results as unknown as JsonValue,
    date_created: iso8601(createdMs),
    url: `${baseUrl}${surface.path}/${dossierSid}/Evaluations/${evaluationSid}`,
  };
}
