import { AppError } from "../../kernel/errors.ts";
import { iso8601 } from "../../kernel/time.ts";
import { isSid } from "../../kernel/ids.ts";
import {
  defineListRoute,
  defineRoute,
  enumeration,
  INVALID_PARAMETER,
  pageBySid,
  sid,
  text,
  type JsonObject,
  type Route,
} from "../../platform/http/index.ts";
import { assignEndpoint, ENDPOINT_TYPES, unassignEndpoint } from "./assign.ts";
import { targetOf } from "./assignments.resource.ts";
import type { RegulatoryDeps } from "./deps.ts";
import { findDossier } from "./dossier.store.ts";
import type { Assignment } from "./dossier.ts";
import { regulatoryErrors } from "./errors.ts";
import { endpointStore } from "./stores.ts";
import { CUSTOMER_PROFILES, TRUST_PRODUCTS, type Surface } from "./surface.ts";

const NAME = "ChannelEndpointAssignments";
const PREFIXES = Object.values(ENDPOINT_TYPES);
/** Most SIDs that a list is filtered by. */
const MAX_SIDS = 100;

/** `ChannelEndpointAssignments` of profiles and trust products. */
export function endpointRoutes(deps: RegulatoryDeps): Route[] {
  return [CUSTOMER_PROFILES, TRUST_PRODUCTS].flatMap((surface) => [
    createRoute(deps, surface),
    listRoute(deps, surface),
    ...oneRoutes(deps, surface),
  ]);
}

const common = ({ product, prefix }: Surface) =>
  ({ product, tag: `${prefix}${NAME}`, access: "account", noun: `${prefix}ChannelEndpointAssignment` }) as const;

const listPath = ({ path, parameter }: Surface): string => `${path}/{${parameter}}/${NAME}`;

function createRoute(deps: RegulatoryDeps, surface: Surface): Route {
  const { noun, ...shared } = common(surface);
  return defineRoute({
    ...shared,
    method: "POST",
    path: listPath(surface),
    operationId: `Create${noun}`,
    summary: "Say that it stands for a number or short code",
    success: 201,
    creates: true,
    errors: [regulatoryErrors.endpointInvalid, regulatoryErrors.alreadyAssigned, regulatoryErrors.tooMany],
    parameters: {
      ChannelEndpointType: enumeration({ values: Object.keys(ENDPOINT_TYPES), required: true }),
      ChannelEndpointSid: sid({ prefix: PREFIXES, required: true }),
    },
    run: async (call) => {
      const { ChannelEndpointType: type, ChannelEndpointSid: endpointSid } = call.params;
      const assignment = await assignEndpoint(deps, targetOf(surface, call), { type, sid: endpointSid });
      if (assignment === undefined) throw call.notFound();
      return assignment;
    },
    view: (assignment, { baseUrl }) => viewEndpoint(assignment, surface, baseUrl),
  });
}

function listRoute({ database }: RegulatoryDeps, surface: Surface): Route {
  const { noun, ...shared } = common(surface);
  return defineListRoute({
    ...shared,
    path: listPath(surface),
    operationId: `List${noun}`,
    summary: "List the numbers and short codes that it stands for, newest first",
    collection: "results",
    parameters: {
      ChannelEndpointSid: sid({ prefix: PREFIXES }),
      ChannelEndpointSids: text({ maxCharacters: 35 * MAX_SIDS, summary: "SIDs with commas between them." }),
    },
    page: async ({ call, ...slice }) => {
      const target = targetOf(surface, call);
      if ((await findDossier(database, target)) === undefined) throw call.notFound();
      const { ChannelEndpointSid: one, ChannelEndpointSids: many } = call.params;
      return pageBySid(slice, (part) =>
        endpointStore.list(
          database,
          [
            ["dossier_sid = ?", target.sid],
            ["object_sid = ?", one === "" ? undefined : one],
            ["object_sid = any(?)", sidsOf(many)],
          ],
          part,
        ),
      );
    },
    view: (assignment, { baseUrl }) => viewEndpoint(assignment, surface, baseUrl),
  });
}

function sidsOf(spelled: string | undefined): string[] | undefined {
  if (spelled === undefined || spelled === "") return undefined;
  const sids = spelled.split(",").map((each) => each.trim());
  if (sids.every((each) => isSid(each))) return sids;
  const parameter = "ChannelEndpointSids";
  throw new AppError(INVALID_PARAMETER, { parameter, value: spelled.slice(0, 64), reason: "it is no list of SIDs" });
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
      summary: "Fetch an assignment of a number or short code",
      success: 200,
      run: async (call) => {
        const target = targetOf(surface, call);
        const dossier = await findDossier(deps.database, target);
        const key = { accountSid: target.accountSid, dossierSid: target.sid, sid: call.path["Sid"] ?? "" };
        const known = await endpointStore.find(deps.database, key);
        if (dossier === undefined || known === undefined) throw call.notFound();
        return known;
      },
      view: (assignment, { baseUrl }) => viewEndpoint(assignment, surface, baseUrl),
    }),
    defineRoute({
      ...shared,
      method: "DELETE",
      path,
      operationId: `Delete${noun}`,
      summary: "Say that it no longer stands for a number or short code",
      success: 204,
      run: async (call) => {
        if (!(await unassignEndpoint(deps, targetOf(surface, call), call.path["Sid"] ?? ""))) throw call.notFound();
      },
    }),
  ];
}

function viewEndpoint(assignment: Assignment, surface: Surface, baseUrl: string): JsonObject {
  const { sid: assignmentSid, accountSid, dossierSid, objectSid, objectType, createdMs } = assignment;
  return {
    sid: assignmentSid,
    [surface.ownerField]: dossierSid,
    account_sid: accountSid,
    channel_endpoint_type: objectType,
    channel_endpoint_sid: objectSid,
    date_created: iso8601(createdMs),
    url: `${baseUrl}${surface.path}/${dossierSid}/${NAME}/${assignmentSid}`,
  };
}
