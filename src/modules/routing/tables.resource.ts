import {
  defineListRoute,
  defineRoute,
  enumeration,
  type JsonObject,
  type JsonValue,
  type Route,
} from "../../platform/http/index.ts";
import { AppError } from "../../kernel/errors.ts";
import { addPart, completeDraft, createDraft, createTable, MAX_NOTE_CHARACTERS } from "./create-table.ts";
import type { RoutingDeps } from "./deps.ts";
import { routingErrors } from "./errors.ts";
import { operatorOnly } from "./operator.ts";
import type { RouteTable } from "./route-table.ts";
import { findPart, findTable, listTables } from "./route-table.store.ts";
import { pageById, readId } from "./row-id.ts";
import { BASE_PATH, viewTable } from "./views.ts";

const common = { product: "api", tag: "Routing", access: "main" } as const;
const TABLES = `${BASE_PATH}/Tables` as const;

/** `Routing/Tables`: the versions of the routing table. For the operator. */
export function tableRoutes(deps: RoutingDeps): Route[] {
  return [
    listRoute(deps),
    createRoute(deps),
    fetchRoute(deps),
    completeRoute(deps),
    addPartRoute(deps),
    fetchPartRoute(deps),
    defaultTableRoute(deps),
  ];
}

const viewOf =
  ({ router }: RoutingDeps) =>
  (table: RouteTable, call: { readonly baseUrl: string }): JsonObject =>
    viewTable(table, call.baseUrl, router.tableVersion);

function listRoute(deps: RoutingDeps): Route {
  return defineListRoute({
    ...common,
    path: TABLES,
    operationId: "ListRouteTable",
    summary: "List the versions of the routing table, newest first; for the operator",
    collection: "tables",
    page: ({ call, ...asked }) => {
      operatorOnly(deps, call);
      return pageById(
        asked,
        (slice) => listTables(deps.database, slice),
        ({ version }) => version,
      );
    },
    view: viewOf(deps),
  });
}

function createRoute(deps: RoutingDeps): Route {
  return defineRoute({
    ...common,
    method: "POST",
    path: TABLES,
    operationId: "CreateRouteTable",
    summary: "Make a version of the routing table, in one piece or as a draft that takes parts; for the operator",
    body: "json",
    success: 201,
    creates: true,
    errors: [routingErrors.tableInvalid],
    run: (call) => {
      operatorOnly(deps, call);
      const { note, table } = readBody(call.json, ["note", "table"]);
      const created = { note: readNote(note), createdBy: call.accountSid };
      return table === undefined ? createDraft(deps, created) : createTable(deps, { ...created, document: table });
    },
    view: viewOf(deps),
  });
}

function fetchRoute(deps: RoutingDeps): Route {
  return defineRoute({
    ...common,
    method: "GET",
    path: `${TABLES}/{Version}`,
    operationId: "FetchRouteTable",
    summary: "Fetch what is known of a version of the routing table; for the operator",
    success: 200,
    run: async (call) => {
      operatorOnly(deps, call);
      const version = readId(call.path.Version);
      const table = version === undefined ? undefined : await findTable(deps.database, version);
      if (table === undefined) throw call.notFound();
      return table;
    },
    view: viewOf(deps),
  });
}

function completeRoute(deps: RoutingDeps): Route {
  return defineRoute({
    ...common,
    method: "POST",
    path: `${TABLES}/{Version}`,
    operationId: "UpdateRouteTable",
    summary: "Complete a draft: it is read as a whole, and never changes from then on; for the operator",
    parameters: { Status: enumeration({ values: ["complete"], required: true, summary: "The new status." }) },
    success: 200,
    errors: [routingErrors.tableInvalid, routingErrors.tableUnknown, routingErrors.tableIsDraft],
    run: (call) => {
      operatorOnly(deps, call);
      const version = readId(call.path.Version);
      if (version === undefined) throw call.notFound();
      return completeDraft(deps, version);
    },
    view: viewOf(deps),
  });
}

function addPartRoute(deps: RoutingDeps): Route {
  return defineRoute({
    ...common,
    method: "POST",
    path: `${TABLES}/{Version}/Parts/{Part}`,
    operationId: "CreateRouteTablePart",
    summary: "Add the next part to a draft, from 0 on; for the operator",
    body: "json",
    success: 201,
    creates: true,
    errors: [routingErrors.tableUnknown, routingErrors.tableIsComplete, routingErrors.partTaken],
    run: (call) => {
      operatorOnly(deps, call);
      const version = readId(call.path.Version);
      const part = readId(call.path.Part);
      if (version === undefined || part === undefined) throw call.notFound();
      return addPart(deps, { version, part, content: call.json });
    },
    view: viewOf(deps),
  });
}

function fetchPartRoute(deps: RoutingDeps): Route {
  return defineRoute({
    ...common,
    method: "GET",
    path: `${TABLES}/{Version}/Parts/{Part}`,
    operationId: "FetchRouteTablePart",
    summary: "Fetch a part of a version of the routing table as it was given; for the operator",
    success: 200,
    run: async (call) => {
      operatorOnly(deps, call);
      const version = readId(call.path.Version);
      const part = readId(call.path.Part);
      if (version === undefined || part === undefined) throw call.notFound();
      const content = await findPart(deps.database, { version, part });
      if (content === undefined) throw call.notFound();
      return content;
    },
    view: (content) => content as JsonObject,
  });
}

function defaultTableRoute(deps: RoutingDeps): Route {
  return defineRoute({
    ...common,
    method: "GET",
    path: `${BASE_PATH}/DefaultTable`,
    operationId: "FetchDefaultRouteTable",
    summary: "Fetch version 0, the table that follows from the carriers, as a document; for the operator",
    success: 200,
    run: (call) => {
      operatorOnly(deps, call);
      return deps.tables.defaultDocument();
    },
    view: (document) => ({
      version: 0,
      active: deps.router.tableVersion === 0,
      table: JSON.parse(JSON.stringify(document)) as JsonObject,
    }),
  });
}

function readBody(json: JsonValue, allowed: readonly string[]): JsonObject {
  if (typeof json !== "object" || json === null || Array.isArray(json)) {
    throw new AppError(routingErrors.bodyInvalid, { reason: "an object is expected" });
  }
  const body = json as JsonObject;
  const unknown = Object.keys(body).find((name) => !allowed.includes(name));
  if (unknown !== undefined) throw new AppError(routingErrors.bodyInvalid, { reason: `it has the member ${unknown}` });
  return body;
}

function readNote(note: JsonValue): string {
  if (note === undefined) return "";
  if (typeof note !== "string" || note.length > MAX_NOTE_CHARACTERS || note.includes("\0")) {
    throw new AppError(routingErrors.bodyInvalid, { reason: `note is a text of at most ${MAX_NOTE_CHARACTERS}` });
  }
  return note;
}
