import type { Duplex, Readable } from "node:stream";

/** How the client reached us; it decides the scheme of absolute URLs in answers. */
export type Scheme = "http" | "https";

/** Header fields by lower-case name, as `node:http` collects them. */
export type RequestHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/**
 * Takes a connection over, with what the client had sent behind the request's head by then. From here on it
 * belongs to whoever takes it: time limits, errors and its end are his. It flows as soon as he listens.
 */
export type TakeConnection = (connection: Duplex, head: Buffer) => void;

/** That a client is ready to go on in another protocol on this connection (RFC 9110 §7.8). */
export interface UpgradeOffer {
  /** What it names, in lower case and in its order; at most 8. */
  readonly protocols: readonly string[];
  /**
   * Says who takes the connection, if the answer to this request has the status 101: that answer is not written,
   * because whoever takes the connection writes it as his protocol wants. With another status, or where
   * the client or the server ends the connection before, `take` is never called.
   */
  accept(take: TakeConnection): void;
}

/**
 * One request, whatever carried it: a socket, or a test. The dispatcher knows
 * nothing else, so that every test can run without sockets.
 */
export interface HttpRequest {
  /** Upper case, as sent. */
  readonly method: string;
  /** The request target as sent: path and query, still percent-encoded (RFC 9112 §3.2). */
  readonly target: string;
  readonly headers: RequestHeaders;
  readonly scheme: Scheme;
  /** Address of the other end, without port; empty when there is none. */
  readonly peer: string;
  /**
   * Reads the whole body. Rejects with `BODY_TOO_LARGE` (413) when it is longer
   * than `maxOctets`, without reading the rest. Called at most once.
   */
  readBody(maxOctets: number): Promise<Buffer>;
  /** The body where it came together with the head, to look at without waiting; empty where there is none. */
  readonly body?: Buffer | undefined;
  /** Octets of the body as the client announced them; absent where that is not known. */
  readonly contentLength?: number | undefined;
  /**
   * The body piece by piece, in place of {@link readBody}, no faster than it is read. Fails
   * with `BODY_TOO_LARGE` beyond `maxOctets`, and where the client breaks off. Throws what
   * `readBody` would reject with at once. Absent where bodies come whole only.
   */
  streamBody?(maxOctets: number): Readable;
  /** Present where the client offers to go on in another protocol, and its connection can be taken over. */
  readonly upgrade?: UpgradeOffer | undefined;
}

/** What a body may be: text (sent as UTF-8), bytes, a stream, or nothing. */
export type ResponseBody = string | Uint8Array | Readable | undefined;

/** One answer. `Content-Length` is added for every body but a stream. */
export interface HttpResponse {
  readonly status: number;
  /** Names and values by turns: `["Content-Type", "text/plain"]`. */
  readonly headers: readonly string[];
  readonly body?: ResponseBody;
}

/** The first value of a header field, or `undefined`. `name` is lower case. */
export function headerOf(headers: RequestHeaders, name: string): string | undefined {
  const value = headers[name];
  return typeof value === "string" || value === undefined ? value : value[0];
}
