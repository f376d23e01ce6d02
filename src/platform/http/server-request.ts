import type { Readable } from "node:stream";
import type { HeaderFields } from "../../protocols/http1/index.ts";
import type { HttpRequest, HttpResponse, RequestHeaders, Scheme, TakeConnection, UpgradeOffer } from "./message.ts";

/** What a request needs of the connection that it came over. */
export interface RequestSource {
  readonly scheme: Scheme;
  readonly peer: string;
  /** Reads the body of `request`, as {@link HttpRequest.readBody} says. */
  readBody(request: ServerRequest, maxOctets: number): Promise<Buffer>;
  /** The body of `request` as a stream, as {@link HttpRequest.streamBody} says. */
  streamBody(request: ServerRequest, maxOctets: number): Readable;
}

/** The head of a request, as the parser left it. */
export interface ReceivedHead {
  readonly method: string;
  readonly target: string;
  readonly minorVersion: number;
  readonly fields: HeaderFields;
  readonly keepAlive: boolean;
  readonly contentLength: number | undefined;
  readonly expectsContinue: boolean;
  readonly expectsUnknown: boolean;
}

/** A request that came over a connection, and the place of its answer in the order of answers. */
export class ServerRequest implements HttpRequest {
  readonly method: string;
  readonly target: string;
  readonly headers: RequestHeaders;
  readonly minorVersion: number;
  readonly keepAlive: boolean;
  /** `undefined` with the chunked coding. */
  readonly contentLength: number | undefined;
  readonly expectsContinue: boolean;
  readonly expectsUnknown: boolean;
  /** Once it has come; empty where there is none. */
  body: Buffer | undefined = undefined;
  /** Whether the client was told to send the body that it holds back. */
  continues: "no" | "owed" | "sent" = "no";
  /** What is to be written once the requests before it are answered. */
  answer: HttpResponse | undefined = undefined;
  readonly upgrade: UpgradeOffer | undefined;
  /** Who takes the connection over if the answer says so. */
  taker: TakeConnection | undefined = undefined;
  private readonly source: RequestSource;

  constructor(head: ReceivedHead, source: RequestSource) {
    this.method = head.method;
    this.target = head.target;
    this.headers = collectHeaders(head.fields);
    this.minorVersion = head.minorVersion;
    // Whoever asks for a tunnel and is refused has no further requests for us.
    this.keepAlive = head.keepAlive && head.method !== "CONNECT";
    this.contentLength = head.contentLength;
    this.expectsContinue = head.expectsContinue;
    this.expectsUnknown = head.expectsUnknown;
    this.source = source;
    this.upgrade = this.headers["upgrade"] === undefined ? undefined : this.offer();
  }

  get scheme(): Scheme {
    return this.source.scheme;
  }

  get peer(): string {
    return this.source.peer;
  }

  readBody(maxOctets: number): Promise<Buffer> {
    return this.source.readBody(this, maxOctets);
  }

  streamBody(maxOctets: number): Readable {
    return this.source.streamBody(this, maxOctets);
  }

  /**
   * What the client offers. Nothing with HTTP/1.0, with a body, and where the connection field does not name
   * the field (RFC 9110 §7.8): then it is for nobody, or for somebody else on the way.
   */
  private offer(): UpgradeOffer | undefined {
    const { headers } = this;
    const isMeant = listOf(headers["connection"]).includes("upgrade");
    if (!isMeant || this.method !== "GET" || this.minorVersion === 0 || !this.keepAlive) return undefined;
    if (this.contentLength !== 0 || this.expectsContinue || this.expectsUnknown) return undefined;
    const protocols = listOf(headers["upgrade"]).slice(0, MAX_PROTOCOLS);
    const accept = (take: TakeConnection): void => {
      this.taker = take;
    };
    return { protocols, accept };
  }
}

const MAX_PROTOCOLS = 8;

/** The members of a list in lower case (RFC 9110 §5.6.1). */
function listOf(value: string | readonly string[] | undefined): string[] {
  if (typeof value !== "string") return [];
  const members = value.toLowerCase().split(",");
  return members.map((each) => each.trim()).filter((each) => each !== "");
}

/** Fields that have one value; of several the first counts, as with `node:http`. */
const SINGLE = new Set([
  "authorization",
  "content-type",
  "from",
  "if-modified-since",
  "if-unmodified-since",
  "max-forwards",
  "proxy-authorization",
  "referer",
  "user-agent",
]);

/** The fields by name; several lines of one name are joined into a list (RFC 9110 §5.2). */
export function collectHeaders(fields: HeaderFields): RequestHeaders {
  const headers = Object.create(null) as Record<string, string>;
  fields.forEach((name, value) => {
    const known = headers[name];
    if (known === undefined) headers[name] = value;
    else if (!SINGLE.has(name)) headers[name] = `${known}${name === "cookie" ? "; " : ", "}${value}`;
  });
  return headers;
}
