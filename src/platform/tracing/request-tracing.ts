import type { AccessRecord } from "../edge/index.ts";
import { headerOf, type Answered, type HttpRequest, type HttpResponse, type RequestAnswerer } from "../http/index.ts";
import type { Clock } from "../ports.ts";
import type { SpanKind } from "./span.ts";
import type { TailSampler } from "./tail-sampler.ts";
import {
  newSpanId,
  newTraceId,
  packContext,
  readContext,
  TRACEPARENT,
  TRACESTATE,
  writeParent,
  type TraceContext,
} from "./trace-context.ts";

/** What requests are traced with. */
export interface RequestTracingOptions {
  readonly sampler: TailSampler;
  readonly clock: Pick<Clock, "nowMs" | "monotonicMs">;
  /** From when on a request counts as slow. */
  readonly slowMs: number;
}

/** Where a request is answered. In one process both follow each other. */
export type RequestPlace = "edge" | "cell";

/** What is not anybody's API request: health, metrics, the console and its files, the phones, and what processes ask each other. */
const UNTRACED = /^\/(?:healthz|readyz|metrics|console|simulator|favicon\.ico|trunkline\/internal)(?:[/?]|$)/;
/** Answers whose request has not come back yet; there are never as many at once. */
const MAX_DETAILS = 10_000;
const REQUEST_ID = "Twilio-Request-Id";

type Details = Record<string, string | number>;

/**
 * A span for each API request, at an edge and in a cell. The context of the client, where there is
 * one, is its parent; the request goes on with the span's own context in its place (W3C Trace
 * Context §3.4), so that whoever comes next is its child. A client's word that his trace is sampled is not
 * believed at an edge: how much is recorded is not his to say.
 */
export class RequestTracing {
  private readonly options: RequestTracingOptions;
  private readonly details: Readonly<Record<RequestPlace, Map<string, Details>>> = { edge: new Map(), cell: new Map() };

  constructor(options: RequestTracingOptions) {
    this.options = options;
  }

  /** Traces what `next` answers. `kind` is `server` where the request came over a socket. */
  around(place: RequestPlace, kind: SpanKind, next: RequestAnswerer): RequestAnswerer {
    return {
      dispatch: (request) =>
        UNTRACED.test(request.target) ? next.dispatch(request) : this.trace(place, kind, { request, next }),
      reject: (request, error) => next.reject(request, error),
    };
  }

  /** To be told of every answer of an edge, before the answer is given. */
  edgeAnswered(record: AccessRecord): void {
    const { requestId, routeClass, cell, answeredBy, attempts, stagesMs, forwardMs, accountSid } = record;
    const details: Details = { "trunkline.route_class": routeClass, "trunkline.stages_ms": stagesMs };
    if (cell !== undefined) details["trunkline.cell"] = cell;
    if (answeredBy !== undefined) details["trunkline.answered_by"] = answeredBy;
    if (accountSid !== undefined) details["trunkline.account_sid"] = accountSid;
    if (attempts > 0) details["trunkline.forward_ms"] = forwardMs;
    if (attempts > 1) details["http.request.resend_count"] = attempts - 1;
    this.note("edge", requestId, details);
  }

  /** To be told of every answer of a cell's API, before the answer is given. */
  answered({ requestId, operation, accountSid, errorCode }: Answered): void {
    const details: Details = {};
    if (operation !== undefined) details["trunkline.operation"] = operation;
    if (accountSid !== undefined) details["trunkline.account_sid"] = accountSid;
    if (errorCode !== undefined) details["error.type"] = String(errorCode);
    this.note("cell", requestId, details);
  }

  /** What a record keeps of the trace of its request: the cell's own span, from which all that follows descends. */
  packedOf(request: Pick<HttpRequest, "headers">): string | undefined {
    const context = contextOf(request);
    return context === undefined ? undefined : packContext(context);
  }

  private note(place: RequestPlace, requestId: string | undefined, details: Details): void {
    const known = this.details[place];
    if (requestId !== undefined && known.size < MAX_DETAILS) known.set(requestId, details);
  }

  private trace(
    place: RequestPlace,
    kind: SpanKind,
    { request, next }: { readonly request: HttpRequest; readonly next: RequestAnswerer },
  ): Promise<HttpResponse> {
    const { sampler, clock } = this.options;
    const parent = contextOf(request);
    const traceId = parent?.traceId ?? newTraceId();
    const own: TraceContext = {
      traceId,
      spanId: newSpanId(),
      sampled: place === "edge" ? sampler.isChosen(traceId) : (parent?.sampled ?? sampler.isChosen(traceId)),
      ...(parent?.state === undefined ? {} : { state: parent.state }),
    };
    replaceContext(request, own);
    const startMs = clock.nowMs();
    const startedMs = clock.monotonicMs();
    sampler.hold(traceId);
    return next.dispatch(request).then(
      (answer) => {
        const endMs = startMs + clock.monotonicMs() - startedMs;
        this.end({ place, kind, method: request.method, parent, own, startMs, endMs }, answer);
        return answer;
      },
      (error: unknown) => {
        sampler.release(traceId);
        throw error;
      },
    );
  }

  private end(traced: Traced, { status, headers }: HttpResponse): void {
    const { sampler, slowMs } = this.options;
    const { place, kind, method, parent, own, startMs, endMs } = traced;
    const requestId = valueOf(headers, REQUEST_ID);
    const details = requestId === undefined ? undefined : this.details[place].get(requestId);
    if (requestId !== undefined) this.details[place].delete(requestId);
    const isFailure = status >= 500;
    const name = details?.["trunkline.operation"] ?? details?.["trunkline.route_class"];
    if (endMs - startMs >= slowMs) sampler.keep(own.traceId);
    sampler.record({
      traceId: own.traceId,
      spanId: own.spanId,
      parentSpanId: parent?.spanId,
      name: name === undefined ? method : `${method} ${name}`,
      kind,
      startMs,
      endMs,
      attributes: {
        "http.request.method": method,
        "http.response.status_code": status,
        "trunkline.place": place,
        ...(requestId === undefined ? {} : { "trunkline.request_id": requestId }),
        // The semantic conventions want it where a request failed, and there the status is as good as any.
        ...(isFailure ? { "error.type": String(status) } : {}),
        ...details,
      },
      failure: isFailure ? `answered ${status}` : undefined,
      state: own.state,
    });
    sampler.release(own.traceId);
  }
}

interface Traced {
  readonly place: RequestPlace;
  readonly kind: SpanKind;
  readonly method: string;
  readonly parent: TraceContext | undefined;
  readonly own: TraceContext;
  readonly startMs: number;
  readonly endMs: number;
}

function contextOf({ headers }: Pick<HttpRequest, "headers">): TraceContext | undefined {
  return readContext(headerOf(headers, TRACEPARENT), headerOf(headers, TRACESTATE));
}

/** In place: a copy of a request would cost more than all the rest, and nobody may see the client's once we stand between. */
function replaceContext(request: HttpRequest, own: TraceContext): void {
  const headers = request.headers as Record<string, string | readonly string[] | undefined>;
  headers[TRACEPARENT] = writeParent(own);
  if (own.state === undefined) delete headers[TRACESTATE];
  else headers[TRACESTATE] = own.state;
}

function valueOf(headers: readonly string[], name: string): string | undefined {
  const at = headers.indexOf(name);
  return at < 0 ? undefined : headers[at + 1];
}
