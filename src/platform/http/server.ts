import { createServer, type AddressInfo, type Server } from "node:net";
import type { Duplex } from "node:stream";
import { AppError, type ErrorSpec } from "../../kernel/errors.ts";
import { encodeResponseHead } from "../../protocols/http1/index.ts";
import type { Clock, Timer } from "../ports.ts";
import { Connection, NO_HTTP, type ConnectionHost, type ConnectionLimits } from "./connection.ts";
import { Dispatcher, type DispatcherOptions } from "./dispatch.ts";
import { EXPECTATION_FAILED, INTERNAL_ERROR, OVERLOADED, TOO_MANY_REQUESTS } from "./errors.ts";
import { inject, type InjectedRequest, type InjectedResponse } from "./inject.ts";
import type { HttpRequest, HttpResponse, Scheme } from "./message.ts";
import { renderError } from "./render.ts";
import type { ServerRequest } from "./server-request.ts";

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
  /** How long a client may read nothing of an answer that waits for it; 30 s. */
  readonly writeTimeoutMs?: number;
  /** How often the time limits are looked at; 1 s. They are exact to that. */
  readonly checkIntervalMs?: number;
  /** Connections at once; 10,000. One more is answered 503 and closed. */
  readonly maxConnections?: number;
  /** Pipelined requests in progress on one connection; 100. More are answered 429. */
  readonly maxPipelined?: number;
}

/** What answers requests, whatever carried them; the {@link Dispatcher} does. */
export interface RequestAnswerer {
  /** Answers a request. Never rejects. */
  dispatch(request: HttpRequest): Promise<HttpResponse>;
  /** The answer that says `error`, without looking at the request. */
  reject(request: HttpRequest, error: AppError): HttpResponse;
}

/** Everything the server needs. */
export interface ServerOptions extends DispatcherOptions {
  readonly clock: Clock;
  readonly limits?: ServerLimits;
  /** Given what answers by itself, gives what is to answer what comes over connections: stages before it, or something else altogether. */
  readonly through?: (dispatcher: RequestAnswerer) => RequestAnswerer;
}

const DEFAULTS: Required<ServerLimits> = {
  maxHeaderOctets: 16_384,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  keepAliveTimeoutMs: 65_000,
  writeTimeoutMs: 30_000,
  checkIntervalMs: 1_000,
  maxConnections: 10_000,
  maxPipelined: 100,
};

/**
 * The API server: HTTP/1.1 over connections that it accepts itself, or that
 * somebody else accepted, or both; or, with {@link HttpServer.inject}, over none.
 */
export class HttpServer {
  /** What answers the requests, for servers of other protocols beside this one. */
  readonly answerer: RequestAnswerer;
  private readonly dispatcher: Dispatcher;
  private readonly options: ServerOptions;
  private readonly limits: Required<ServerLimits>;
  private readonly server: Server;
  private readonly connections = new Set<Connection>();
  /** Connections that went on in another protocol. */
  private readonly handedOver = new Set<Duplex>();
  private readonly host: ServerHost;
  /** The next look at the time limits; none while there is no connection. */
  private nextCheck: Timer | undefined;
  private onEmpty: (() => void) | undefined;

  constructor(options: ServerOptions) {
    this.options = options;
    this.limits = { ...DEFAULTS, ...options.limits };
    this.dispatcher = new Dispatcher(options);
    this.answerer = options.through?.(this.dispatcher) ?? this.dispatcher;
    this.host = new ServerHost({
      options,
      limits: this.limits,
      answerer: this.answerer,
      onClosed: (connection) => this.leave(connection),
      onHandedOver: (connection, socket) => this.handOver(connection, socket),
    });
    this.server = createServer({ noDelay: true, allowHalfOpen: true }, (socket) => this.handleConnection(socket));
  }

  /** How many connections are open. */
  get connectionCount(): number {
    return this.connections.size;
  }

  /** Starts to accept connections; resolves to where. Port 0 takes a free one. Rejects when the port is taken. */
  async listen(address: { host: string; port: number }): Promise<{ host: string; port: number }> {
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
  handleConnection(socket: Duplex, scheme: Scheme = schemeOf(socket)): void {
    if (this.connections.size >= this.limits.maxConnections || this.host.isClosing) {
      socket.on("error", () => socket.destroy());
      socket.end(this.host.farewell(OVERLOADED), () => socket.destroy());
      return;
    }
    this.connections.add(new Connection(socket, scheme, this.host));
    if (this.nextCheck === undefined) this.checkLater();
  }

  /** Answers a request without any socket; for tests and for calls within the process. */
  inject(request: InjectedRequest): Promise<InjectedResponse> {
    return inject(this.dispatcher, request);
  }

  /**
   * Stops: accepts no more, closes idle connections at once, lets requests in
   * progress finish for `graceMs` (5 s by default), then ends what is left, and what
   * was handed over and not ended by who took it.
   */
  async close(graceMs = 5_000): Promise<void> {
    this.host.isClosing = true;
    const closed = new Promise<void>((resolve) => void this.server.close(() => resolve()));
    for (const connection of this.connections) connection.close();
    if (this.connections.size > 0) {
      await new Promise<void>((resolve) => {
        const timer = this.options.clock.after(graceMs, resolve);
        this.onEmpty = () => {
          timer.cancel();
          resolve();
        };
      });
    }
    for (const connection of this.connections) connection.destroy();
    for (const socket of this.handedOver) socket.destroy();
    this.nextCheck?.cancel();
    await closed;
  }

  private handOver(connection: Connection, socket: Duplex): void {
    this.handedOver.add(socket);
    socket.once("close", () => this.handedOver.delete(socket));
    this.leave(connection);
  }

  private leave(connection: Connection): void {
    this.connections.delete(connection);
    if (this.connections.size > 0) return;
    this.nextCheck?.cancel();
    this.nextCheck = undefined;
    this.onEmpty?.();
  }

  /** One timer for all connections: looking at each once a second costs less than a timer for each request. */
  private checkLater(): void {
    this.nextCheck = this.options.clock.after(this.limits.checkIntervalMs, () => {
      const nowMs = this.host.nowMs();
      for (const connection of this.connections) connection.check(nowMs);
      this.nextCheck = undefined;
      if (this.connections.size > 0) this.checkLater();
    });
  }
}

/** The server as its connections see it. */
class ServerHost implements ConnectionHost {
  readonly limits: ConnectionLimits;
  readonly keepAliveLines: string;
  readonly onClosed: (connection: Connection) => void;
  readonly onHandedOver: (connection: Connection, socket: Duplex) => void;
  isClosing = false;
  private readonly options: ServerOptions;
  private readonly answerer: RequestAnswerer;
  private unflushed: Connection[] = [];
  private dateSecond = -1;
  private date = "";

  constructor(input: {
    options: ServerOptions;
    limits: ConnectionLimits;
    answerer: RequestAnswerer;
    onClosed: (connection: Connection) => void;
    onHandedOver: (connection: Connection, socket: Duplex) => void;
  }) {
    this.options = input.options;
    this.limits = input.limits;
    this.answerer = input.answerer;
    this.onClosed = input.onClosed;
    this.onHandedOver = input.onHandedOver;
    const timeout = Math.floor(this.limits.keepAliveTimeoutMs / 1_000);
    this.keepAliveLines = `Connection: keep-alive\r\nKeep-Alive: timeout=${timeout}\r\n`;
  }

  nowMs(): number {
    return this.options.clock.monotonicMs();
  }

  answer(request: ServerRequest, active: number): Promise<HttpResponse> {
    const refusal = this.refusalOf(request, active);
    return refusal === undefined
      ? this.answerer.dispatch(request)
      : Promise.resolve(this.answerer.reject(request, refusal));
  }

  /** Why a request is not looked at, if it is not. */
  private refusalOf(request: ServerRequest, active: number): AppError | undefined {
    const { maxPipelined } = this.limits;
    if (active > maxPipelined) return new AppError(TOO_MANY_REQUESTS, { max: maxPipelined });
    return request.expectsUnknown ? new AppError(EXPECTATION_FAILED) : undefined;
  }

  apology(request: ServerRequest, reason: string): HttpResponse {
    const error = new AppError(INTERNAL_ERROR, {}, { internal: `the answer was not written: ${reason}` });
    return this.answerer.reject(request, error);
  }

  /**
   * All connections write one after the other when everything that arrived in this turn
   * has been read: a write that wakes a sleeping client costs more than one to a client
   * that the write before it has woken.
   */
  flushSoon(connection: Connection): void {
    if (this.unflushed.push(connection) > 1) return;
    setImmediate(() => {
      const connections = this.unflushed;
      this.unflushed = [];
      for (const each of connections) each.flush();
    });
  }

  dateLine(): string {
    const second = Math.floor(this.options.clock.nowMs() / 1_000);
    if (second !== this.dateSecond) {
      this.dateSecond = second;
      this.date = `Date: ${new Date(second * 1_000).toUTCString()}\r\n`;
    }
    return this.date;
  }

  farewell(spec: ErrorSpec): string {
    const { status, headers, body } = renderError(new AppError(spec, NO_HTTP), "json");
    const text = typeof body === "string" ? body : "";
    const fields = headers.concat("Twilio-Request-Id", this.options.minter.mint("RQ"));
    const trusted = `Content-Length: ${Buffer.byteLength(text)}\r\n${this.dateLine()}Connection: close\r\n`;
    return encodeResponseHead({ status, headers: fields, trusted }) + text;
  }
}

function schemeOf(socket: Duplex): Scheme {
  return "encrypted" in socket && socket.encrypted === true ? "https" : "http";
}
