import { assert } from "../../kernel/assert.ts";
import { AppError, type ErrorSpec } from "../../kernel/errors.ts";
import type { CellRecord } from "../cell/index.ts";
import { ANSWER_NOT_KEPT } from "./errors.ts";
import type { JsonObject, JsonValue } from "./json.ts";
import type { HttpRequest, HttpResponse } from "./message.ts";
import type { Parameters, ParameterValues } from "./parameter.ts";
import type { Principal } from "./principal.ts";

/** HTTP methods that routes can have. `HEAD` is answered by the `GET` route. */
export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/**
 * Who may call: `account` any credential of an active account, `main` the auth
 * token or a main key only (accounts and keys), `public` anybody.
 */
export type Access = "account" | "main" | "public";

/** The parameters in the path: `"/A/{AccountSid}"` gives `{ AccountSid: string }`. */
export type PathValues<Path extends string> = string extends Path
  ? Readonly<Record<string, string>>
  : { readonly [Name in PathNames<Path>]: string };

type PathNames<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? Name | PathNames<Rest>
  : never;

/** One call of a route, as `run`, `page` and `view` see it. */
export interface Call<Path extends string = string, P extends Parameters = Parameters, A extends Access = Access> {
  readonly request: HttpRequest;
  /** `RQ…`: in the answer's `Twilio-Request-Id`, and in the log. */
  readonly requestId: string;
  readonly route: Route;
  /** Decoded path parameters. They are the caller's text: a SID may be no SID. */
  readonly path: PathValues<Path>;
  /** Checked values of the declared parameters. */
  readonly params: ParameterValues<P>;
  /** The caller; `undefined` on public routes. */
  readonly principal: "public" extends A ? Principal | undefined : Principal;
  /** The account acted on: `{AccountSid}` of the path (already checked), else the caller's own; `undefined` on public routes. */
  readonly accountSid: "public" extends A ? string | undefined : string;
  /** The parsed body of a route that declares `body: "json"`; unchecked. */
  readonly json: JsonValue;
  /** The body as sent; empty when the method has none. */
  readonly rawBody: Buffer;
  /** Scheme and host as the client sees them, for absolute URLs: `https://messaging.twilio.com`. */
  readonly baseUrl: string;
  /** The path as requested, without query: `/2010-04-01/Accounts/AC…/Messages.json`. */
  readonly pathname: string;
  /** Status of the answer; starts as the route's `success`, may be changed by `run`. */
  status: number;
  /** What makes a create safe to repeat; present while a request with an `Idempotency-Key` is served. */
  once: Once | undefined;
  /** The record that the work answered with, in its public shape; `undefined` before that, and where there is none. */
  readonly answered: JsonObject | undefined;
  /**
   * What `GET` of the same path answers now: before a change, what is changed. `undefined`
   * where the path has no such route, or nothing is there.
   */
  shown(): Promise<JsonObject | undefined>;
  /** Adds a header field to the answer. */
  setHeader(name: string, value: string): void;
  /** The 404/20404 error for this call's resource: `throw call.notFound()`. */
  notFound(): AppError;
}

/** The idempotency key of a request, as the work of a route that has `again` sees it. */
export interface Once {
  readonly key: string;
  /** What an earlier request with the same key made: what it gave to {@link claim}. `undefined` for the first one. */
  readonly made: string | undefined;
  /**
   * The record that binds the key to what is made, a SID for example. To be committed as
   * one with the record that makes it, so that a crash leaves both or none.
   */
  claim(made: string): CellRecord;
}

/** What all routes have. */
export interface RouteBase<Path extends string, P extends Parameters, A extends Access> {
  /** First label of the vendor host: `api`, `messaging`, `verify` … */
  readonly product: string;
  /** Without extension: `/2010-04-01/Accounts/{AccountSid}/Messages/{Sid}`. Paths under `/2010-04-01/` answer `.json` and `.xml`. */
  readonly path: Path;
  /** Unique within the product. */
  readonly operationId: string;
  readonly summary: string;
  readonly tag: string;
  readonly access: A;
  /** Read from the query for GET and DELETE and beside a JSON body, else from the form body. Unknown ones are ignored. */
  readonly parameters?: P;
  /** The longest body that is read; 64 KiB by default. */
  readonly maxBodyOctets?: number;
  /** Further errors that the operation makes, for the documentation. */
  readonly errors?: readonly ErrorSpec[];
  /** XML element of one record; by default the path's last fixed part without its plural `s`. */
  readonly element?: string;
  /**
   * Makes something each time it is called, so that it takes an `Idempotency-Key`. Without
   * `again` the key is journalled before and after the work, and the answer is kept.
   */
  readonly creates?: boolean;
  /**
   * Its changes are traffic (messages, clicks …), which is on record as such, and not a change
   * of how the account is set up. All other changes go into the audit log.
   */
  readonly traffic?: boolean;
}

/** A route that answers with one record, or with none (`success: 204`, no `view`). */
export interface RouteDefinition<Path extends string, P extends Parameters, A extends Access, R> extends RouteBase<
  Path,
  P,
  A
> {
  readonly method: Method;
  /** Kind of body for POST, PUT and PATCH; `form` by default. */
  readonly body?: "form" | "json";
  readonly success: 200 | 201 | 202 | 204;
  readonly run: (call: Call<Path, P, A>) => Promise<R> | R;
  /**
   * For a route that `creates` in the cell's log: the record as the first answer had it, from
   * what was made then. `run` commits `call.once.claim(made)` in one batch with what it makes.
   * `undefined` when that is gone, which is answered 409/20409.
   */
  readonly again?: (call: Call<Path, P, A>, made: string) => Promise<R | undefined> | R | undefined;
  /** The public shape of the record. Left out only with 204. */
  readonly view?: (record: R, call: Call<Path, P, A>) => JsonObject;
}

/** What a list is asked for. */
export interface PageRequest<
  Path extends string = string,
  P extends Parameters = Parameters,
  A extends Access = Access,
> {
  readonly call: Call<Path, P, A>;
  /** The most records to return; fetch one more to know whether `nextCursor` is due. */
  readonly limit: number;
  /**
   * Where to go on, as `nextCursor` or `previousCursor` of an earlier page said;
   * `undefined` for the first page. Unsigned: check it as you would a parameter.
   */
  readonly cursor: string | undefined;
  /** `next`: records after the cursor. `previous`: the `limit` records before it, in the list's usual order. */
  readonly direction: "next" | "previous";
}

/** One page of records. A cursor is any text up to 512 characters that finds the place again while rows arrive. */
export interface Page<R> {
  readonly records: readonly R[];
  /** Present when more records follow. */
  readonly nextCursor?: string | undefined;
  /** Present when records precede, and the list can go back. */
  readonly previousCursor?: string | undefined;
}

/** A route that answers with a page of records. Always `GET`, always 200. */
export interface ListRouteDefinition<Path extends string, P extends Parameters, A extends Access, R> extends RouteBase<
  Path,
  P,
  A
> {
  /** The key of the records, and of their XML element: `messages`. */
  readonly collection: string;
  /** 50 by default. */
  readonly defaultPageSize?: number;
  /** 1,000 by default. */
  readonly maxPageSize?: number;
  readonly page: (request: PageRequest<Path, P, A>) => Promise<Page<R>> | Page<R>;
  readonly view: (record: R, call: Call<Path, P, A>) => JsonObject;
}

/**
 * A route that answers with an HTTP response of its own making. With
 * `bare: true` it serves only the path without extension, beside a
 * {@link defineRoute} of the same path for `.json` and `.xml` (a medium's content).
 */
export interface ContentRouteDefinition<Path extends string, P extends Parameters, A extends Access> extends RouteBase<
  Path,
  P,
  A
> {
  readonly method: Method;
  readonly body?: "form" | "json";
  readonly bare?: boolean;
  readonly run: (call: Call<Path, P, A>) => Promise<HttpResponse> | HttpResponse;
}

/** What a route's work came to, before it is written as JSON or XML. */
export type Outcome =
  | { readonly kind: "record"; readonly record: JsonObject }
  | { readonly kind: "empty" }
  | { readonly kind: "page"; readonly page: ViewedPage }
  | { readonly kind: "response"; readonly response: HttpResponse };

/** A page whose records have been given their public shape. */
export interface ViewedPage {
  readonly records: readonly JsonObject[];
  readonly nextCursor: string | undefined;
  readonly previousCursor: string | undefined;
}

/** How a list route pages. */
export interface Paging {
  readonly collection: string;
  readonly defaultPageSize: number;
  readonly maxPageSize: number;
}

/** The part of a {@link PageRequest} that the framework reads from the query. */
export interface PagePlace {
  readonly limit: number;
  readonly cursor: string | undefined;
  readonly direction: "next" | "previous";
}

/** A route as the router, the dispatcher and the documentation see it. Made by the `define…` functions only. */
export interface Route {
  readonly product: string;
  readonly method: Method;
  readonly path: string;
  readonly operationId: string;
  readonly summary: string;
  readonly tag: string;
  readonly access: Access;
  readonly parameters: Parameters;
  readonly errors: readonly ErrorSpec[];
  readonly element: string;
  readonly body: "none" | "form" | "json";
  /** The longest body that is read. */
  readonly maxBodyOctets: number;
  readonly success: number;
  /** Serves only the path without extension. */
  readonly bare: boolean;
  /** Present on list routes. */
  readonly paging: Paging | undefined;
  /** Answers with an HTTP response of its own making. */
  readonly raw: boolean;
  /** How it takes an idempotency key: not at all; with the answer kept; or with the key committed beside what it makes. */
  readonly creates: "no" | "kept" | "claimed";
  /** Whether what it changes is traffic, which has records of its own. */
  readonly traffic: boolean;
  /** Does the work. `place` is given to list routes. */
  execute(call: Call, place: PagePlace | undefined): Promise<Outcome>;
}

const DEFAULT_MAX_BODY_OCTETS = 65_536;
const EMPTY: Outcome = { kind: "empty" };

/** Declares a route that answers with one record. Routing, parsing, OpenAPI and docs all come from this value. */
export function defineRoute<
  const Path extends string,
  A extends Access,
  R,
  P extends Parameters = Record<never, never>,
>(definition: RouteDefinition<Path, P, A, R>): Route {
  const { run, again, view, method, success } = definition;
  assert(again === undefined || definition.creates === true, `${definition.operationId}: again without creates`);
  assert(
    (view === undefined) === (success === 204),
    `${definition.operationId}: 204 goes without a view, all else with one`,
  );
  return {
    ...common(definition),
    method,
    success,
    body: bodyKind(method, definition.body),
    bare: false,
    paging: undefined,
    raw: false,
    creates: again === undefined ? createsOf(definition) : "claimed",
    async execute(anyCall) {
      const call = anyCall as unknown as Call<Path, P, A>;
      const made = again === undefined ? undefined : call.once?.made;
      const record = made === undefined ? await run(call) : await again?.(call, made);
      if (made !== undefined && record === undefined) throw new AppError(ANSWER_NOT_KEPT, { made });
      return view === undefined ? EMPTY : { kind: "record", record: view(record as R, call) };
    },
  };
}

/** Declares a list. `PageSize`, `Page` and `PageToken` are read and checked by the framework. */
export function defineListRoute<
  const Path extends string,
  A extends Access,
  R,
  P extends Parameters = Record<never, never>,
>(definition: ListRouteDefinition<Path, P, A, R>): Route {
  const { page, view, collection, defaultPageSize = 50, maxPageSize = 1_000 } = definition;
  assert(defaultPageSize <= maxPageSize, `${definition.operationId}: default page size over its maximum`);
  return {
    ...common(definition),
    method: "GET",
    success: 200,
    body: "none",
    bare: false,
    paging: { collection, defaultPageSize, maxPageSize },
    raw: false,
    creates: "no",
    async execute(anyCall, place) {
      assert(place !== undefined, `${definition.operationId}: a list without a place`);
      const call = anyCall as unknown as Call<Path, P, A>;
      const { records, nextCursor, previousCursor } = await page({ call, ...place });
      assert(records.length <= place.limit, `${definition.operationId}: more records than the limit`);
      const viewed = records.map((record) => view(record, call));
      return { kind: "page", page: { records: viewed, nextCursor, previousCursor } };
    },
  };
}

/** Declares a route that writes its own HTTP response, such as a medium's content. */
export function defineContentRoute<
  const Path extends string,
  A extends Access,
  P extends Parameters = Record<never, never>,
>(definition: ContentRouteDefinition<Path, P, A>): Route {
  const { run, method } = definition;
  return {
    ...common(definition),
    method,
    success: 200,
    body: bodyKind(method, definition.body),
    bare: definition.bare ?? false,
    paging: undefined,
    raw: true,
    creates: createsOf(definition),
    async execute(anyCall) {
      return { kind: "response", response: await run(anyCall as unknown as Call<Path, P, A>) };
    },
  };
}

function createsOf({ creates }: { readonly creates?: boolean }): "no" | "kept" {
  return creates === true ? "kept" : "no";
}

function bodyKind(method: Method, declared: "form" | "json" | undefined): "none" | "form" | "json" {
  if (method === "GET" || method === "DELETE") {
    assert(declared === undefined, `${method} takes no body`);
    return "none";
  }
  return declared ?? "form";
}

function common(definition: RouteBase<string, Parameters, Access>) {
  const { product, path, operationId, summary, tag, access, parameters = {}, errors = [] } = definition;
  assert(path.startsWith("/") && !path.endsWith("/"), `${operationId}: path ${path}`);
  return {
    product,
    path,
    operationId,
    summary,
    tag,
    access,
    parameters,
    errors,
    maxBodyOctets: definition.maxBodyOctets ?? DEFAULT_MAX_BODY_OCTETS,
    element: definition.element ?? elementOf(path),
    traffic: definition.traffic ?? false,
  };
}

/** `/Accounts/{AccountSid}/Messages/{Sid}` → `Message`. */
function elementOf(path: string): string {
  const fixed = path.split("/").filter((segment) => segment !== "" && !segment.startsWith("{"));
  const last = fixed.at(-1) ?? "Record";
  if (last.endsWith("sses")) return last.slice(0, -2);
  if (last.endsWith("ies")) return `${last.slice(0, -3)}y`;
  return last.endsWith("s") && !last.endsWith("ss") ? last.slice(0, -1) : last;
}
