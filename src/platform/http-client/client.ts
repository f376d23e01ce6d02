import type { Buffer } from "node:buffer";
import { randomBytes } from "node:crypto";
import { Http1Error, encodeRequest, parseRequestUrl } from "../../protocols/http1/index.ts";
import type { HeaderFields, HeaderPair, RequestUrl } from "../../protocols/http1/index.ts";
import type { Clock, Net } from "../ports.ts";
import type { AddressGuard } from "./address-guard.ts";
import { authorize } from "./authorize.ts";
import { HttpClientError } from "./error.ts";
import { Exchange } from "./exchange.ts";
import type { RawAnswer, RequestTimeouts } from "./exchange.ts";
import { DEFAULT_LIMITS } from "./limits.ts";
import type { HttpClientLimits } from "./limits.ts";
import { ConnectionPool } from "./pool.ts";
import { followRedirect, locationOf } from "./redirect.ts";
import type { Hop } from "./redirect.ts";
import { Sweeper } from "./sweeper.ts";

/** Addresses of one name that a request tries before it gives up. */
const MAX_ADDRESSES_TRIED = 3;
/** URLs remembered in their parts, because the same ones are asked again and again, and how long they may be. */
const MAX_KNOWN_URLS = 1_000;
const MAX_KNOWN_URL_CHARACTERS = 256;
const CLIENT_NONCE_OCTETS = 16;
/** Safe to repeat by definition (RFC 9110 §9.2.2). */
const IDEMPOTENT: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS", "PUT", "DELETE"]);

/** A request to somebody's server. */
export interface HttpClientRequest {
  /** In capitals. */
  readonly method: string;
  /** http or https. User name and password in it are used only when the server asks with 401. */
  readonly url: string;
  /** Without `Host`, `Connection` and `Content-Length`, which are the client's. */
  readonly headers?: readonly HeaderPair[];
  /** Text is sent as UTF-8. */
  readonly body?: string | Uint8Array;
  readonly timeouts: RequestTimeouts;
  /** A longer body of the answer fails with `too-large`. */
  readonly maxBodyOctets: number;
  /** Judges every address that the request would go to, redirects included. */
  readonly guard: AddressGuard;
  /** 0, the default, hands redirects to the caller. */
  readonly maxRedirects?: number;
  /** Whether certificates are checked. True unless said otherwise. */
  readonly verifyTls?: boolean;
  /**
   * Whether to send once more, on a new connection, when a connection used before dies
   * before the first octet of the answer. Nearly always the server closed it while the
   * request was on its way and never saw it, but that cannot be known, so say true only
   * for requests that the server recognises when they come twice. Default: for methods
   * that are idempotent by definition.
   */
  readonly retryStale?: boolean;
}

/** A complete answer. */
export interface HttpClientResponse {
  /** 200 to 599. */
  readonly status: number;
  /** Names in lower case; fields that came several times are joined with a comma and a space. No prototype. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** The URL that answered, without credentials and fragment. */
  readonly url: string;
}

/** What the requests of one chain share. */
interface Call {
  readonly request: HttpClientRequest;
  readonly totalDeadlineMs: number;
  bytesSent: boolean;
}

/** One hop on its way to one address. */
interface Route {
  readonly hop: Hop;
  readonly octets: Buffer;
  readonly address: string;
  readonly connectDeadlineMs: number;
}

/** Makes requests over HTTP/1.1 connections that are kept and used again. See README.md. */
export class HttpClient {
  readonly #clock: Clock;
  readonly #sweeper: Sweeper;
  readonly #pool: ConnectionPool;
  readonly #exchanges = new Set<Exchange>();
  readonly #knownUrls = new Map<string, RequestUrl>();
  #calls = 0;
  #closing = false;
  #onIdle: (() => void) | undefined;

  /** `ca`: PEM certificates trusted beside the system's. */
  constructor(options: {
    readonly net: Net;
    readonly clock: Clock;
    readonly limits?: Partial<HttpClientLimits>;
    readonly ca?: string;
  }) {
    const { net, clock, ca } = options;
    const limits = { ...DEFAULT_LIMITS, ...options.limits };
    this.#clock = clock;
    this.#sweeper = new Sweeper(clock, limits.sweepMs);
    this.#pool = new ConnectionPool({ net, clock, limits, sweeper: this.#sweeper, ca });
  }

  /**
   * Sends a request and resolves with the complete answer, whatever its status.
   * Rejects with {@link HttpClientError}, and with nothing else.
   */
  async request(request: HttpClientRequest): Promise<HttpClientResponse> {
    if (this.#closing) throw new HttpClientError("connect", { bytesSent: false, code: "closed" });
    const totalDeadlineMs = this.#clock.monotonicMs() + request.timeouts.totalMs;
    const call: Call = { request, totalDeadlineMs, bytesSent: false };
    this.#calls += 1;
    try {
      return await this.#follow(call);
    } catch (error) {
      throw finalError(error, call);
    } finally {
      this.#calls -= 1;
      if (this.#calls === 0) this.#onIdle?.();
    }
  }

  /**
   * Refuses new requests, waits up to `graceMs` for those under way, then fails the rest
   * (`read`, or `connect` where nothing was sent; code `closed`), and closes all connections.
   */
  async close(graceMs = 0): Promise<void> {
    this.#closing = true;
    if (this.#calls > 0 && graceMs > 0) await this.#whenIdle(graceMs);
    for (const exchange of this.#exchanges) exchange.abort(exchange.bytesSent ? "read" : "connect", "closed");
    this.#pool.closeAll();
  }

  #whenIdle(graceMs: number): Promise<void> {
    return new Promise((accept) => {
      const timer = this.#clock.after(graceMs, accept);
      this.#onIdle = () => {
        timer.cancel();
        accept();
      };
    });
  }

  async #follow(call: Call): Promise<HttpClientResponse> {
    const { request } = call;
    const { maxRedirects = 0 } = request;
    let hop: Hop = {
      target: this.#targetOf(request.url),
      method: request.method,
      headers: request.headers ?? [],
      body: request.body,
    };
    for (let redirects = 0; ; redirects++) {
      const answer = await this.#ask(call, hop);
      const location = maxRedirects > 0 ? locationOf(answer) : undefined;
      if (location === undefined) {
        const { status, headers, body } = answer;
        return { status, headers: recordOf(headers), body, url: hop.target.href };
      }
      if (redirects >= maxRedirects) throw new HttpClientError("redirects", { bytesSent: true, code: "too-many" });
      hop = redirected(hop, answer.status, location);
    }
  }

  #targetOf(url: string): RequestUrl {
    const known = this.#knownUrls.get(url);
    if (known !== undefined) return known;
    const target = parseRequestUrl(url);
    if (url.length > MAX_KNOWN_URL_CHARACTERS) return target;
    if (this.#knownUrls.size >= MAX_KNOWN_URLS) this.#knownUrls.clear();
    this.#knownUrls.set(url, target);
    return target;
  }

  /** One hop, and once more with credentials where the server wants them and the URL has them. */
  async #ask(call: Call, hop: Hop): Promise<RawAnswer> {
    const answer = await this.#reach(call, hop);
    const { username, password } = hop.target;
    if (answer.status !== 401 || (username === "" && password === "")) return answer;
    if (hop.headers.some(([name]) => name.toLowerCase() === "authorization")) return answer;
    const authorization = authorize({
      lines: answer.headers.getAll("www-authenticate"),
      method: hop.method,
      target: hop.target,
      clientNonce: randomBytes(CLIENT_NONCE_OCTETS).toString("hex"),
    });
    if (authorization === undefined) return answer;
    return this.#reach(call, { ...hop, headers: [...hop.headers, ["Authorization", authorization]] });
  }

  /** Tries the addresses of the host until one takes the connection. */
  async #reach(call: Call, hop: Hop): Promise<RawAnswer> {
    const { guard } = call.request;
    const { host } = hop.target;
    const octets = encodeRequest({
      method: hop.method,
      target: hop.target.target,
      host: hop.target.hostField,
      headers: hop.headers,
      body: hop.body,
    });
    const connectDeadlineMs = this.#connectDeadline(call);
    const admitted = guard.admit(host);
    let address = typeof admitted === "string" ? admitted : await this.#resolved(call, admitted, connectDeadlineMs);
    for (let tried = 1; ; tried++) {
      try {
        return await this.#exchange(call, { hop, octets, address, connectDeadlineMs });
      } catch (error) {
        if (!isRefusedConnection(error)) throw error;
        const next = guard.pass(host, address);
        // After a time-out there is no time left; the next request begins with the next address.
        if (next === undefined || error.code === "ETIMEDOUT" || tried >= MAX_ADDRESSES_TRIED) throw error;
        address = next;
      }
    }
  }

  #connectDeadline(call: Call): number {
    return this.#clock.monotonicMs() + call.request.timeouts.connectMs;
  }

  #resolved(call: Call, address: Promise<string>, connectDeadlineMs: number): Promise<string> {
    const isTotal = call.totalDeadlineMs <= connectDeadlineMs;
    return this.#sweeper.within(
      address,
      Math.min(connectDeadlineMs, call.totalDeadlineMs),
      () => new HttpClientError(isTotal ? "total" : "resolve", { bytesSent: call.bytesSent, code: "ETIMEDOUT" }),
    );
  }

  async #exchange(call: Call, route: Route): Promise<RawAnswer> {
    const first = this.#start(call, route, false);
    try {
      return await first.answer;
    } catch (error) {
      const repeatable = call.request.retryStale ?? IDEMPOTENT.has(route.hop.method);
      if (!first.stale || !repeatable || this.#closing) throw error;
    }
    return this.#start(call, { ...route, connectDeadlineMs: this.#connectDeadline(call) }, true).answer;
  }

  #start(call: Call, route: Route, fresh: boolean): Exchange {
    if (this.#closing) throw new HttpClientError("connect", { bytesSent: call.bytesSent, code: "closed" });
    const { request } = call;
    const exchange = new Exchange(
      {
        target: route.hop.target,
        address: route.address,
        verifyTls: request.verifyTls ?? true,
        method: route.hop.method,
        octets: route.octets,
        maxBodyOctets: request.maxBodyOctets,
        timeouts: request.timeouts,
        connectDeadlineMs: route.connectDeadlineMs,
        totalDeadlineMs: call.totalDeadlineMs,
        fresh,
      },
      call,
      this.#settled,
    );
    this.#exchanges.add(exchange);
    this.#sweeper.add(exchange);
    this.#pool.submit(exchange);
    return exchange;
  }

  readonly #settled = (exchange: Exchange): void => {
    this.#exchanges.delete(exchange);
    this.#sweeper.remove(exchange);
    if (exchange.waiting) this.#pool.withdraw(exchange);
  };
}

/** Whether another address of the same name might do better. */
function isRefusedConnection(error: unknown): error is HttpClientError {
  if (!(error instanceof HttpClientError) || error.stage !== "connect") return false;
  return error.code !== "closed" && error.code !== "too-many-waiting";
}

function redirected(hop: Hop, status: number, location: string): Hop {
  try {
    return followRedirect(hop, status, location);
  } catch (error) {
    if (!(error instanceof Http1Error)) throw error;
    throw new HttpClientError("redirects", { bytesSent: true, code: error.reason });
  }
}

/** What the caller sees: an error of this client that knows about all octets sent for the call. */
function finalError(error: unknown, call: Call): unknown {
  if (error instanceof Http1Error) return new HttpClientError("url", { bytesSent: call.bytesSent, code: error.reason });
  if (!(error instanceof HttpClientError) || error.bytesSent || !call.bytesSent) return error;
  return new HttpClientError(error.stage, { bytesSent: true, code: error.code });
}

function recordOf(fields: HeaderFields): Record<string, string> {
  // Without a prototype, so that a field called `__proto__` or `constructor` is one like any other.
  const record = Object.create(null) as Record<string, string>;
  for (const [name, value] of fields.entries()) {
    const earlier = record[name];
    record[name] = earlier === undefined ? value : `${earlier}, ${value}`;
  }
  return record;
}
