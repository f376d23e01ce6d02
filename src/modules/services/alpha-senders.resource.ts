import { AppError } from "../../kernel/errors.ts";
import {
  defineListRoute,
  defineRoute,
  pageBySid,
  Refusal,
  scalar,
  text,
  type JsonObject,
  type Parameter,
  type ParameterOptions,
  type Route,
} from "../../platform/http/index.ts";
import { parseAddress } from "../../protocols/e164/index.ts";
import { addAlpha, takeOut } from "./change-pool.ts";
import type { ServicesDeps } from "./deps.ts";
import { serviceErrors } from "./errors.ts";
import { listMembers, memberBySid } from "./member.store.ts";
import type { PoolMember } from "./pool-member.ts";
import { findService } from "./service.store.ts";
import { viewAlphaSender, viewDestinationAlphaSender } from "./service.view.ts";

/** What the two resources differ in: `AlphaSenders` are those for every country. */
interface Collection {
  readonly path: "AlphaSenders" | "DestinationAlphaSenders";
  readonly operation: "AlphaSender" | "DestinationAlphaSender";
  readonly hasCountry: boolean;
  readonly view: (member: PoolMember, baseUrl: string) => JsonObject;
}

const COLLECTIONS: readonly Collection[] = [
  { path: "AlphaSenders", operation: "AlphaSender", hasCountry: false, view: viewAlphaSender },
  {
    path: "DestinationAlphaSenders",
    operation: "DestinationAlphaSender",
    hasCountry: true,
    view: viewDestinationAlphaSender,
  },
];

const COUNTRY = /^[A-Z]{2}$/;

/** ISO 3166-1 alpha-2, in either case; empty or absent is no country. */
function country(options: ParameterOptions): Parameter<string | undefined> {
  return scalar(options, {
    kind: "country",
    schema: { type: "string", minLength: 2, maxLength: 2 },
    empty: "",
    convert(value) {
      const code = value.toUpperCase();
      return COUNTRY.test(code) ? code : new Refusal("a country is two letters");
    },
  });
}

const MAX_ALPHA_CHARACTERS = 64;
const alphaSender = text({
  required: true,
  maxCharacters: MAX_ALPHA_CHARACTERS,
  missing: serviceErrors.alphaMissing,
  invalid: serviceErrors.alphaInvalid,
  summary: "Up to 11 of A to Z, a to z, 0 to 9, space and + - _ &, at least one of them a letter.",
});
const isoCountry = country({
  invalid: serviceErrors.countryInvalid,
  summary: "The only country that it is for; all of them where it is left out.",
});

/** `Services/{ServiceSid}/AlphaSenders` and `/DestinationAlphaSenders`: add, list, fetch, take out. */
export function alphaSenderRoutes(deps: ServicesDeps): Route[] {
  return COLLECTIONS.flatMap((collection) => [
    addRoute(deps, collection),
    listRoute(deps, collection),
    fetchRoute(deps, collection),
    removeRoute(deps, collection),
  ]);
}

const common = { product: "messaging", access: "account" } as const;

function addRoute(deps: ServicesDeps, { path, operation, hasCountry, view }: Collection): Route {
  return defineRoute({
    ...common,
    tag: path,
    method: "POST",
    path: `/v1/Services/{ServiceSid}/${path}`,
    operationId: `Create${operation}`,
    summary: hasCountry ? "Add an alphanumeric sender for a country" : "Add an alphanumeric sender",
    success: 201,
    creates: true,
    errors: Object.values(serviceErrors),
    parameters: hasCountry ? { AlphaSender: alphaSender, IsoCountryCode: isoCountry } : { AlphaSender: alphaSender },
    run: async (call) => {
      const { accountSid, params } = call;
      const target = { accountSid, serviceSid: call.path.ServiceSid };
      const alpha = readAlpha(params.AlphaSender);
      const added = await addAlpha(deps, target, { alpha, isoCountry: params["IsoCountryCode"] ?? "" });
      if (added === undefined) throw call.notFound();
      return added;
    },
    view: (added, { baseUrl }) => view(added, baseUrl),
  });
}

function readAlpha(value: string): string {
  const address = parseAddress(value);
  if (address.kind === "alphanumeric") return address.sender;
  const reason = "it is not 1 to 11 of A-Z, a-z, 0-9, space and + - _ &, with at least one letter";
  throw new AppError(serviceErrors.alphaInvalid, { value, reason });
}

function listRoute(deps: ServicesDeps, { path, operation, hasCountry, view }: Collection): Route {
  return defineListRoute({
    ...common,
    tag: path,
    path: `/v1/Services/{ServiceSid}/${path}`,
    operationId: `List${operation}`,
    summary: hasCountry ? "List the service's alphanumeric senders" : "List those that are for every country",
    collection: "alpha_senders",
    parameters: hasCountry ? { IsoCountryCode: isoCountry } : {},
    page: async ({ call, ...slice }) => {
      const { accountSid } = call;
      const serviceSid = call.path.ServiceSid;
      if ((await findService(deps.database, { accountSid, sid: serviceSid })) === undefined) throw call.notFound();
      const wanted = (call.params as { readonly IsoCountryCode?: string | undefined }).IsoCountryCode;
      const filter = { accountSid, serviceSid, kind: "alpha", isoCountry: hasCountry ? wanted : "" } as const;
      return pageBySid(slice, (part) => listMembers(deps.database, filter, part));
    },
    view: (member, { baseUrl }) => view(member, baseUrl),
  });
}

function fetchRoute(deps: ServicesDeps, { path, operation, hasCountry, view }: Collection): Route {
  return defineRoute({
    ...common,
    tag: path,
    method: "GET",
    path: `/v1/Services/{ServiceSid}/${path}/{Sid}`,
    operationId: `Fetch${operation}`,
    summary: "Fetch an alphanumeric sender of the service",
    success: 200,
    run: async (call) => {
      const found = await find(deps, { accountSid: call.accountSid, ...call.path }, hasCountry);
      if (found === undefined) throw call.notFound();
      return found;
    },
    view: (found, { baseUrl }) => view(found, baseUrl),
  });
}

async function find(
  { database }: ServicesDeps,
  named: { readonly accountSid: string; readonly ServiceSid: string; readonly Sid: string },
  hasCountry: boolean,
): Promise<PoolMember | undefined> {
  const member = await memberBySid(database, { accountSid: named.accountSid, sid: named.Sid });
  if (member?.serviceSid !== named.ServiceSid || member.kind !== "alpha") return undefined;
  return hasCountry || member.isoCountry === "" ? member : undefined;
}

function removeRoute(deps: ServicesDeps, { path, operation, hasCountry }: Collection): Route {
  return defineRoute({
    ...common,
    tag: path,
    method: "DELETE",
    path: `/v1/Services/{ServiceSid}/${path}/{Sid}`,
    operationId: `Delete${operation}`,
    summary: "Take an alphanumeric sender off the service",
    success: 204,
    run: async (call) => {
      const { accountSid } = call;
      const { ServiceSid: serviceSid, Sid: sid } = call.path;
      if ((await find(deps, { accountSid, ...call.path }, hasCountry)) === undefined) throw call.notFound();
      if (!(await takeOut(deps, { accountSid, serviceSid }, { sid, kind: "alpha" }))) throw call.notFound();
    },
  });
}
