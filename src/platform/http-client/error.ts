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

/**
 * A request that brought no complete answer. The text names the stage and the code
 * only, never URL or content, so that it can be logged.
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
    super(details.code === undefined ? `http client: ${stage}` : `http client: ${stage} (${details.code})`);
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
