import {
  defineListRoute,
  defineRoute,
  pageBySid,
  sid,
  type JsonObject,
  type Parameter,
  type Route,
} from "../../platform/http/index.ts";
import { addNumber, takeOut } from "./change-pool.ts";
import type { ServicesDeps } from "./deps.ts";
import { serviceErrors } from "./errors.ts";
import { listMembers, memberBySid } from "./member.store.ts";
import type { PoolMember } from "./pool-member.ts";
import { findService } from "./service.store.ts";
import { viewPhoneNumber, viewShortCode, type NumberInPool } from "./service.view.ts";

/** What phone numbers and short codes differ in. */
interface Collection {
  readonly path: "PhoneNumbers" | "ShortCodes";
  readonly kind: "number" | "shortcode";
  readonly parameter: "PhoneNumberSid" | "ShortCodeSid";
  readonly operation: "PhoneNumber" | "ShortCode";
  readonly collection: "phone_numbers" | "short_codes";
  readonly what: string;
  readonly sid: Parameter<string>;
  readonly view: (number: NumberInPool, baseUrl: string) => JsonObject;
}

const sidOf = (prefix: "PN" | "SC") =>
  sid({ prefix, required: true, invalid: serviceErrors.numberUnknown, summary: "It must be the account's." });

const PHONE_NUMBERS: Collection = {
  path: "PhoneNumbers",
  kind: "number",
  parameter: "PhoneNumberSid",
  operation: "PhoneNumber",
  collection: "phone_numbers",
  what: "phone number",
  sid: sidOf("PN"),
  view: viewPhoneNumber,
};

const SHORT_CODES: Collection = {
  path: "ShortCodes",
  kind: "shortcode",
  parameter: "ShortCodeSid",
  operation: "ShortCode",
  collection: "short_codes",
  what: "short code",
  sid: sidOf("SC"),
  view: viewShortCode,
};

/** `Services/{ServiceSid}/PhoneNumbers` and `/ShortCodes`: add, list, fetch, take out. */
export function poolNumberRoutes(deps: ServicesDeps): Route[] {
  return [PHONE_NUMBERS, SHORT_CODES].flatMap((collection) => [
    addRoute(deps, collection),
    listRoute(deps, collection),
    fetchRoute(deps, collection),
    removeRoute(deps, collection),
  ]);
}

const common = { product: "messaging", access: "account" } as const;

/** A member whose number has left the account is not in the pool any more, though its row may still be there. */
function withNumber({ numbers }: ServicesDeps, member: PoolMember | undefined): NumberInPool | undefined {
  if (member === undefined) return undefined;
  const number = numbers.numberBySid(member.accountSid, member.sid);
  return number === undefined ? undefined : { member, number };
}

function addRoute(
  deps: ServicesDeps,
  { path, parameter, operation, what, sid: sidParameter, view }: Collection,
): Route {
  return defineRoute({
    ...common,
    tag: path,
    method: "POST",
    path: `/v1/Services/{ServiceSid}/${path}`,
    operationId: `Create${operation}`,
    summary: `Add a ${what} of the account to the pool`,
    success: 201,
    creates: true,
    errors: Object.values(serviceErrors),
    parameters: { [parameter]: sidParameter },
    run: async (call) => {
      const { accountSid, params } = call;
      const target = { accountSid, serviceSid: call.path.ServiceSid };
      const member = await addNumber(deps, target, { sid: params[parameter] ?? "", parameter });
      const added = withNumber(deps, member);
      if (added === undefined) throw call.notFound();
      return added;
    },
    view: (added, { baseUrl }) => view(added, baseUrl),
  });
}

function listRoute(deps: ServicesDeps, { path, kind, operation, collection, what, view }: Collection): Route {
  return defineListRoute({
    ...common,
    tag: path,
    path: `/v1/Services/{ServiceSid}/${path}`,
    operationId: `List${operation}`,
    summary: `List each ${what} of the pool`,
    collection,
    page: async ({ call, ...slice }) => {
      const { accountSid, path: named } = call;
      const serviceSid = named.ServiceSid;
      if ((await findService(deps.database, { accountSid, sid: serviceSid })) === undefined) throw call.notFound();
      const page = await pageBySid(slice, (part) => listMembers(deps.database, { accountSid, serviceSid, kind }, part));
      const records = page.records.flatMap((member) => withNumber(deps, member) ?? []);
      return { ...page, records };
    },
    view: (number, { baseUrl }) => view(number, baseUrl),
  });
}

function fetchRoute(deps: ServicesDeps, { path, kind, operation, what, view }: Collection): Route {
  return defineRoute({
    ...common,
    tag: path,
    method: "GET",
    path: `/v1/Services/{ServiceSid}/${path}/{Sid}`,
    operationId: `Fetch${operation}`,
    summary: `Fetch a ${what} of the pool`,
    success: 200,
    run: async (call) => {
      const { accountSid } = call;
      const member = await memberBySid(deps.database, { accountSid, sid: call.path.Sid });
      const isHere = member?.serviceSid === call.path.ServiceSid && member.kind === kind;
      const found = isHere ? withNumber(deps, member) : undefined;
      if (found === undefined) throw call.notFound();
      return found;
    },
    view: (found, { baseUrl }) => view(found, baseUrl),
  });
}

function removeRoute(deps: ServicesDeps, { path, kind, operation, what }: Collection): Route {
  return defineRoute({
    ...common,
    tag: path,
    method: "DELETE",
    path: `/v1/Services/{ServiceSid}/${path}/{Sid}`,
    operationId: `Delete${operation}`,
    summary: `Take a ${what} out of the pool; it stays the account's`,
    success: 204,
    run: async (call) => {
      const target = { accountSid: call.accountSid, serviceSid: call.path.ServiceSid };
      if (!(await takeOut(deps, target, { sid: call.path.Sid, kind }))) throw call.notFound();
    },
  });
}
