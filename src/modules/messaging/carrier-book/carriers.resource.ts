import { AppError } from "../../../kernel/errors.ts";
import { describeCarrierTypes } from "../../../platform/config/index.ts";
import {
  cutPage,
  defineListRoute,
  defineRoute,
  type JsonObject,
  type JsonValue,
  type Route,
} from "../../../platform/http/index.ts";
import type { CarrierWish } from "./carrier-book.ts";
import { operationRoutes, type CarrierRouteDeps } from "./carrier-operations.resource.ts";
import { carrierErrors } from "./errors.ts";
import type { KnownCarrier } from "./known-carrier.ts";
import { CARRIERS, viewCarrier, viewStatus } from "./carrier.view.ts";
import { carrierFormats } from "./make-carrier.ts";
import { operatorOnly } from "./operator-only.ts";

const common = { product: "api", tag: "Carriers", access: "main" } as const;
const ITEM = `${CARRIERS}/{Name}` as const;
/** A document with lists of a thousand prefixes is far from it. */
const MAX_BODY_OCTETS = 262_144;
const CHANGE_ERRORS = [
  carrierErrors.bodyInvalid,
  carrierErrors.carrierInvalid,
  carrierErrors.addressRefused,
  carrierErrors.secretsNeeded,
];

/** `Carriers`: list, create, fetch, update, delete, their types, tests, status and chaos. For the operator. */
export function carrierRoutes(deps: CarrierRouteDeps): Route[] {
  return [
    listRoute(deps),
    createRoute(deps),
    typesRoute(deps),
    ...operationRoutes(deps),
    fetchRoute(deps),
    updateRoute(deps),
    deleteRoute(deps),
  ];
}

const viewOf =
  ({ book }: CarrierRouteDeps) =>
  (known: KnownCarrier, call: { readonly baseUrl: string }): JsonObject =>
    viewCarrier(book, known, call.baseUrl);

function listRoute(deps: CarrierRouteDeps): Route {
  const view = viewOf(deps);
  return defineListRoute({
    ...common,
    path: CARRIERS,
    operationId: "ListCarrier",
    summary:
      "List the carriers of this cell, with how each does: those of the settings, then those added; for the operator",
    collection: "carriers",
    page: ({ call, ...asked }) => {
      operatorOnly(deps, call);
      const { limit, cursor, direction } = asked;
      const all = deps.book.list();
      const at = cursor === undefined ? -1 : all.findIndex(({ name }) => name === cursor);
      const from = direction === "next" ? at + 1 : Math.max(0, at - limit - 1);
      const to = direction === "next" ? from + limit + 1 : Math.max(0, at);
      return cutPage(all.slice(from, to), asked, ({ name }) => name);
    },
    view: (known, call) => ({ ...view(known, call), status: viewStatus(known, deps.look(known.name)) }),
  });
}

function createRoute(deps: CarrierRouteDeps): Route {
  return defineRoute({
    ...common,
    method: "POST",
    path: CARRIERS,
    operationId: "CreateCarrier",
    summary:
      'Add a carrier to this cell: `{"carrier": {…}, "enabled": true}`, the carrier as the settings have it; for the operator',
    body: "json",
    maxBodyOctets: MAX_BODY_OCTETS,
    success: 201,
    creates: true,
    errors: [...CHANGE_ERRORS, carrierErrors.nameTaken, carrierErrors.tooMany],
    run: (call) => {
      operatorOnly(deps, call);
      const wish = readWish(call.json);
      if (wish.carrier === undefined) throw new AppError(carrierErrors.bodyInvalid, { reason: "carrier is expected" });
      return deps.book.create(wish);
    },
    view: viewOf(deps),
  });
}

function typesRoute(deps: CarrierRouteDeps): Route {
  return defineRoute({
    ...common,
    method: "GET",
    path: `${CARRIERS}/Types`,
    operationId: "FetchCarrierTypes",
    summary: "Say what can be written for a carrier of each type, as data for a form; for the operator",
    success: 200,
    run: (call) => {
      operatorOnly(deps, call);
      return describeCarrierTypes(carrierFormats);
    },
    view: (types) => ({ types: types as JsonValue }),
  });
}

function fetchRoute(deps: CarrierRouteDeps): Route {
  return defineRoute({
    ...common,
    method: "GET",
    path: ITEM,
    operationId: "FetchCarrier",
    summary: "Fetch how a carrier is set up, its secrets masked; for the operator",
    success: 200,
    run: (call) => {
      operatorOnly(deps, call);
      const known = deps.book.find(call.path.Name);
      if (known === undefined) throw call.notFound();
      return known;
    },
    view: viewOf(deps),
  });
}

function updateRoute(deps: CarrierRouteDeps): Route {
  return defineRoute({
    ...common,
    method: "POST",
    path: ITEM,
    operationId: "UpdateCarrier",
    summary: "Change an added carrier, or switch it on or off; a masked secret stays as it is; for the operator",
    body: "json",
    maxBodyOctets: MAX_BODY_OCTETS,
    success: 200,
    errors: [...CHANGE_ERRORS, carrierErrors.nameFixed, carrierErrors.readOnly],
    run: async (call) => {
      operatorOnly(deps, call);
      const known = await deps.book.update(call.path.Name, readWish(call.json));
      if (known === undefined) throw call.notFound();
      return known;
    },
    view: viewOf(deps),
  });
}

function deleteRoute(deps: CarrierRouteDeps): Route {
  return defineRoute({
    ...common,
    method: "DELETE",
    path: ITEM,
    operationId: "DeleteCarrier",
    summary: "Take an added carrier away: what is under way finishes, what waits goes elsewhere; for the operator",
    success: 204,
    errors: [carrierErrors.readOnly],
    run: async (call) => {
      operatorOnly(deps, call);
      if (!(await deps.book.remove(call.path.Name))) throw call.notFound();
    },
  });
}

function readWish(json: JsonValue): CarrierWish {
  if (typeof json !== "object" || json === null || Array.isArray(json)) {
    throw new AppError(carrierErrors.bodyInvalid, { reason: "an object is expected" });
  }
  const { carrier, enabled, ...others } = json as JsonObject;
  const [other] = Object.keys(others);
  if (other !== undefined)
    throw new AppError(carrierErrors.bodyInvalid, { reason: `it has the member ${other.slice(0, 64)}` });
  if (enabled !== undefined && typeof enabled !== "boolean") {
    throw new AppError(carrierErrors.bodyInvalid, { reason: "enabled is true or false" });
  }
  return carrier === undefined ? { enabled } : { carrier, enabled };
}
