import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { pipeline, Readable, type Duplex } from "node:stream";
import { AppError, type ErrorSpec } from "../../kernel/errors.ts";
import type { Clock } from "../ports.ts";
import { Dispatcher, type DispatcherOptions } from "./dispatch.ts";
import {
  BAD_REQUEST,
  HEADERS_TOO_LARGE,
  INTERNAL_ERROR,
  OVERLOADED,
  REQUEST_TIMEOUT,
  TOO_MANY_REQUESTS,
} from "./errors.ts";
import { inject, type InjectedRequest, type InjectedResponse } from "./inject.ts";
import type { HttpResponse, Scheme } from "./message.ts";
import { NodeRequest } from "./node-request.ts";
import { renderError } from "./render.ts";

/** Limits of the server. Every one has a default. */
export interface ServerLimits {
  /** Request line and header fields together; 16 KiB. */
  readonly maxHeaderOctets?: number;
  /** From the first octet of a request to the end of its header; 10 s. */
  readonly headersTimeoutMs?: number;
  /** From the first octet of a request to its end; 30 s. */
  readonly requestTimeoutMs?: number;
  /** How long an idle connection is kept; 65 s, longer than the 60 s of common load balancers. */
  readonly keepAliveTimeoutMs?: number;
  /** How often the two time limits of a request are looked at; 1 s. */
  readonly checkIntervalMs?: number;
  /** Connections at once; 10,000. One more is answered 503 and closed. */
  readonly maxConnections?: number;
  /** Pipelined requests in progress on one connection; 100. More are answered 429. */
  readonly maxPipelined?: number;
}

/** Everything the server needs. */
export interface ServerOptions extends DispatcherOptions {
  readonly clock: Clock;
  readonly limits?: ServerLimits;
}

/** What is known of a connection. */
interface ConnectionState {
  scheme: Scheme;
  /** Requests in progress on it. */
  active: number;
  /** The request that came last. */
  latest: NodeRequest | undefined;
  /** Raw answer to what could not be parsed, kept until the requests before it are answered. */
  farewell: string | undefined;
}

const DEFAULTS: Required<ServerLimits> = {
  maxHeaderOctets: 16_384,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  keepAliveTimeoutMs: 65_000,
  checkIntervalMs: 1_000,
  maxConnections: 10_000,
  maxPipelined: 100,
};

/** The most header fields of a request. */
const MAX_HEADER_FIELDS = 200;

/** How much of a refused body is still read, so that the client gets to see the answer. */
const MAX_DISCARDED_OCTETS = 1_048_576;
const MAX_DISCARD_MS = 1_000;

/**
 * The API server on `node:http`. Listens itself, or is fed connections that
 * somebody else accepted; or both; or, with {@link HttpServer.inject}, neither.
 */
export class HttpServer {
  private readonly dispatcher: Dispatcher;
  private readonly options: ServerOptions;
  private readonly limits: Required<ServerLimits>;
  private readonly server: Server;
  private readonly connections = new Map<Duplex, ConnectionState>();
  private closing = false;
  /** Whether node's timer for the time limits of requests runs. */
  private timed = false;
  private onEmpty: (() => void) | undefined;

  constructor(options: ServerOptions) {
    this.options = options;
    this.limits = { ...DEFAULTS, ...options.limits };
    this.dispatcher = new Dispatcher(options);
    this.server = createServer({
      maxHeaderSize: this.limits.maxHeaderOctets,
      headersTimeout: this.limits.headersTimeoutMs,
      requestTimeout: this.limits.requestTimeoutMs,
      keepAliveTimeout: this.limits.keepAliveTimeoutMs,
      connectionsCheckingInterval: this.limits.checkIntervalMs,
      noDelay: true,
    });
    this.server.maxHeadersCount = MAX_HEADER_FIELDS + 1;
    this.server.on("request", (message, response) => this.take(message, response, false));
    this.server.on("checkContinue", (message, response) => this.take(message, response, true));
    this.server.on("connection", (socket) => this.enter(socket, socketScheme(socket)));
    this.server.on("clientError", (error: NodeJS.ErrnoException, socket) => this.refuse(error, socket));
  }

  /** How many connections are open. */
  get connectionCount(): number {
    return this.connections.size;
  }

  /** Starts to accept connections; resolves to where. Port 0 takes a free one. Rejects when the port is taken. */
  async listen(address: { host: string; port: number }): Promise<{ host: string; port: number }> {
    this.timed = true;
    await new Promise<void>((resolve, reject) => {
      this.server.once("error", reject);
      this.server.listen(address.port, address.host, () => {
        this.server.off("error", reject);
        resolve();
      });
    });
    const bound = this.server.address() as AddressInfo;
    return { host: bound.address, port: bound.port };
  }

  /** Serves a connection that was accepted elsewhere: by a port sniffer, a CONNECT proxy, a TLS server. */
  handleConnection(socket: Duplex, scheme?: Scheme): void {
    if (!this.timed) {
      // Node starts the timer that enforces the time limits of requests when its server listens, and ours may never.
      this.timed = true;
      this.server.emit("listening");
    }
    this.server.emit("connection", socket);
    const state = this.connections.get(socket);
    if (state !== undefined && scheme !== undefined) state.scheme = scheme;
  }

  /** Answers a request without any socket; for tests and for calls within the process. */
  inject(request: InjectedRequest): Promise<InjectedResponse> {
    return inject(this.dispatcher, request);
  }

  /**
   * Stops: accepts no more, closes idle connections at once, lets requests in
   * progress finish for `graceMs` (5 s by default), then ends what is left.
   */
  async close(graceMs = 5_000): Promise<void> {
    this.closing = true;
    const closed = new Promise<void>((resolve) => void this.server.close(() => resolve()));
    for (const [socket, state] of this.connections) if (state.active === 0) socket.destroy();
    if (this.connections.size > 0) {
      await new Promise<void>((resolve) => {
        const timer = this.options.clock.after(graceMs, resolve);
        this.onEmpty = () => {
          timer.cancel();
          resolve();
        };
      });
    }
    for (const socket of this.connections.keys()) socket.destroy();
    await closed;
  }

  private enter(socket: Duplex, scheme: Scheme): void {
    if (this.connections.size >= this.limits.maxConnections || this.closing) {
      socket.end(rawAnswer(OVERLOADED, this.options.minter.mint("RQ")), () => socket.destroy());
      return;
    }
    this.connections.set(socket, { scheme, active: 0, latest: undefined, farewell: undefined });
    socket.once("close", () => {
      this.connections.delete(socket);
      if (this.connections.size === 0) this.onEmpty?.();
    });
  }

  private take(message: IncomingMessage, response: ServerResponse, expectsContinue: boolean): void {
    const state = this.connections.get(message.socket);
    if (state === undefined) {
      message.socket.destroy();
      return;
    }
    const request = new NodeRequest(message, response, { scheme: state.scheme, expectsContinue });
    state.active += 1;
    state.latest = request;
    response.on("close", () => this.leave(message.socket, state));
    void this.serve(request, response, state);
  }

  private async serve(request: NodeRequest, response: ServerResponse, state: ConnectionState): Promise<void> {
    const refusal = this.refusalOf(response.req, state);
    const answer =
      refusal === undefined ? await this.dispatcher.dispatch(request) : this.dispatcher.reject(request, refusal);
    try {
      await this.write(answer, request, response);
    } catch (error) {
      await this.apologize(error, request, response);
    }
  }

  /** Why a request is not looked at, if it is not. */
  private refusalOf(message: IncomingMessage, state: ConnectionState): AppError | undefined {
    const { maxPipelined } = this.limits;
    if (state.active > maxPipelined) return new AppError(TOO_MANY_REQUESTS, { max: maxPipelined });
    // Node leaves out what is over its own count, in silence.
    return message.rawHeaders.length > MAX_HEADER_FIELDS * 2 ? new AppError(HEADERS_TOO_LARGE) : undefined;
  }

  /** Sends 500 in place of an answer that could not be written (a header value with a line break), or cuts off one already begun. */
  private async apologize(error: unknown, request: NodeRequest, response: ServerResponse): Promise<void> {
    const text = error instanceof Error ? error.message : String(error);
    const apology = this.dispatcher.reject(
      request,
      new AppError(INTERNAL_ERROR, {}, { internal: `the answer was not written: ${text}` }),
    );
    if (response.headersSent || response.destroyed) {
      response.destroy();
      return;
    }
    // The failed attempt has left its reason phrase; empty, it follows from the status.
    response.statusMessage = "";
    await this.write(apology, request, response);
  }

  private leave(socket: Socket, state: ConnectionState): void {
    state.active -= 1;
    if (state.active > 0) return;
    if (state.farewell !== undefined) socket.end(state.farewell, () => socket.destroy());
    else if (this.closing) socket.end(() => socket.destroy());
  }

  private async write(answer: HttpResponse, request: NodeRequest, response: ServerResponse): Promise<void> {
    const { status, body } = answer;
    const headers = answer.headers.slice();
    const unread = request.leavesTooMuch;
    if (unread || this.closing) headers.push("Connection", "close");
    if (body instanceof Readable) {
      response.writeHead(status, headers);
      await sendStream(body, request.method === "HEAD", response);
      return;
    }
    const bodiless = status === 204 || status === 304 || status < 200;
    if (!bodiless) headers.push("Content-Length", String(body === undefined ? 0 : Buffer.byteLength(body)));
    response.writeHead(status, headers);
    if (!unread) {
      response.end(bodiless ? undefined : body);
      return;
    }
    response.write(bodiless || body === undefined ? "" : body);
    if (!request.isBroken) await this.discard(response.req);
    response.end();
  }

  /**
   * Reads on for a bounded while before the connection is closed. Closing with
   * unread octets makes TCP reset the connection (RFC 9112 §9.6), and the client
   * would lose the answer.
   */
  private discard(message: IncomingMessage): Promise<void> {
    return new Promise((resolve) => {
      let octets = 0;
      const timer = this.options.clock.after(MAX_DISCARD_MS, resolve);
      const finish = (): void => {
        timer.cancel();
        resolve();
      };
      message.on("data", (chunk: Buffer) => {
        octets += chunk.length;
        if (octets > MAX_DISCARDED_OCTETS) finish();
      });
      message.once("end", finish);
      message.once("close", finish);
      message.resume();
    });
  }

  /** Answers what is no HTTP, is too long, or came too slowly; the connection ends with that answer. */
  private refuse(error: NodeJS.ErrnoException, socket: Duplex): void {
    const state = this.connections.get(socket);
    const isGone = error.code === "ECONNRESET" || error.code === "HPE_INVALID_EOF_STATE";
    if (isGone || !socket.writable || state === undefined) {
      socket.destroy();
      return;
    }
    const spec = specOf(error.code);
    const { latest, active } = state;
    if (active > 0 && latest !== undefined && !latest.isWhole) {
      // The trouble is in a body: the answer to its request says so.
      latest.breakOff(new AppError(spec, NO_HTTP));
      return;
    }
    state.farewell = rawAnswer(spec, this.options.minter.mint("RQ"));
    if (active === 0) socket.end(state.farewell, () => socket.destroy());
  }
}

const NO_HTTP = { reason: "it is no valid HTTP/1.1" };

function socketScheme(socket: Duplex): Scheme {
  return "encrypted" in socket && socket.encrypted === true ? "https" : "http";
}

function sendStream(body: Readable, isHead: boolean, response: ServerResponse): Promise<void> {
  if (isHead) {
    body.destroy();
    response.end();
    return Promise.resolve();
  }
  return new Promise((resolve, reject) => {
    pipeline(body, response, (error) => {
      // A client that goes away in the middle is no news.
      if (error === undefined || error === null || error.code === "ERR_STREAM_PREMATURE_CLOSE") resolve();
      else reject(error);
    });
  });
}

function specOf(code: string | undefined): ErrorSpec {
  if (code === "HPE_HEADER_OVERFLOW") return HEADERS_TOO_LARGE;
  return code === "ERR_HTTP_REQUEST_TIMEOUT" ? REQUEST_TIMEOUT : BAD_REQUEST;
}

const REASONS: Readonly<Record<number, string>> = {
  400: "Bad Request",
  408: "Request Timeout",
  431: "Request Header Fields Too Large",
  503: "Service Unavailable",
};

/** An answer for when there is no request to answer, as octets on the wire. */
function rawAnswer(spec: ErrorSpec, requestId: string): string {
  const { status, headers, body } = renderError(new AppError(spec, NO_HTTP), "json");
  const text = typeof body === "string" ? body : "";
  const lines = [`HTTP/1.1 ${status} ${REASONS[status] ?? "Error"}`];
  for (let i = 0; i < headers.length; i += 2) lines.push(`${headers[i]}: ${headers[i + 1]}`);
  lines.push(
    `Twilio-Request-Id: ${requestId}`,
    `Content-Length: ${Buffer.byteLength(text)}`,
    "Connection: close",
    "",
    text,
  );
  return lines.join("\r\n");
}
