import { Readable } from "node:stream";
import { AppError } from "../../kernel/errors.ts";
import { Http1Error } from "../../protocols/http1/index.ts";
import { BAD_REQUEST, type HttpResponse } from "../http/index.ts";
import type { Clock } from "../ports.ts";
import type { EdgeRequest } from "./edge-request.ts";
import { encodeHead } from "./encode-head.ts";
import { CELL_LOST, CELL_SILENT, CELL_UNREACHABLE } from "./errors.ts";
import { takeBody, type ForwardedBody } from "./forwarded-body.ts";
import type { Destination, EdgeTarget } from "./ports.ts";
import { ROUTE_CLASSES } from "./route-classes.ts";
import type { Exchange, UpstreamAnswer, UpstreamFailure, UpstreamPool, UpstreamRequest } from "./upstream/index.ts";

export interface PassThroughOptions {
  readonly clock: Pick<Clock, "monotonicMs">;
  readonly pool: UpstreamPool;
}

/** Methods that may be sent again when nobody knows whether the first one arrived (RFC 9110 §9.2.1). */
const isSafe = (method: string): boolean => method === "GET" || method === "HEAD";

/** A destination in another process: the request goes on over HTTP/1.1. */
export class PassThrough implements Destination {
  private readonly options: PassThroughOptions;

  constructor(options: PassThroughOptions) {
    this.options = options;
  }

  forward(edge: EdgeRequest, target: EdgeTarget | undefined): Promise<HttpResponse> {
    if (target === undefined) return Promise.reject(new AppError(CELL_UNREACHABLE, {}, { internal: "no target" }));
    if (edge.body !== undefined) return this.send(edge, target, edge.body);
    return Promise.resolve(this.prepare(edge)).then(() => this.forward(edge, target));
  }

  /** Takes over the body: all of it where it is short, else its beginning at least. */
  prepare(edge: EdgeRequest): Promise<undefined> | undefined {
    const body = takeBody(edge.request, ROUTE_CLASSES[edge.routeClass].maxBodyOctets);
    if (body instanceof Promise) {
      return body.then((taken) => {
        edge.body = taken;
        return undefined;
      });
    }
    edge.body = body;
    return undefined;
  }

  private send(edge: EdgeRequest, target: EdgeTarget, body: ForwardedBody): Promise<HttpResponse> {
    const { method } = edge.request;
    const { whole, stream, octets } = body;
    let head: string;
    try {
      head = encodeHead(edge, target, framingOf(method, body));
    } catch (error) {
      stream?.destroy();
      if (!(error instanceof Http1Error)) throw error;
      return Promise.reject(new AppError(BAD_REQUEST, { reason: "it cannot be passed on" }, { cause: error }));
    }
    const request: UpstreamRequest = { method, head, body: whole, stream, streamOctets: octets };
    return new Promise((resolve, reject) => {
      const upstream = this.options.pool.to(target);
      upstream.send(new Forwarding(request, { upstream, clock: this.options.clock, resolve, reject }));
    });
  }
}

/** Who waits for an answer, and what it takes to try again. */
interface Waiting {
  readonly upstream: ReturnType<UpstreamPool["to"]>;
  readonly clock: Pick<Clock, "monotonicMs">;
  readonly resolve: (answer: HttpResponse) => void;
  readonly reject: (error: AppError) => void;
}

/** A request on its way to a cell: sent once, and once more where that can do no harm. */
class Forwarding implements Exchange {
  readonly request: UpstreamRequest;
  deadlineMs = Number.POSITIVE_INFINITY;
  isFresh = false;
  private readonly waiting: Waiting;

  constructor(request: UpstreamRequest, waiting: Waiting) {
    this.request = request;
    this.waiting = waiting;
  }

  answered(answer: UpstreamAnswer): void {
    this.waiting.resolve(responseOf(answer, this.request.method));
  }

  failed(failure: UpstreamFailure): void {
    const { upstream, clock, reject } = this.waiting;
    if (this.mayRetry(failure) && upstream.retries.trySpend(clock.monotonicMs())) {
      this.isFresh = true;
      upstream.send(this);
    } else {
      this.request.stream?.destroy();
      reject(errorOf(failure, this.request.method));
    }
  }

  /** Only what was certainly not begun, or may be done twice; and only where another connection may fare better. */
  private mayRetry({ kind, mayHaveBegun }: UpstreamFailure): boolean {
    const { stream, method } = this.request;
    if (this.isFresh || kind !== "lost" || stream !== undefined) return false;
    return !mayHaveBegun || isSafe(method);
  }
}

/** What says how long a body is. Methods that are defined with content say so even where there is none (RFC 9110 §8.6). */
function framingOf(method: string, { whole, stream, octets }: ForwardedBody): string {
  if (stream !== undefined) return octets === undefined ? "Transfer-Encoding: chunked\r\n" : contentLength(octets);
  const length = whole?.length ?? 0;
  const isExpected = method === "POST" || method === "PUT" || method === "PATCH";
  return length > 0 || isExpected ? contentLength(length) : "";
}

const contentLength = (octets: number): string => `Content-Length: ${octets}\r\n`;

function responseOf({ status, fields, body, announcedLength }: UpstreamAnswer, method: string): HttpResponse {
  if (method !== "HEAD" && !(body instanceof Readable)) return { status, headers: fields, body };
  // A stream brings its length along, and so does what stands for the body that HEAD does not have.
  const headers = announcedLength === undefined ? fields : fields.concat("Content-Length", String(announcedLength));
  return { status, headers, body: body instanceof Readable ? body : Readable.from([]) };
}

function errorOf(failure: UpstreamFailure, method: string): AppError {
  const { kind, mayHaveBegun, message, cause } = failure;
  if (kind === "body") return cause instanceof AppError ? cause : new AppError(CELL_LOST, {}, { internal: message });
  const options = { internal: message, cause };
  if (kind === "silent" && mayHaveBegun) return new AppError(CELL_SILENT, {}, options);
  return new AppError(mayHaveBegun && !isSafe(method) ? CELL_LOST : CELL_UNREACHABLE, {}, options);
}
