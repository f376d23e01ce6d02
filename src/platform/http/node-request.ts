import type { IncomingMessage, ServerResponse } from "node:http";
import { AppError } from "../../kernel/errors.ts";
import { BAD_REQUEST, BODY_TOO_LARGE } from "./errors.ts";
import type { HttpRequest, RequestHeaders, Scheme } from "./message.ts";

const EMPTY = Buffer.alloc(0);
/** The longest rest of a body that is read and dropped to keep a connection. */
const MAX_DROPPED_OCTETS = 65_536;

/** A request that came over a socket. */
export class NodeRequest implements HttpRequest {
  readonly method: string;
  readonly target: string;
  readonly headers: RequestHeaders;
  readonly scheme: Scheme;
  private readonly message: IncomingMessage;
  private readonly response: ServerResponse;
  /** Whether the client waits for `100 Continue` before it sends the body (RFC 9110 §10.1.1). */
  private readonly expectsContinue: boolean;
  private continued = false;
  private broken: AppError | undefined;

  constructor(
    message: IncomingMessage,
    response: ServerResponse,
    options: { scheme: Scheme; expectsContinue: boolean },
  ) {
    this.method = message.method ?? "";
    this.target = message.url ?? "";
    this.headers = message.headers;
    this.scheme = options.scheme;
    this.message = message;
    this.response = response;
    this.expectsContinue = options.expectsContinue;
  }

  get peer(): string {
    return this.message.socket.remoteAddress ?? "";
  }

  /**
   * Whether the connection cannot go on after the answer, because more of the
   * body may come than is worth reading. The rest of a short one is read and
   * dropped by node, within the time limit of the request.
   */
  get leavesTooMuch(): boolean {
    if (this.isWhole) return false;
    const length = this.headers["content-length"];
    if (length === undefined || Number(length) > MAX_DROPPED_OCTETS) return true;
    return this.broken !== undefined || (this.expectsContinue && !this.continued);
  }

  /** Whether the body, if one was announced, has arrived. */
  get isWhole(): boolean {
    return !hasBody(this.headers) || this.message.complete;
  }

  /** Whether the rest of the body will never come. */
  get isBroken(): boolean {
    return this.broken !== undefined;
  }

  /** Says that the rest of the body cannot be read; whoever waits for it gets the error. */
  breakOff(error: AppError): void {
    this.broken = error;
    settle(this.message)?.reject(error);
  }

  readBody(maxOctets: number): Promise<Buffer> {
    const { message } = this;
    if (!hasBody(this.headers)) return Promise.resolve(EMPTY);
    if (this.broken !== undefined) return Promise.reject(this.broken);
    if (Number(this.headers["content-length"] ?? 0) > maxOctets) {
      return Promise.reject(new AppError(BODY_TOO_LARGE, { max: maxOctets }));
    }
    if (this.expectsContinue) {
      this.continued = true;
      this.response.writeContinue();
    }
    return new Promise((resolve, reject) => {
      (message as CollectingMessage)[BODY] = { chunks: [], octets: 0, maxOctets, resolve, reject };
      message.on("data", onData);
      message.on("end", onEnd);
      message.on("close", onClose);
    });
  }
}

function hasBody(headers: RequestHeaders): boolean {
  const length = headers["content-length"];
  return (length !== undefined && length !== "0") || headers["transfer-encoding"] !== undefined;
}

/** A body on its way in. */
interface PartialBody {
  readonly chunks: Buffer[];
  octets: number;
  readonly maxOctets: number;
  readonly resolve: (body: Buffer) => void;
  readonly reject: (error: AppError) => void;
}

const BODY = Symbol("the body on its way in");

/** A message that carries its half-read body: listeners can then be shared by all requests, and need no closures. */
type CollectingMessage = IncomingMessage & { [BODY]?: PartialBody | undefined };

function onData(this: CollectingMessage, chunk: Buffer): void {
  const body = this[BODY];
  if (body === undefined) return;
  body.octets += chunk.length;
  if (body.octets > body.maxOctets) {
    // The message keeps flowing, unheard: paused, it would stall what follows on the connection.
    settle(this)?.reject(new AppError(BODY_TOO_LARGE, { max: body.maxOctets }));
  } else {
    body.chunks.push(chunk);
  }
}

function onEnd(this: CollectingMessage): void {
  const body = settle(this);
  if (body === undefined) return;
  const only = body.chunks.length === 1 ? body.chunks[0] : undefined;
  body.resolve(only ?? Buffer.concat(body.chunks, body.octets));
}

function onClose(this: CollectingMessage): void {
  settle(this)?.reject(new AppError(BAD_REQUEST, { reason: "the connection ended within the body" }));
}

/** Takes the body out of collection, so that it is settled once. */
function settle(message: CollectingMessage): PartialBody | undefined {
  const body = message[BODY];
  if (body === undefined) return undefined;
  message[BODY] = undefined;
  return body;
}
