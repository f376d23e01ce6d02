import { randomBytes } from "node:crypto";
import { encodeRequest, Http1Error, parseRequestUrl } from "../../protocols/http1/index.ts";
import type { HeaderFields, HeaderPair, Oversize, RequestUrl } from "../../protocols/http1/index.ts";
import type { Clock, Net, RandomBytes } from "../ports.ts";
import type { AddressGuard } from "./address-guard.ts";
import { answerChallenge, parseChallenges } from "./authorization.ts";
import type { Answer } from "./connection.ts";
import { HttpClientError } from "./errors.ts";
import { afterSending, exchange } from "./exchange.ts";
import { ConnectionPool } from "./pool.ts";
import type { PoolLimits } from "./pool.ts";
import { followRedirect } from "./redirect.ts";

const DEFAULT_LIMITS: PoolLimits = { maxPerHost: 32, maxConnections: 1_024, maxWaiting: 10_000 };
/** URLs whose parts are kept: webhooks go to the same few over and over. */
const MAX_PARSED_URLS = 1_000;
const CNONCE_OCTETS = 16;
/** RFC 9110 §9.2.2, those that are ever sent. */
const IDEMPOTENT: ReadonlySet<string> = new Set(["GET", "HEAD", "PUT", "DELETE", "OPTIONS"]);

/** Where a redirect leads; the headers may have to follow, for example a signature over the URL. */
export interface RedirectHop {
  readonly method: string;
  readonly url: string;
}

/** A request. */
export interface HttpRequest {
  /** In capitals. */
  readonly method: string;
  /** http or https. Credentials in it are used only after the server answered 401; a fragment is ignored. */
  readonly url: string;
  /** All but `Host`, `Content-Length` and the connection's own fields. */
  readonly headers: readonly HeaderPair[];
  /** Text is sent as UTF-8. */
  readonly body?: Buffer | string;
  /** For resolving and for connecting; for silence while the answer is awaited; for everything, redirects included. */
  readonly timeouts: { readonly connectMs: number; readonly readMs: number; readonly totalMs: number };
  readonly maxBodyOctets: number;
  /** What happens to a longer body: `fail` (the default), or `truncate`, which costs the connection. */
  readonly oversize?: Oversize;
  readonly guard: AddressGuard;
  /** 0, the default, hands a redirect to the caller. */
  readonly maxRedirects?: number;
  /** The headers for a redirected request; by default the same. */
  readonly onRedirect?: (hop: RedirectHop) => readonly HeaderPair[];
  /** Says that the server recognises a repetition, so that the request may be sent again over a stale connection. */
  readonly retryStale?: boolean;
}

/** The answer to a request. */
export interface HttpResponse {
  readonly status: number;
  /** By lower-case name; several lines of a name are joined with a comma. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
  /** The body was longer than `maxBodyOctets`. */
  readonly truncated: boolean;
  readonly remoteAddress: string;
  /** What was asked in the end, redirects followed, without credentials and fragment. */
  readonly url: string;
}

export interface HttpClientOptions {
  readonly net: Pick<Net, "dial">;
  readonly clock: Clock;
  readonly limits?: Partial<PoolLimits>;
  /** PEM certificates trusted beside the system's. */
  readonly ca?: string;
  /** For the client nonces of Digest authentication; `node:crypto` by default. */
  readonly randomBytes?: RandomBytes;
}

interface Target {
  readonly url: RequestUrl;
  readonly origin: string;
}

/** What is to be sent next. */
interface Hop {
  readonly target: Target;
  readonly method: string;
  readonly headers: readonly HeaderPair[];
  readonly body: Buffer | string | undefined;
}

/**
 * An HTTP/1.1 client for URLs that strangers chose: every address passes a guard and is
 * pinned, every wait, size and number is bounded, and connections are kept for reuse.
 * Takes no cookies and no content codings.
 */
export class HttpClient {
  readonly #options: HttpClientOptions;
  readonly #clock: Clock;
  readonly #pool: ConnectionPool;
  readonly #targets = new Map<string, Target>();

  constructor(options: HttpClientOptions) {
    const { net, clock, ca, limits } = options;
    this.#options = options;
    this.#clock = clock;
    this.#pool = new ConnectionPool({ net, clock, ca, limits: { ...DEFAULT_LIMITS, ...limits } });
  }

  /** Connections open or being opened. */
  get openConnections(): number {
    return this.#pool.size;
  }

  /** Sends a request and reads the whole answer, whatever its status. Rejects with {@link HttpClientError}. */
  async request(request: HttpRequest): Promise<HttpResponse> {
    const totalAtMs = this.#clock.monotonicMs() + request.timeouts.totalMs;
    const { method, headers, body } = request;
    let hop: Hop = { target: this.#targetOf(request.url), method, headers, body };
    const { username, password } = hop.target.url;
    const credentials = username === "" && password === "" ? undefined : { username, password };
    const credentialsOrigin = hop.target.origin;
    let answer = await this.#exchange(request, hop, totalAtMs);
    for (let redirects = 0; ; redirects += 1) {
      if (answer.status === 401 && credentials !== undefined && hop.target.origin === credentialsOrigin) {
        answer = await this.#authorize({ request, hop, answer, credentials, totalAtMs });
      }
      const next = this.#redirect(request, hop, answer);
      if (next === undefined) return responseOf(answer, hop.target.url.href);
      if (redirects >= (request.maxRedirects ?? 0)) {
        const { host, port } = hop.target.url;
        throw new HttpClientError("redirects", "too-many-redirects", { origin: `${host}:${port}`, bytesSent: true });
      }
      hop = next;
      answer = await this.#exchange(request, hop, totalAtMs).catch(rethrowAfterSending);
    }
  }

  /** Closes all connections; requests under way fail with stage `closed`. */
  close(): void {
    this.#pool.close();
  }

  #exchange(request: HttpRequest, hop: Hop, totalAtMs: number): Promise<Answer> {
    const { timeouts, maxBodyOctets, guard } = request;
    const { url, origin } = hop.target;
    return exchange(
      { pool: this.#pool, clock: this.#clock },
      {
        target: url,
        origin,
        method: hop.method,
        wire: encodeHop(hop),
        connectMs: timeouts.connectMs,
        readMs: timeouts.readMs,
        totalAtMs,
        maxBodyOctets,
        oversize: request.oversize ?? "fail",
        guard,
        repeatable: request.retryStale ?? IDEMPOTENT.has(hop.method),
      },
    );
  }

  /** Sends the request again with what the 401 asks for; its answer stands where that is not understood. */
  #authorize(state: {
    request: HttpRequest;
    hop: Hop;
    answer: Answer;
    credentials: { username: string; password: string };
    totalAtMs: number;
  }): Promise<Answer> {
    const { request, hop, answer, credentials, totalAtMs } = state;
    const random = this.#options.randomBytes ?? randomBytes;
    const authorization = answerChallenge(parseChallenges(answer.headers.getAll("www-authenticate")), {
      ...credentials,
      method: hop.method,
      target: hop.target.url.target,
      body: hop.body ?? "",
      cnonce: Buffer.from(random(CNONCE_OCTETS)).toString("hex"),
    });
    if (authorization === undefined) return Promise.resolve(answer);
    const headers: HeaderPair[] = [...hop.headers, ["Authorization", authorization]];
    return this.#exchange(request, { ...hop, headers }, totalAtMs).catch(rethrowAfterSending);
  }

  /** The next hop, or `undefined` where the answer is final. */
  #redirect(request: HttpRequest, hop: Hop, answer: Answer): Hop | undefined {
    if ((request.maxRedirects ?? 0) === 0) return undefined;
    const location = answer.headers.get("location");
    const followed = followRedirect({ ...hop, url: hop.target.url.href, status: answer.status, location });
    if (followed === undefined) return undefined;
    const target = this.#targetOf(followed.url, true);
    const headers = request.onRedirect?.({ method: followed.method, url: target.url.href }) ?? followed.headers;
    return { target, method: followed.method, body: followed.body, headers };
  }

  #targetOf(text: string, bytesSent = false): Target {
    const known = this.#targets.get(text);
    if (known !== undefined) return known;
    const target = parseTarget(text, bytesSent);
    if (this.#targets.size >= MAX_PARSED_URLS) {
      const [oldest] = this.#targets.keys();
      if (oldest !== undefined) this.#targets.delete(oldest);
    }
    this.#targets.set(text, target);
    return target;
  }
}

function parseTarget(text: string, bytesSent: boolean): Target {
  try {
    const url = parseRequestUrl(text);
    return { url, origin: `${url.scheme}://${url.host}:${url.port}` };
  } catch (error) {
    if (error instanceof Http1Error) throw new HttpClientError("url", error.reason, { bytesSent, cause: error });
    throw error;
  }
}

function encodeHop({ target, method, headers, body }: Hop): Buffer {
  try {
    return encodeRequest({ method, target: target.url.target, host: target.url.hostField, headers, body });
  } catch (error) {
    if (error instanceof Http1Error) throw new HttpClientError("url", error.reason, { cause: error });
    throw error;
  }
}

function responseOf(answer: Answer, url: string): HttpResponse {
  const headers = Object.create(null) as Record<string, string | undefined>;
  for (const [name, value] of answer.headers.entries()) {
    const before = headers[name];
    headers[name] = before === undefined ? value : `${before}, ${value}`;
  }
  const { status, body, truncated, remoteAddress } = answer;
  return { status, headers, body, truncated, remoteAddress, url };
}

function rethrowAfterSending(error: unknown): never {
  throw afterSending(error);
}
