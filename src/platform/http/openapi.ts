import type { ErrorSpec } from "../../kernel/errors.ts";
import { HTTP_ERRORS } from "./errors.ts";
import type { JsonObject, JsonValue } from "./json.ts";
import { pathNames } from "./path-trie.ts";
import type { Parameter } from "./parameter.ts";
import { resourcePath } from "./route-table.ts";
import type { Route } from "./route.ts";

/** What an OpenAPI document is made for. */
export interface OpenApiOptions {
  /** Only this product's routes are described. */
  readonly product: string;
  readonly routes: readonly Route[];
  readonly version: string;
  /** `https://api.twilio.com` by default. */
  readonly serverUrl?: string;
}

/** The OpenAPI 3.0.3 document of one product, from its routes. Records are described as objects: their fields are the views' own. */
export function openApi(options: OpenApiOptions): JsonObject {
  const { product, version, serverUrl = `https://${product}.twilio.com` } = options;
  const paths: Record<string, Record<string, JsonValue>> = {};
  const tags = new Set<string>();
  for (const route of options.routes) {
    if (route.product !== product) continue;
    tags.add(route.tag);
    const extension = resourcePath(route.path).legacy && !route.bare ? ".json" : "";
    const operations = (paths[route.path + extension] ??= {});
    operations[route.method.toLowerCase()] = operation(route);
  }
  return {
    openapi: "3.0.3",
    info: { title: `Trunkline ${product}`, version },
    servers: [{ url: serverUrl }],
    tags: [...tags].map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: { accountSid_authToken: { type: "http", scheme: "basic" } },
      schemas: { Error: ERROR_SCHEMA },
    },
  };
}

const ERROR_SCHEMA: JsonObject = {
  type: "object",
  required: ["code", "message", "more_info", "status"],
  properties: {
    code: { type: "integer" },
    message: { type: "string" },
    more_info: { type: "string", format: "uri" },
    status: { type: "integer" },
  },
};

const IDEMPOTENCY_KEY: JsonObject = {
  name: "Idempotency-Key",
  in: "header",
  required: false,
  description: "The same key gives the same answer for 24 hours.",
  schema: { type: "string", minLength: 1, maxLength: 255 },
};

function operation(route: Route): JsonObject {
  const path = pathNames(route.path).map((name) => ({ name, in: "path", required: true, schema: { type: "string" } }));
  const fields = Object.entries(route.parameters).flatMap(([name, parameter]) => wireNames(name, parameter));
  const inForm = route.body === "form";
  const query = inForm ? [] : [...fields, ...pagingFields(route)].map(queryParameter);
  return {
    operationId: route.operationId,
    summary: route.summary,
    tags: [route.tag],
    ...(route.access === "public" ? { security: [] } : { security: [{ accountSid_authToken: [] }] }),
    parameters: [...path, ...query, ...(route.creates === "no" ? [] : [IDEMPOTENCY_KEY])],
    ...(inForm && fields.length > 0 ? { requestBody: formBody(fields) } : {}),
    ...(route.body === "json" ? { requestBody: { content: { "application/json": { schema: {} } } } } : {}),
    responses: { [route.success]: { description: "Done", ...content(route) }, default: errorResponse(route) },
  };
}

interface WireField {
  readonly name: string;
  readonly required: boolean;
  readonly summary: string | undefined;
  readonly schema: JsonObject;
}

function wireNames(name: string, parameter: Parameter<unknown>): WireField[] {
  const { required, summary, schema } = parameter;
  return parameter.suffixes.map((suffix) => ({ name: name + suffix, required, summary, schema }));
}

function pagingFields(route: Route): WireField[] {
  if (route.paging === undefined) return [];
  const { maxPageSize, defaultPageSize } = route.paging;
  const optional = { required: false, summary: undefined };
  return [
    {
      name: "PageSize",
      ...optional,
      schema: { type: "integer", minimum: 1, maximum: maxPageSize, default: defaultPageSize },
    },
    { name: "Page", ...optional, schema: { type: "integer", minimum: 0 } },
    { name: "PageToken", ...optional, schema: { type: "string" } },
  ];
}

function described(summary: string | undefined): JsonObject {
  return summary === undefined ? {} : { description: summary };
}

function queryParameter(field: WireField): JsonObject {
  const { name, required, summary, schema } = field;
  return { name, in: "query", required, ...described(summary), schema };
}

function formBody(fields: readonly WireField[]): JsonObject {
  const properties = Object.fromEntries(
    fields.map(({ name, summary, schema }) => [name, { ...schema, ...described(summary) }]),
  );
  const required = fields.filter((field) => field.required).map((field) => field.name);
  const schema: JsonObject = { type: "object", properties, ...(required.length > 0 ? { required } : {}) };
  return { content: { "application/x-www-form-urlencoded": { schema } } };
}

function content(route: Route): JsonObject {
  if (route.success === 204 || route.raw) return {};
  const schema: JsonObject =
    route.paging === undefined
      ? { type: "object" }
      : { type: "object", properties: { [route.paging.collection]: { type: "array", items: { type: "object" } } } };
  return { content: { "application/json": { schema } } };
}

function errorResponse(route: Route): JsonObject {
  const specs = routeErrors(route);
  const codes = [...new Set(specs.map((spec) => spec.code))].sort((a, b) => a - b);
  return {
    description: `An error. Codes of this operation's own: ${codes.join(", ")}`,
    content: { "application/json": { schema: { $ref: "#/components/schemas/Error" } } },
  };
}

/** The errors that a route declares: those of its parameters, and its own. */
export function routeErrors(route: Route): ErrorSpec[] {
  return [
    ...Object.values(route.parameters).flatMap((parameter) => [parameter.missing, parameter.invalid]),
    ...route.errors,
  ];
}

/** One public error, as the dictionary shows it. */
export interface ErrorEntry extends ErrorSpec {
  readonly moreInfo: string;
}

/** All distinct errors of `specs` and of this folder, by code and status. */
export function errorDictionary(specs: readonly ErrorSpec[]): ErrorEntry[] {
  const found = new Map<string, ErrorEntry>();
  for (const spec of [...HTTP_ERRORS, ...specs]) {
    const { code, status, fault, retry, message } = spec;
    const moreInfo = `https://www.twilio.com/docs/errors/${code}`;
    found.set(`${code} ${status} ${message}`, { code, status, fault, retry, message, moreInfo });
  }
  return [...found.values()].sort((a, b) => a.code - b.code || a.status - b.status);
}
