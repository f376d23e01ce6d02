import { AppError } from "../../kernel/errors.ts";
import { storableText } from "../../kernel/storable-text.ts";
import { BAD_JSON, NOT_FOUND, UNSUPPORTED_MEDIA_TYPE } from "./errors.ts";
import { decodePercent, NO_FIELDS, parseFields, parseFormBody, type Fields } from "./fields.ts";
import type { JsonObject, JsonValue } from "./json.ts";
import { headerOf, type HttpRequest } from "./message.ts";
import type { Parameters, ParameterValues } from "./parameter.ts";
import type { Principal } from "./principal.ts";
import type { CompiledRoute } from "./route-table.ts";
import type { Call, Once, Route } from "./route.ts";

/** How deep objects and arrays of a JSON body may be nested. */
export const MAX_JSON_DEPTH = 32;

const EMPTY_BODY = Buffer.alloc(0);
const FORM = "application/x-www-form-urlencoded";

/** What is known of a call before its body is read. */
export interface CallStart {
  readonly request: HttpRequest;
  readonly requestId: string;
  readonly compiled: CompiledRoute;
  readonly path: Readonly<Record<string, string>>;
  readonly principal: Principal | undefined;
  readonly accountSid: string | undefined;
  readonly baseUrl: string;
  readonly pathname: string;
}

/** The one implementation of {@link Call}. */
export class RouteCall implements Call {
  readonly request: HttpRequest;
  readonly requestId: string;
  readonly route: Route;
  readonly path: Readonly<Record<string, string>>;
  readonly principal: Principal | undefined;
  readonly accountSid: string | undefined;
  readonly baseUrl: string;
  readonly pathname: string;
  params: ParameterValues<Parameters> = {};
  json: JsonValue = undefined;
  rawBody: Buffer = EMPTY_BODY;
  status: number;
  once: Once | undefined = undefined;
  answered: JsonObject | undefined = undefined;
  /** Names and values by turns; `undefined` while there are none. */
  extraHeaders: string[] | undefined = undefined;
  /** Where the parameters were read from. */
  fields: Fields = NO_FIELDS;

  private readonly start: CallStart;

  constructor(start: CallStart) {
    this.start = start;
    this.request = start.request;
    this.requestId = start.requestId;
    this.route = start.compiled.route;
    this.path = start.path;
    this.principal = start.principal;
    this.accountSid = start.accountSid;
    this.baseUrl = start.baseUrl;
    this.pathname = start.pathname;
    this.status = start.compiled.route.success;
  }

  async shown(): Promise<JsonObject | undefined> {
    const compiled = this.start.compiled.shownBy();
    if (compiled === undefined) return undefined;
    const call = new RouteCall({ ...this.start, compiled });
    const params: Record<string, unknown> = {};
    try {
      for (const { name, parameter } of compiled.parameters) params[name] = parameter.read(NO_FIELDS, name);
      call.params = params;
      const outcome = await compiled.route.execute(call, undefined);
      return outcome.kind === "record" ? outcome.record : undefined;
    } catch (error) {
      // Nothing is there, or it cannot be shown without what the client would have said.
      if (error instanceof AppError && error.spec.fault === "caller") return undefined;
      throw error;
    }
  }

  setHeader(name: string, value: string): void {
    this.extraHeaders ??= [];
    this.extraHeaders.push(name, value);
  }

  notFound(): AppError {
    return new AppError(NOT_FOUND, { resource: this.pathname });
  }
}

/** Reads the parameters, of body and query, into a call whose body has been read. Throws the parameters' errors, 400 or 415. */
export function readParameters(call: RouteCall, compiled: CompiledRoute, query: string): void {
  const { body } = compiled.route;
  if (body !== "none" && call.rawBody.length > 0) checkMediaType(call.request, body);
  if (body === "json") call.json = parseJson(call.rawBody);
  call.fields = body === "form" ? parseFormBody(call.rawBody) : parseFields(query);
  if (compiled.parameters.length === 0) return;
  const params: Record<string, unknown> = {};
  for (const { name, parameter } of compiled.parameters) params[name] = parameter.read(call.fields, name);
  call.params = params;
}

function parseJson(body: Buffer): JsonValue {
  if (body.length === 0) return undefined;
  if (isTooDeep(body)) throw new AppError(BAD_JSON);
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(body);
    return JSON.parse(text, UNSTORABLE_ESCAPE.test(text) ? storableMember : undefined) as JsonValue;
  } catch {
    throw new AppError(BAD_JSON);
  }
}

/** The only ways to write a zero character, or half of a surrogate pair, that are both JSON and UTF-8. */
const UNSTORABLE_ESCAPE = /\\u(?:0000|d[89a-f])/i;

/** Texts as a form would bring them, where no octets stand for half of a pair. Throws for names that are none. */
function storableMember(name: string, value: unknown): unknown {
  if (storableText(name) !== name) throw new AppError(BAD_JSON);
  return typeof value === "string" ? storableText(value) : value;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Whether JSON is nested deeper than {@link MAX_JSON_DEPTH}. Text that is no JSON may get any answer. */
function isTooDeep(body: Buffer): boolean {
  let depth = 0;
  for (let at = 0; at < body.length; at += 1) {
    const octet = body[at] as number;
    if (octet === QUOTE) {
      at = endOfString(body, at);
    } else if (octet === 0x7b || octet === 0x5b) {
      depth += 1;
      if (depth > MAX_JSON_DEPTH) return true;
    } else if (octet === 0x7d || octet === 0x5d) {
      depth -= 1;
    }
  }
  return false;
}

/** Where the string that begins at `start` has its closing quote. Linear also where it never closes. */
function endOfString(body: Buffer, start: number): number {
  let at = start + 1;
  while (at < body.length && body[at] !== QUOTE) at += body[at] === BACKSLASH ? 2 : 1;
  return at;
}

function checkMediaType(request: HttpRequest, body: "form" | "json"): void {
  const header = headerOf(request.headers, "content-type");
  const expected = body === "form" ? FORM : "application/json";
  if (headerOf(request.headers, "content-encoding") !== undefined) {
    throw new AppError(UNSUPPORTED_MEDIA_TYPE, { expected: `${expected} without Content-Encoding` });
  }
  // A body without a type is taken for what the route expects, as small clients leave it out.
  if (header === undefined || header === expected) return;
  const [type = "", ...attributes] = header.toLowerCase().split(";");
  if (type.trim() === expected && attributes.every(isUtf8Attribute)) return;
  throw new AppError(UNSUPPORTED_MEDIA_TYPE, { expected: `${expected} in UTF-8` });
}

/** True for `charset=utf-8` (or its subset ASCII) and for attributes that are no charset. */
function isUtf8Attribute(attribute: string): boolean {
  const [name = "", value = ""] = attribute.split("=");
  if (name.trim() !== "charset") return true;
  return ["utf-8", "utf8", "us-ascii"].includes(value.trim().replaceAll('"', ""));
}

/** The path's parameters by name, decoded. Throws `NOT_FOUND` for a value with a zero character: nothing has such a name. */
export function pathValues(names: readonly string[], values: readonly string[]): Readonly<Record<string, string>> {
  const path: Record<string, string> = {};
  for (let i = 0; i < names.length; i += 1) {
    const value = values[i] ?? "";
    const decoded = value.includes("%") ? decodePercent(value) : value;
    if (decoded.includes("\0")) throw new AppError(NOT_FOUND, { resource: value });
    path[names[i] ?? ""] = decoded;
  }
  return path;
}
