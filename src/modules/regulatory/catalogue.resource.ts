import {
  boolean,
  defineListRoute,
  defineRoute,
  enumeration,
  pageBySid,
  text,
  type JsonObject,
  type Route,
  type Slice,
} from "../../platform/http/index.ts";
import { ITEM_TYPES, POLICIES, regulationsOf, ruleBySid } from "./data/index.ts";
import { regulatoryErrors } from "./errors.ts";
import type { ItemKind, ItemType, Product, Rule } from "./rule.ts";
import { viewPolicy, viewRegulation } from "./rule.view.ts";
import { BASES } from "./surface.ts";

const PRODUCTS: readonly Product[] = ["trusthub", "numbers"];
const COLLECTIONS: Readonly<Record<ItemKind, readonly [noun: string, collection: string]>> = {
  "end-user": ["EndUserType", "end_user_types"],
  document: ["SupportingDocumentType", "supporting_document_types"],
};

/** What is data of this program: types, policies and regulations. */
export function catalogueRoutes(): Route[] {
  return [
    ...PRODUCTS.flatMap((product) => [...typeRoutes(product, "end-user"), ...typeRoutes(product, "document")]),
    ...policyRoutes(),
    ...regulationRoutes(),
  ];
}

/** A stretch of a list that is in memory, in the order of its SIDs. */
function sliceOf<R extends { readonly sid: string }>(records: readonly R[], slice: Slice): R[] {
  const { cursor, direction, limit } = slice;
  const sorted = records.toSorted((a, b) => (a.sid < b.sid ? -1 : 1));
  if (direction === "next") return sorted.filter((each) => cursor === undefined || each.sid > cursor).slice(0, limit);
  return sorted.filter((each) => cursor === undefined || each.sid < cursor).slice(-limit);
}

function typeRoutes(product: Product, kind: ItemKind): Route[] {
  const [noun, collection] = COLLECTIONS[kind];
  const path = `${BASES[product]}/${noun}s`;
  const shared = { product, tag: `${noun}s`, access: "account" } as const;
  const types = ITEM_TYPES.filter((type) => type.product === product && type.kind === kind);
  const view = (type: ItemType, { baseUrl }: { readonly baseUrl: string }): JsonObject => ({
    sid: type.sid,
    friendly_name: type.friendlyName,
    machine_name: type.machineName,
    fields: type.fields.map((field) => ({
      friendly_name: field.friendlyName,
      machine_name: field.name,
      constraint: "String",
    })),
    url: `${baseUrl}${path}/${type.sid}`,
  });
  const what = kind === "end-user" ? "end users" : "supporting documents";
  return [
    defineListRoute({
      ...shared,
      path,
      operationId: `List${noun}`,
      summary: `List the types of ${what}`,
      collection,
      page: ({ call: _, ...slice }) => pageBySid(slice, (part) => Promise.resolve(sliceOf(types, part))),
      view,
    }),
    defineRoute({
      ...shared,
      method: "GET",
      path: `${path}/{Sid}`,
      operationId: `Fetch${noun}`,
      summary: `Fetch a type of ${what}`,
      success: 200,
      run: (call) => {
        const type = types.find((each) => each.sid === call.path["Sid"]);
        if (type === undefined) throw call.notFound();
        return type;
      },
      view,
    }),
  ];
}

function policyRoutes(): Route[] {
  const shared = { product: "trusthub", tag: "Policies", access: "account" } as const;
  const view = (rule: Rule, { baseUrl }: { readonly baseUrl: string }): JsonObject => viewPolicy(rule, baseUrl);
  return [
    defineListRoute({
      ...shared,
      path: "/v1/Policies",
      operationId: "ListPolicies",
      summary: "List the policies of customer profiles and trust products",
      collection: "results",
      page: ({ call: _, ...slice }) => pageBySid(slice, (part) => Promise.resolve(sliceOf(POLICIES, part))),
      view,
    }),
    defineRoute({
      ...shared,
      method: "GET",
      path: "/v1/Policies/{Sid}",
      operationId: "FetchPolicies",
      summary: "Fetch a policy",
      success: 200,
      run: (call) => {
        const rule = ruleBySid(call.path.Sid);
        if (rule === undefined || rule.dossierKind === "bundle") throw call.notFound();
        return rule;
      },
      view,
    }),
  ];
}

function regulationRoutes(): Route[] {
  const shared = { product: "numbers", tag: "Regulations", access: "account" } as const;
  const path = "/v2/RegulatoryCompliance/Regulations";
  const IncludeConstraints = boolean({ default: false, summary: "Also says what the fields must look like." });
  return [
    defineListRoute({
      ...shared,
      path,
      operationId: "ListRegulation",
      summary: "List what countries ask of the end users of numbers",
      collection: "results",
      parameters: {
        EndUserType: enumeration({
          values: ["individual", "business"],
          invalid: regulatoryErrors.endUserTypeInvalid,
        }),
        IsoCountry: text({ maxCharacters: 2 }),
        NumberType: text({ maxCharacters: 32 }),
        IncludeConstraints,
      },
      page: ({ call: { params }, ...slice }) => {
        const found = regulationsOf({
          endUserType: params.EndUserType,
          isoCountry: params.IsoCountry === "" ? undefined : params.IsoCountry,
          numberType: params.NumberType === "" ? undefined : params.NumberType,
        });
        return pageBySid(slice, (part) => Promise.resolve(sliceOf(found, part)));
      },
      view: (rule, { baseUrl, params }) => viewRegulation(rule, baseUrl, params.IncludeConstraints),
    }),
    defineRoute({
      ...shared,
      method: "GET",
      path: `${path}/{Sid}`,
      operationId: "FetchRegulation",
      summary: "Fetch a regulation",
      success: 200,
      parameters: { IncludeConstraints },
      run: (call) => {
        const rule = ruleBySid(call.path["Sid"] ?? "");
        if (rule?.dossierKind !== "bundle") throw call.notFound();
        return rule;
      },
      view: (rule, { baseUrl, params }) => viewRegulation(rule, baseUrl, params.IncludeConstraints),
    }),
  ];
}
