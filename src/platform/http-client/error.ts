/**
 * How far a request came: taking the URL apart, finding an address, judging it,
 * TCP, TLS, sending, waiting for the answer, the limit on everything together,
 * an answer that is not HTTP/1.1, one that is too long, or too many redirects.
 */
export type HttpClientStage =
  | "url"
  | "resolve"
  | "guard"
  | "connect"
  | "tls"
  | "write"
  | "read"
  | "total"
  | "protocol"
  | "too-large"
  | "redirects";

const SENTENCES: Readonly<Record<HttpClientStage, string>> = {
  url: "The URL or a header cannot be sent.",
  resolve: "The host name could not be resolved.",
  guard: "The address is not allowed.",
  connect: "The connection could not be made.",
  tls: "The TLS handshake failed.",
  write: "The connection broke while the request was sent.",
  read: "The connection broke or was silent while the answer was awaited.",
  total: "The time for the whole request ran out.",
  protocol: "The answer is not valid HTTP/1.1.",
  "too-large": "The answer is too large.",
  redirects: "The redirects could not be followed.",
};

/**
 * A request that brought no complete answer. The text tells of the stage and the code
 * only, never of URL or content, so that it can be logged and shown to the customer.
 */
export class HttpClientError extends Error {
  readonly stage: HttpClientStage;
  /**
   * Whether octets of this request, or of one before it in a chain of redirects, may
   * have reached a server. Where false, nobody can have acted on it.
   */
  readonly bytesSent: boolean;
  /** Node's code (`ECONNREFUSED`), the parser's reason (`bad-chunk-size`), or one of this client's own. */
  readonly code: string | undefined;

  constructor(stage: HttpClientStage, details: { readonly bytesSent: boolean; readonly code?: string | undefined }) {
    super(details.code === undefined ? SENTENCES[stage] : `${SENTENCES[stage]} (${details.code})`);
    this.name = "HttpClientError";
    this.stage = stage;
    this.bytesSent = details.bytesSent;
    this.code = details.code;
  }
}

/** The `code` of an error of Node's, if it has one. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}
