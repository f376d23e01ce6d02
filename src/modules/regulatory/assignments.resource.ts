import { iso8601 } from "../../kernel/time.ts";
import {
  defineListRoute,
  defineRoute,
  pageBySid,
  sid,
  text,
  type Call,
  type JsonObject,
  type Route,
} from "../../platform/http/index.ts";
import { assignObject, unassignObject } from "./assign.ts";
import type { RegulatoryDeps } from "./deps.ts";
import { findDossier } from "./dossier.store.ts";
import type { Assignment } from "./dossier.ts";
import { regulatoryErrors } from "./errors.ts";
import { assignmentStore } from "./stores.ts";
import { SURFACES, type Surface } from "./surface.ts";

/** `EntityAssignments` of profiles and trust products, `ItemAssignments` of bundles. */
export function assignmentRoutes(deps: RegulatoryDeps): Route[] {
  return SURFACES.flatMap((surface) => [
    createRoute(deps, surface),
    listRoute(deps, surface),
    ...oneRoutes(deps, surface),
  ]);
}

const common = ({ product, prefix, assignments: [path, noun] }: Surface) =>
  ({ product, tag: `${prefix}${path}`, access: "account", noun: `${prefix}${noun}` }) as const;

/** The dossier that a path names. */
export function targetOf({ kind, parameter }: Surface, call: Pick<Call, "accountSid" | "path">) {
  return { accountSid: call.accountSid ?? "", sid: call.path[parameter] ?? "", kind };
}

function createRoute(deps: RegulatoryDeps, surface: Surface): Route {
  const { noun, ...shared } = common(surface);
  return defineRoute({
    ...shared,
    method: "POST",
    path: listPath(surface),
    operationId: `Create${noun}`,
    summary: "Put an end user, a document or a customer profile into it",
    success: 201,
    creates: true,
    errors: [
      regulatoryErrors.objectUnknown,
      regulatoryErrors.objectKindRefused,
      regulatoryErrors.alreadyAssigned,
      regulatoryErrors.stateForbids,
      regulatoryErrors.tooMany,
    ],
    parameters: {
      ObjectSid: sid({ prefix: ["IT", "RD", "BU"], required: true, invalid: regulatoryErrors.objectKindRefused }),
    },
    run: async (call) => {
      const assignment = await assignObject(deps, targetOf(surface, call), call.params.ObjectSid);
      if (assignment === undefined) throw call.notFound();
      return assignment;
    },
    view: (assignment, { baseUrl }) => viewAssignment(assignment, surface, baseUrl),
  });
}

function listRoute({ database }: RegulatoryDeps, surface: Surface): Route {
  const { noun, ...shared } = common(surface);
  return defineListRoute({
    ...shared,
    path: listPath(surface),
    operationId: `List${noun}`,
    summary: "List what is in it, newest first",
    collection: "results",
    parameters:
      surface.product === "trusthub"
        ? { ObjectType: text({ maxCharacters: 255, summary: "Machine name of a type of end user or document." }) }
        : {},
    page: async ({ call, ...slice }) => {
      const target = targetOf(surface, call);
      if ((await findDossier(database, target)) === undefined) throw call.notFound();
      const { ObjectType: type } = call.params as { readonly ObjectType?: string | undefined };
      return pageBySid(slice, (part) =>
        assignmentStore.list(
          database,
          [
            ["dossier_sid = ?", target.sid],
            ["object_type = ?", type === "" ? undefined : type],
          ],
          part,
        ),
      );
    },
    view: (assignment, { baseUrl }) => viewAssignment(assignment, surface, baseUrl),
  });
}

function oneRoutes(deps: RegulatoryDeps, surface: Surface): Route[] {
  const { noun, ...shared } = common(surface);
  const path = `${listPath(surface)}/{Sid}`;
  return [
    defineRoute({
      ...shared,
      method: "GET",
      path,
      operationId: `Fetch${noun}`,
      summary: "Fetch an assignment",
      success: 200,
      run: async (call) => {
        const { accountSid, sid: dossierSid } = targetOf(surface, call);
        const dossier = await findDossier(deps.database, targetOf(surface, call));
        const known = await assignmentStore.find(deps.database, {
          accountSid,
          dossierSid,
          sid: call.path["Sid"] ?? "",
        });
        if (dossier === undefined || known === undefined) throw call.notFound();
        return known;
      },
      view: (assignment, { baseUrl }) => viewAssignment(assignment, surface, baseUrl),
    }),
    defineRoute({
      ...shared,
      method: "DELETE",
      path,
      operationId: `Delete${noun}`,
      summary: "Take something out, while it is a draft or rejected",
      success: 204,
      errors: [regulatoryErrors.assignmentFixed],
      run: async (call) => {
        if (!(await unassignObject(deps, targetOf(surface, call), call.path["Sid"] ?? ""))) throw call.notFound();
      },
    }),
  ];
}

const listPath = ({ path, parameter, assignments: [name] }: Surface): string => `${path}/{${parameter}}/${name}`;

function viewAssignment(assignment: Assignment, surface: Surface, baseUrl: string): JsonObject {
  const { sid: assignmentSid, accountSid, dossierSid, objectSid, createdMs } = assignment;
  return {
    sid: assignmentSid,
    [surface.ownerField]: dossierSid,
    account_sid: accountSid,
    object_sid: objectSid,
    date_created: iso8601(createdMs),
    url: `${baseUrl}${surface.path}/${dossierSid}/${surface.assignments[0]}/${assignmentSid}`,
  };
}
