import { defineListRoute, defineRoute, integer, text, type Route } from "../../platform/http/index.ts";
import { MAX_NOTE_CHARACTERS } from "./create-table.ts";
import type { RoutingDeps } from "./deps.ts";
import { routingErrors } from "./errors.ts";
import { operatorOnly } from "./operator.ts";
import { listPublications } from "./publication.store.ts";
import { publishTable, rollBack } from "./publish-table.ts";
import { pageById } from "./row-id.ts";
import { BASE_PATH, viewPublication } from "./views.ts";

const common = { product: "api", tag: "Routing", access: "main" } as const;
const Reason = text({ required: true, maxCharacters: MAX_NOTE_CHARACTERS, summary: "Why, for the audit." });

/** `Routing/Publications` and `Routing/Rollbacks`: which table decided from when on. For the operator. */
export function publicationRoutes(deps: RoutingDeps): Route[] {
  return [listRoute(deps), publishRoute(deps), rollBackRoute(deps)];
}

function listRoute(deps: RoutingDeps): Route {
  return defineListRoute({
    ...common,
    path: `${BASE_PATH}/Publications`,
    operationId: "ListRoutePublication",
    summary: "List which routing table was published when, by whom and why, newest first; for the operator",
    collection: "publications",
    page: ({ call, ...asked }) => {
      operatorOnly(deps, call);
      return pageById(
        asked,
        (slice) => listPublications(deps.database, slice),
        ({ id }) => id,
      );
    },
    view: viewPublication,
  });
}

function publishRoute(deps: RoutingDeps): Route {
  return defineRoute({
    ...common,
    method: "POST",
    path: `${BASE_PATH}/Publications`,
    operationId: "CreateRoutePublication",
    summary: "Make a complete version of the routing table the active one; for the operator",
    parameters: {
      Version: integer({
        required: true,
        min: 0,
        max: Number.MAX_SAFE_INTEGER,
        summary: "The version; 0 is the table that follows from the settings.",
      }),
      Reason,
    },
    success: 201,
    creates: true,
    errors: [routingErrors.tableUnknown, routingErrors.tableIsDraft, routingErrors.alreadyActive],
    run: (call) => {
      operatorOnly(deps, call);
      const { Version: version, Reason: reason } = call.params;
      return publishTable(deps, { version, actor: call.accountSid, reason });
    },
    view: viewPublication,
  });
}

function rollBackRoute(deps: RoutingDeps): Route {
  return defineRoute({
    ...common,
    method: "POST",
    path: `${BASE_PATH}/Rollbacks`,
    operationId: "CreateRouteRollback",
    summary: "Publish the routing table that was active before, in one step; for the operator",
    parameters: { Reason },
    success: 201,
    creates: true,
    errors: [routingErrors.nothingToRollBack],
    run: (call) => {
      operatorOnly(deps, call);
      return rollBack(deps, { actor: call.accountSid, reason: call.params.Reason });
    },
    view: viewPublication,
  });
}
