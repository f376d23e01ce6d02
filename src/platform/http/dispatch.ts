import { AssertionError } from "../../kernel/assert.ts";
import { AppError } from "../../kernel/errors.ts";
import { isSid } from "../../kernel/ids.ts";
import { productOfHost } from "../hosts/index.ts";
import type { Clock, Logger } from "../ports.ts";
import { authorize, type Authorization } from "./authorize.ts";
import { pathValues, readParameters, RouteCall } from "./call.ts";
import {
  BAD_REQUEST,
  INTERNAL_ERROR,
  METHOD_NOT_ALLOWED,
  NOT_ACCEPTABLE,
  OVERLOADED,
  TOO_MANY_REQUESTS,
} from "./errors.ts";
import { baseUrlOf, hostOf } from "./hosts.ts";
import { headerOf, type HttpRequest, type HttpResponse } from "./message.ts";
import { MountTable, type MountMatch } from "./mount-table.ts";
import type { Mount } from "./mount.ts";
import { readPage } from "./paging.ts";
import type { Authenticator, Principal } from "./principal.ts";
import { renderError, renderPage, renderRecord } from "./render.ts";
import { resourcePath, RouteTable, type Representation, type ResourcePath, type RouteMatch } from "./route-table.ts";
import type { Call, Route } from "./route.ts";

/**
 * A step around the work of every route, after authentication and parameters:
 * idempotency keys, for example. It calls `next` at most once, or answers itself.
 * What `next` resolves to has the header fields that the route set.
 */
export type Around = (call: Call, next: () => Promise<HttpResponse>) => Promise<HttpResponse>;

/** What is told about every answer, for metrics and the access log. */
export interface Answered {
  readonly requestId: string;
  readonly method: string;
  /** As sent, without the query; empty where the request was not looked at. */
  readonly path: string;
  /** The route's operation, or the mount's path; `undefined` when nothing was found. */
  readonly operation: string | undefined;
  readonly accountSid: string | undefined;
  readonly status: number;
  /** Public code of the error, if it is one. */
  readonly errorCode: number | undefined;
  readonly durationMs: number;
}

/** Everything the dispatcher needs. */
export interface DispatcherOptions {
  readonly clock: Pick<Clock, "monotonicMs">;
  readonly logger: Logger;
  /** Mints the `RQ…` of every request; `SidMinter` does. */
  readonly minter: { mint(prefix: string): string };
  /** Whether a request keeps the id that an edge gave it (`X-Trunkline-Request-Id`); for cells that are reached through edges only. */
  readonly takesRequestIds?: boolean;
  readonly authenticator: Authenticator;
  readonly routes: readonly Route[];
  readonly mounts?: readonly Mount[];
  /** Requests of one account in progress; more are answered 429/20429. 1,000 by default. */
  readonly maxConcurrentPerAccount?: number;
  /** Whether to refuse API requests with 503/20503 for now. Mounts are still served. */
  readonly shed?: () => boolean;
  /** Applied in order, the first outermost. */
  readonly around?: readonly Around[];
  /** Called once for every answer; must not throw. */
  readonly onAnswer?: (answered: Answered) => void;
  /** Called after a failed assertion was answered with 500; the entry ends the process. By default it is logged only. */
  readonly onBug?: (error: AssertionError) => void;
}

/** What one request collects on its way. */
class Exchange {
  readonly request: HttpRequest;
  readonly requestId: string;
  readonly startedMs: number;
  representation: Representation = "json";
  path = "";
  operation: string | undefined = undefined;
  accountSid: string | undefined = undefined;
  /** Requests of the account in progress, this one included. */
  concurrent = 1;
  /** Whether `concurrent` was counted, and has to be given back. */
  counted = false;
  errorCode: number | undefined = undefined;

  constructor(request: HttpRequest, requestId: string, startedMs: number) {
    this.request = request;
    this.requestId = requestId;
    this.startedMs = startedMs;
  }
}

/** A request's target taken apart (RFC 9112 §3.2). */
interface Target {
  readonly pathname: string;
  readonly query: string;
  /** Present in the absolute form only, which proxies are sent. */
  readonly host: string | undefined;
}

/** Accounts whose count is kept while nothing of theirs is in progress. */
const MAX_IDLE_COUNTS = 10_000;
const DEFAULT_MAX_CONCURRENT_PER_ACCOUNT = 1_000;
const LONG_BODY_OCTETS = 262_144;
const NOBODY: Authorization = { principal: undefined, accountSid: undefined };
const REQUEST_ID_HEADER = "x-trunkline-request-id";
const METHODS: readonly string[] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];

/**
 * Answers requests: finds the route, authenticates, reads the parameters, runs
 * the work, writes the answer. Knows no sockets.
 */
export class Dispatcher {
  private readonly options: DispatcherOptions;
  private readonly table: RouteTable;
  private readonly mounts: MountTable;
  private readonly around: readonly Around[];
  private readonly maxConcurrent: number;
  private readonly inProgress = new Map<string, number>();

  constructor(options: DispatcherOptions) {
    this.options = options;
    this.table = new RouteTable(options.routes);
    this.mounts = new MountTable(options.mounts ?? []);
    this.around = options.around ?? [];
    this.maxConcurrent = options.maxConcurrentPerAccount ?? DEFAULT_MAX_CONCURRENT_PER_ACCOUNT;
  }

  /** Answers one request. Never rejects: every failure becomes an answer. */
  async dispatch(request: HttpRequest): Promise<HttpResponse> {
    const exchange = this.open(request);
    let response: HttpResponse;
    try {
      response = await this.answer(exchange);
    } catch (error) {
      response = this.failure(exchange, error);
    }
    return this.finish(exchange, response);
  }

  /** Answers one request with an error, without looking at it. */
  reject(request: HttpRequest, error: AppError): HttpResponse {
    const exchange = this.open(request);
    return this.finish(exchange, this.failure(exchange, error));
  }

  private open(request: HttpRequest): Exchange {
    const { clock, minter, takesRequestIds } = this.options;
    const told = takesRequestIds === true ? headerOf(request.headers, REQUEST_ID_HEADER) : undefined;
    const requestId = told !== undefined && isSid(told, "RQ") ? told : minter.mint("RQ");
    return new Exchange(request, requestId, clock.monotonicMs());
  }

  private finish(exchange: Exchange, response: HttpResponse): HttpResponse {
    const { clock, onAnswer } = this.options;
    const { requestId, accountSid } = exchange;
    if (exchange.counted) this.release(accountSid ?? "");
    const durationMs = clock.monotonicMs() - exchange.startedMs;
    if (onAnswer !== undefined) {
      const { path, operation, errorCode } = exchange;
      const { method } = exchange.request;
      onAnswer({ requestId, method, path, operation, accountSid, status: response.status, errorCode, durationMs });
    }
    const headers = response.headers.concat(
      "Twilio-Request-Id",
      requestId,
      "Twilio-Concurrent-Requests",
      String(exchange.concurrent),
      "Twilio-Request-Duration",
      (durationMs / 1_000).toFixed(3),
    );
    return { status: response.status, headers, body: response.body };
  }

  private answer(exchange: Exchange): Promise<HttpResponse> {
    const { request } = exchange;
    const target = parseTarget(request.target);
    exchange.path = target.pathname;
    const mount = this.mounts.find(request.method, target.pathname);
    if (mount !== undefined) return this.answerMount(exchange, mount, target.query);
    if (this.options.shed?.() === true) throw new AppError(OVERLOADED);
    const resource = resourcePath(target.pathname);
    exchange.representation = representationOf(resource);
    if (!METHODS.includes(request.method)) {
      throw new AppError(METHOD_NOT_ALLOWED, { method: request.method.slice(0, 20), allowed: METHODS.join(", ") });
    }
    const host = hostOf(request, target.host);
    const match = this.table.find(productOfHost(host), request.method, resource);
    exchange.operation = match.compiled.route.operationId;
    return this.answerRoute({ exchange, match, target, resource, host });
  }

  private async answerMount(exchange: Exchange, match: MountMatch, query: string): Promise<HttpResponse> {
    const { mount } = match;
    const { request, requestId } = exchange;
    exchange.operation = mount.path;
    let principal: Principal | undefined;
    if (mount.access !== "public")
      ({ principal } = await authorize(this.options.authenticator, request, mount.access, undefined));
    const path = pathValues(match.names, match.values);
    return mount.run({ request, requestId, path, query, principal });
  }

  private async answerRoute(found: FoundRoute): Promise<HttpResponse> {
    const { exchange, match, target, resource, host } = found;
    const { request, requestId } = exchange;
    const { compiled } = match;
    const { route } = compiled;
    if (resource.extension === "csv" && !route.raw) throw new AppError(NOT_ACCEPTABLE, { extension: "csv" });
    const path = pathValues(compiled.pathNames, match.values);
    let authorization: Authorization = NOBODY;
    if (route.access !== "public") {
      const named = compiled.accountAt === -1 ? undefined : path["AccountSid"];
      const granted = await authorize(this.options.authenticator, request, route.access, named);
      this.admit(exchange, granted.accountSid);
      authorization = granted;
    }
    const call = new RouteCall({
      request,
      requestId,
      compiled,
      path,
      principal: authorization.principal,
      accountSid: authorization.accountSid,
      baseUrl: baseUrlOf(request, host),
      pathname: target.pathname,
    });
    if (route.body !== "none") call.rawBody = await request.readBody(route.maxBodyOctets);
    readParameters(call, compiled, target.query);
    // Reading a long body has kept the others waiting; they go first.
    if (call.rawBody.length > LONG_BODY_OCTETS) await new Promise((resolve) => setImmediate(resolve));
    return this.workAround(call, found, 0);
  }

  private workAround(call: RouteCall, found: FoundRoute, index: number): Promise<HttpResponse> {
    const step = this.around[index];
    return step === undefined ? this.work(call, found) : step(call, () => this.workAround(call, found, index + 1));
  }

  private async work(call: RouteCall, found: FoundRoute): Promise<HttpResponse> {
    const response = await this.render(call, found);
    if (call.extraHeaders === undefined) return response;
    return { status: response.status, headers: response.headers.concat(call.extraHeaders), body: response.body };
  }

  private async render(call: RouteCall, found: FoundRoute): Promise<HttpResponse> {
    const { route } = call;
    const { exchange, resource } = found;
    const { representation } = exchange;
    if (route.paging === undefined) {
      const outcome = await route.execute(call, undefined);
      if (outcome.kind === "record") {
        call.answered = outcome.record;
        return renderRecord(route, call.status, outcome.record, representation);
      }
      return outcome.kind === "response" ? outcome.response : { status: call.status, headers: [] };
    }
    const requested = readPage(route.paging, route.operationId, call.fields);
    const outcome = await route.execute(call, requested);
    if (outcome.kind !== "page") throw new AssertionError(`${route.operationId} is a list that made no page`);
    const { baseUrl, pathname, fields } = call;
    const address = { baseUrl, pathname, fields, operationId: route.operationId, requested };
    return renderPage(route, outcome.page, address, { legacy: resource.legacy, representation });
  }

  /** Counts the request in. Throws `TOO_MANY_REQUESTS` when the account has no room. */
  private admit(exchange: Exchange, accountSid: string): void {
    exchange.accountSid = accountSid;
    const concurrent = (this.inProgress.get(accountSid) ?? 0) + 1;
    exchange.concurrent = concurrent;
    if (concurrent > this.maxConcurrent) throw new AppError(TOO_MANY_REQUESTS, { max: this.maxConcurrent });
    this.inProgress.set(accountSid, concurrent);
    exchange.counted = true;
  }

  private release(accountSid: string): void {
    const left = (this.inProgress.get(accountSid) ?? 1) - 1;
    // A map that shrinks and grows with every request costs more than some idle entries.
    if (left === 0 && this.inProgress.size > MAX_IDLE_COUNTS) this.inProgress.delete(accountSid);
    else this.inProgress.set(accountSid, left);
  }

  /** Turns whatever was thrown into an answer. What the operator should see is logged under the request id. */
  private failure(exchange: Exchange, thrown: unknown): HttpResponse {
    const { requestId, operation } = exchange;
    let error = thrown;
    if (!(error instanceof AppError)) {
      const { name, message, stack } = thrown instanceof Error ? thrown : new Error(String(thrown));
      this.options.logger.error("http.failure", { requestId, operation, name, message, stack });
      if (thrown instanceof AssertionError) this.options.onBug?.(thrown);
      error = new AppError(INTERNAL_ERROR);
    }
    const appError = error as AppError;
    if (appError.status >= 500 && error === thrown) this.logServerError(exchange, appError);
    exchange.errorCode = appError.code;
    return renderError(appError, exchange.representation);
  }

  private logServerError(exchange: Exchange, error: AppError): void {
    const { requestId, operation } = exchange;
    const cause = error.cause instanceof Error ? error.cause.message : undefined;
    this.options.logger.warn("http.error", { requestId, operation, code: error.code, internal: error.internal, cause });
  }
}

/** A route, and the request's way to it. */
interface FoundRoute {
  readonly exchange: Exchange;
  readonly match: RouteMatch;
  readonly target: Target;
  readonly resource: ResourcePath;
  readonly host: string;
}

function representationOf(resource: ResourcePath): Representation {
  return resource.legacy && resource.extension !== "json" ? "xml" : "json";
}

function parseTarget(target: string): Target {
  let rest = target;
  let host: string | undefined;
  if (!target.startsWith("/")) {
    const absolute = /^https?:\/\/([^/?#]*)(.*)$/is.exec(target);
    if (absolute === null) throw new AppError(BAD_REQUEST, { reason: "the request target is no path" });
    host = absolute[1];
    rest = absolute[2] ?? "";
  }
  const question = rest.indexOf("?");
  const pathname = question === -1 ? rest : rest.slice(0, question);
  return { pathname: pathname === "" ? "/" : pathname, query: question === -1 ? "" : rest.slice(question + 1), host };
}
