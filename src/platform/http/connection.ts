import { Readable, type Duplex } from "node:stream";
import { AppError, type ErrorSpec } from "../../kernel/errors.ts";
import { encodeResponseHead, hasNoContent, Http1Error, RequestParser } from "../../protocols/http1/index.ts";
import { BAD_REQUEST, BODY_TOO_LARGE, HEADERS_TOO_LARGE, REQUEST_TIMEOUT } from "./errors.ts";
import { IncomingBody } from "./incoming-body.ts";
import type { HttpResponse, Scheme, TakeConnection } from "./message.ts";
import { Outbox } from "./outbox.ts";
import { ServerRequest, type RequestSource } from "./server-request.ts";
import { StreamedBody } from "./stream-body.ts";

/** Time limits and bounds of a connection. */
export interface ConnectionLimits {
  readonly maxHeaderOctets: number;
  readonly headersTimeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly keepAliveTimeoutMs: number;
  readonly writeTimeoutMs: number;
  readonly maxPipelined: number;
}

/** What a connection needs of the server that it belongs to. */
export interface ConnectionHost {
  readonly limits: ConnectionLimits;
  /** Whether no further requests are taken. */
  readonly isClosing: boolean;
  /** From an arbitrary start, for the time limits. */
  nowMs(): number;
  /** Answers a request; `active` counts those in progress on the connection, this one included. Never rejects. */
  answer(request: ServerRequest, active: number): Promise<HttpResponse>;
  /** The answer in place of one that could not be written. */
  apology(request: ServerRequest, reason: string): HttpResponse;
  /** The `Date` line, with its CRLF. */
  dateLine(): string;
  /** The lines that say that the connection goes on, each with its CRLF. */
  readonly keepAliveLines: string;
  /** A whole answer for what is no request. */
  farewell(spec: ErrorSpec): string;
  /** Calls the connection's `flush` once, at the end of this turn. */
  flushSoon(connection: Connection): void;
  /** The connection is gone. */
  onClosed(connection: Connection): void;
  /** The connection goes on in another protocol: it is gone, but for its socket. */
  onHandedOver(connection: Connection, socket: Duplex): void;
}

/** The longest rest of a body that is read and dropped to keep a connection. */
const MAX_DROPPED_OCTETS = 65_536;
/** How much is still read after the last answer, so that the client gets to see it (RFC 9112 §9.6). */
const MAX_LINGER_OCTETS = 8 * 1_024 * 1_024;
const MAX_LINGER_MS = 1_000;
/** How much may be owed to a client, by the size of its answers so far, before no further request of it is begun. */
const MAX_OWED_OCTETS = 1_048_576;
/** What an answer is taken to be while none is known, so that a first burst of requests is bounded too. */
const UNKNOWN_ANSWER_OCTETS = 65_536;
/** How much of a streamed body is gathered for one write. */
const MAX_WAITING_OCTETS = 65_536;
const CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n";
/** The most header fields of a request. */
const MAX_HEADER_FIELDS = 200;

export const NO_HTTP = { reason: "it is no valid HTTP/1.1" };

/** Who waits for the body that is coming in. */
interface BodyWaiter {
  readonly maxOctets: number;
  readonly resolve: (body: Buffer) => void;
  readonly reject: (error: AppError) => void;
}

/**
 * How a connection stands: requests are taken; none are, and it ends after the
 * answers that are owed; its last answer has left, and what the client still sends is
 * dropped for a bounded while; it is gone.
 */
type Stage = "open" | "ending" | "lingering" | "gone";

/**
 * One connection of a client. Requests are handed over as they come, several at once
 * when the client pipelines; answers leave in the order of the requests, and all that
 * are ready in one turn with one write.
 */
export class Connection implements RequestSource {
  scheme: Scheme;
  private readonly socket: Duplex;
  private readonly host: ConnectionHost;
  private readonly parser: RequestParser;
  private stage: Stage = "open";
  /** Requests that are owed an answer, in order. */
  private readonly queue: ServerRequest[] = [];
  /** The request whose body is not whole yet. */
  private receiving: ServerRequest | undefined = undefined;
  private waiter: BodyWaiter | undefined = undefined;
  /** Where the body that is coming in goes, where it is not gathered. */
  private incoming: IncomingBody | undefined = undefined;
  /** Why the rest of a body will never come. */
  private broken: AppError | undefined = undefined;
  /** The request whose answer may end HTTP on this connection. Until it is there, what follows may be no HTTP. */
  private offering: ServerRequest | undefined = undefined;
  /** What came and cannot be looked at yet. While there is any, the socket is paused. */
  private rest: Buffer | undefined = undefined;
  private isParsing = false;
  /** Raw answer to what could not be parsed, for when the requests before it are answered. */
  private farewell: string | undefined = undefined;
  private readonly outbox: Outbox;
  /** The longest of the last answers, or a little less the longer ago it was. */
  private answerOctets = UNKNOWN_ANSWER_OCTETS;
  private streamed: StreamedBody | undefined = undefined;
  /** When the message that is coming in began; only set for those that came in pieces. */
  private startedMs: number | undefined = undefined;
  private idleSinceMs: number | undefined = undefined;
  private lingerUntilMs = Number.POSITIVE_INFINITY;
  private lingerOctets = 0;
  /** Whether input may be left unread, so that closing at once would reset the connection and lose the answer. */
  private mayBeUnread = false;
  private hasEnded = false;
  private peerAddress: string | undefined = undefined;

  constructor(socket: Duplex, scheme: Scheme, host: ConnectionHost) {
    this.socket = socket;
    this.scheme = scheme;
    this.host = host;
    this.outbox = new Outbox(socket, () => host.flushSoon(this));
    this.parser = new RequestParser({
      maxHeadOctets: host.limits.maxHeaderOctets,
      maxFields: MAX_HEADER_FIELDS,
    });
    socket.on("data", this.onData);
    socket.on("end", this.onEnd);
    socket.on("drain", this.onDrain);
    socket.on("error", () => socket.destroy());
    socket.once("close", this.onClose);
  }

  private readonly onData = (chunk: Buffer): void => this.take(chunk);
  private readonly onEnd = (): void => this.endInput();
  private readonly onDrain = (): void => this.drain();
  private readonly onClose = (): void => this.leave();

  get peer(): string {
    const { socket } = this;
    this.peerAddress ??=
      "remoteAddress" in socket && typeof socket.remoteAddress === "string" ? socket.remoteAddress : "";
    return this.peerAddress;
  }

  /** Ends it at once. */
  destroy(): void {
    this.socket.destroy();
  }

  /** The server stops: ends it at once when nothing is in progress, else after the answers that are owed. */
  close(): void {
    if (!this.isIdle) return;
    if (this.stage === "lingering" || this.socket.writableLength === 0) this.destroy();
    else this.sayFarewell();
  }

  private get isIdle(): boolean {
    return this.queue.length === 0 && this.streamed === undefined && this.outbox.isEmpty;
  }

  /** Looks at the time limits. Called every so often. */
  check(nowMs: number): void {
    const { limits } = this.host;
    if (this.outbox.stalledMs(nowMs) >= limits.writeTimeoutMs || nowMs >= this.lingerUntilMs) return this.destroy();
    if (this.startedMs !== undefined) {
      const isHead = this.parser.phase === "head";
      const limitMs = isHead ? limits.headersTimeoutMs : limits.requestTimeoutMs;
      // A body that waits for us is not late.
      if (this.parser.phase !== "held" && this.incoming?.isFull !== true && nowMs - this.startedMs >= limitMs)
        this.refuse(REQUEST_TIMEOUT);
    } else if (this.isIdle) {
      this.idleSinceMs ??= nowMs;
      if (nowMs - this.idleSinceMs >= limits.keepAliveTimeoutMs) this.destroy();
    }
  }

  readBody(request: ServerRequest, maxOctets: number): Promise<Buffer> {
    const { body, contentLength } = request;
    if ((contentLength ?? 0) > maxOctets) return Promise.reject(new AppError(BODY_TOO_LARGE, { max: maxOctets }));
    if (request.expectsContinue && request.continues === "no") {
      request.continues = "owed";
      this.writeAnswers();
    }
    if (body !== undefined) return Promise.resolve(body);
    if (this.broken !== undefined || this.receiving !== request || this.stage === "gone") {
      return Promise.reject(this.broken ?? new AppError(BAD_REQUEST, CUT_OFF));
    }
    return new Promise((resolve, reject) => {
      this.waiter = { maxOctets, resolve, reject };
      this.parser.takeBody(maxOctets);
      this.goOn();
    });
  }

  streamBody(request: ServerRequest, maxOctets: number): Readable {
    const { body, contentLength } = request;
    if ((contentLength ?? 0) > maxOctets) throw new AppError(BODY_TOO_LARGE, { max: maxOctets });
    if (request.expectsContinue && request.continues === "no") {
      request.continues = "owed";
      this.writeAnswers();
    }
    if (body !== undefined) return Readable.from([body], { objectMode: false });
    if (this.broken !== undefined || this.receiving !== request || this.stage === "gone") {
      throw this.broken ?? new AppError(BAD_REQUEST, CUT_OFF);
    }
    const incoming = new IncomingBody(maxOctets, () => {
      // The client is not late for as long as we did not read.
      if (this.startedMs !== undefined) this.startedMs = this.host.nowMs();
      this.goOn();
    });
    this.incoming = incoming;
    this.parser.passBody(maxOctets, (piece) => incoming.deliver(piece));
    this.goOn();
    return incoming;
  }

  private take(chunk: Buffer): void {
    this.idleSinceMs = undefined;
    if (this.stage === "lingering") {
      this.lingerOctets += chunk.length;
      if (this.lingerOctets > MAX_LINGER_OCTETS) this.destroy();
    } else if (this.stage === "ending") {
      // Nothing more is looked at, so nothing more is read until the last answer has left.
      this.mayBeUnread = true;
      this.socket.pause();
    } else if (this.rest !== undefined) {
      this.rest = Buffer.concat([this.rest, chunk]);
    } else {
      this.parse(chunk);
    }
  }

  private parse(chunk: Buffer): void {
    const { parser } = this;
    let offset = 0;
    this.isParsing = true;
    try {
      while (offset < chunk.length && this.stage === "open") {
        if (this.mustWait) {
          this.rest = chunk.subarray(offset);
          this.socket.pause();
          break;
        }
        offset = parser.push(chunk, offset);
        if (parser.phase === "held" && this.receiving === undefined) offset = this.begin(chunk, offset);
        else if (parser.phase === "done") this.complete();
        else if (parser.phase === "body" && parser.isTooLong) this.refuseBody();
      }
    } catch (error) {
      if (!(error instanceof Http1Error)) throw error;
      this.refuse(specOf(error));
    } finally {
      this.isParsing = false;
    }
    if (offset < chunk.length && this.stage !== "open") this.mayBeUnread = true;
    if (!parser.isWithin) this.startedMs = undefined;
    else this.startedMs ??= this.host.nowMs();
  }

  /** Whether what came cannot be looked at now: nobody has asked for the body yet, or enough is in progress. */
  private get mustWait(): boolean {
    const { phase } = this.parser;
    if (this.offering !== undefined || phase === "held" || this.incoming?.isFull === true) return true;
    if (phase !== "head") return false;
    const { outbox, queue } = this;
    if (queue.length > 0 && outbox.octets + queue.length * this.answerOctets >= MAX_OWED_OCTETS) return true;
    return (
      outbox.isCongested ||
      outbox.octets >= MAX_OWED_OCTETS ||
      this.host.isClosing ||
      queue.length > this.host.limits.maxPipelined
    );
  }

  /** Goes on with what had to wait. */
  private goOn(): void {
    const { rest } = this;
    if (this.isParsing || rest === undefined || this.stage !== "open" || this.mustWait) return;
    this.rest = undefined;
    this.parse(rest);
    if (this.rest !== undefined) return;
    this.socket.resume();
    // The end came while there was something left to look at.
    if (this.hasEnded && this.stage === "open") this.concludeInput();
  }

  /** The head of a request with a body is here; most often its body is too. */
  private begin(chunk: Buffer, offset: number): number {
    const { parser } = this;
    const request = new ServerRequest(parser, this);
    const { contentLength } = request;
    if (contentLength !== undefined && contentLength <= chunk.length - offset) {
      parser.takeBody(contentLength);
      const end = parser.push(chunk, offset);
      request.body = parser.body;
      parser.next();
      this.start(request);
      return end;
    }
    this.receiving = request;
    this.start(request);
    return offset;
  }

  /** A request is whole: one without a body, or one that waited for it. */
  private complete(): void {
    const { parser, waiter, receiving, incoming } = this;
    if (receiving === undefined) {
      const request = new ServerRequest(parser, this);
      request.body = EMPTY;
      parser.next();
      this.start(request);
      return;
    }
    this.receiving = undefined;
    this.waiter = undefined;
    this.incoming = undefined;
    if (!receiving.keepAlive) this.stage = "ending";
    const { body, isTooLong } = parser;
    parser.next();
    this.startedMs = undefined;
    if (incoming !== undefined) incoming.finish(isTooLong);
    else if (isTooLong) waiter?.reject(new AppError(BODY_TOO_LARGE, { max: waiter.maxOctets }));
    else waiter?.resolve(body);
  }

  private refuseBody(): void {
    const { waiter, incoming } = this;
    this.waiter = undefined;
    this.incoming = undefined;
    this.parser.dropBody();
    incoming?.finish(true);
    waiter?.reject(new AppError(BODY_TOO_LARGE, { max: waiter.maxOctets }));
  }

  private start(request: ServerRequest): void {
    this.queue.push(request);
    if (request.upgrade !== undefined) this.offering = request;
    // What follows a request to close is not looked at.
    if (!request.keepAlive && request.body !== undefined) this.stage = "ending";
    void this.host.answer(request, this.queue.length).then((answer) => {
      request.answer = answer;
      if (this.stage === "gone") dropStream(request);
      else this.writeAnswers();
    });
  }

  /** What cannot be read is answered after all that came before it; nothing is read after it. */
  private refuse(spec: ErrorSpec): void {
    this.mayBeUnread = true;
    this.startedMs = undefined;
    if (this.receiving !== undefined) {
      this.breakOff(new AppError(spec, NO_HTTP));
      return;
    }
    this.stage = "ending";
    this.farewell = this.host.farewell(spec);
    this.writeAnswers();
  }

  /** The rest of a body will never come: the answer to its request says so, if it can still. */
  private breakOff(error: AppError): void {
    const { waiter, receiving, incoming } = this;
    this.broken = error;
    this.waiter = undefined;
    this.incoming = undefined;
    this.stage = "ending";
    waiter?.reject(error);
    incoming?.destroy(error);
    if (receiving !== undefined && !this.queue.includes(receiving)) this.writeAnswers();
  }

  /** The client will send no more (RFC 9112 §9.6). What it asked for is still answered. */
  private endInput(): void {
    this.hasEnded = true;
    if (this.stage === "lingering") return this.destroy();
    if (this.rest !== undefined) return;
    this.concludeInput();
  }

  private concludeInput(): void {
    if (this.receiving !== undefined) this.breakOff(new AppError(BAD_REQUEST, CUT_OFF));
    else this.stage = "ending";
    this.startedMs = undefined;
    this.writeAnswers();
  }

  private writeAnswers(): void {
    while (this.streamed === undefined && this.stage !== "lingering") {
      const request = this.queue[0];
      if (request === undefined) break;
      if (request.continues === "owed") {
        request.continues = "sent";
        this.outbox.put(CONTINUE);
      }
      const { answer } = request;
      if (answer === undefined) break;
      this.queue.shift();
      if (request === this.offering) {
        this.offering = undefined;
        if (answer.status === 101 && request.taker !== undefined) return this.handOver(request.taker);
      }
      this.writeAnswer(request, answer);
    }
    if (this.stage === "ending" && this.queue.length === 0 && this.streamed === undefined) this.sayFarewell();
    else this.goOn();
    if (this.hasEnded && this.stage === "open" && this.rest === undefined) this.concludeInput();
  }

  /** HTTP ends here: whoever takes the connection has it from now on. */
  private handOver(take: TakeConnection): void {
    const { socket, outbox, host } = this;
    const head = this.rest ?? EMPTY;
    if (this.stage !== "open" || host.isClosing || socket.destroyed) return this.destroy();
    outbox.flush();
    this.stage = "gone";
    this.rest = undefined;
    socket.off("data", this.onData).off("end", this.onEnd).off("drain", this.onDrain).off("close", this.onClose);
    host.onHandedOver(this, socket);
    take(socket, head);
    // It was paused where something came behind the request's head.
    socket.resume();
  }

  private writeAnswer(request: ServerRequest, answer: HttpResponse): void {
    const isLast = this.settleInput(request);
    const { body } = answer;
    const octets = body === undefined || body instanceof Readable ? 0 : body.length;
    this.answerOctets = Math.max(octets, Math.ceil(this.answerOctets * 0.75));
    let head: string;
    try {
      head = this.headOf(request, answer, isLast);
    } catch (error) {
      if (body instanceof Readable) body.destroy();
      this.writeAnswer(request, this.host.apology(request, error instanceof Error ? error.message : String(error)));
      return;
    }
    if (isLast) this.stage = "ending";
    const isBodiless = request.method === "HEAD" || hasNoContent(answer.status);
    if (body instanceof Readable) {
      this.outbox.put(head);
      if (isBodiless) body.destroy();
      else this.stream(request, body, isChunked(request, answer));
    } else if (body === undefined || isBodiless) {
      this.outbox.put(head);
    } else if (typeof body === "string" && Buffer.byteLength(body) === body.length) {
      // Pure ASCII: head and body are one string, and one write.
      this.outbox.put(head + body);
    } else {
      this.outbox.put(head);
      this.outbox.put(typeof body === "string" ? Buffer.from(body, "utf8") : body);
    }
  }

  /** Decides what becomes of the rest of a request's body, and returns whether this answer is the last. */
  private settleInput(request: ServerRequest): boolean {
    if (this.receiving === request) {
      this.dropIncoming();
      const { contentLength, expectsContinue, continues } = request;
      const isTooMuch = contentLength === undefined || contentLength > MAX_DROPPED_OCTETS;
      if (isTooMuch || this.broken !== undefined || (expectsContinue && continues === "no") || !request.keepAlive) {
        this.mayBeUnread = true;
        return true;
      }
      // A short rest is read and dropped, so that the connection can go on.
      this.parser.dropBody();
    }
    if (!request.keepAlive) return true;
    return (this.stage === "ending" || this.host.isClosing) && this.queue.length === 0 && this.farewell === undefined;
  }

  /** Who read the body has answered before its end. */
  private dropIncoming(): void {
    const { incoming } = this;
    this.incoming = undefined;
    incoming?.destroy();
  }

  private headOf(request: ServerRequest, answer: HttpResponse, isLast: boolean): string {
    const { status, headers, body } = answer;
    let trusted = this.host.dateLine();
    if (isLast) trusted += "Connection: close\r\n";
    else trusted += this.host.keepAliveLines;
    if (body instanceof Readable) {
      if (isChunked(request, answer)) trusted = `Transfer-Encoding: chunked\r\n${trusted}`;
    } else if (!hasNoContent(status)) {
      const octets = body === undefined ? 0 : typeof body === "string" ? Buffer.byteLength(body) : body.length;
      trusted = `Content-Length: ${octets}\r\n${trusted}`;
    }
    return encodeResponseHead({ status, headers, trusted });
  }

  private stream(request: ServerRequest, body: Readable, chunked: boolean): void {
    // Without a length and without chunks, the end of the connection is the end of the body.
    if (!chunked) this.stage = "ending";
    this.streamed = new StreamedBody(body, chunked, {
      write: (piece) => {
        const waiting = this.outbox.put(piece);
        return !this.outbox.isCongested && waiting < MAX_WAITING_OCTETS;
      },
      done: (error) => {
        this.streamed = undefined;
        if (this.stage === "gone") return;
        if (error === undefined) return this.writeAnswers();
        this.host.apology(request, error.message);
        this.destroy();
      },
    });
  }

  /** Writes what has gathered. Called by the host. */
  flush(): void {
    const { outbox } = this;
    if (this.stage === "gone" || outbox.isEmpty) return;
    outbox.flush();
    if (!outbox.isCongested) {
      this.streamed?.goOn();
      this.goOn();
    }
    if (this.stage === "lingering") this.finish();
  }

  private drain(): void {
    this.outbox.isCongested = false;
    this.streamed?.goOn();
    this.goOn();
  }

  /** The last octets leave, and then the connection ends. */
  private sayFarewell(): void {
    if (this.farewell !== undefined) this.outbox.put(this.farewell);
    if (this.rest !== undefined) this.mayBeUnread = true;
    this.stage = "lingering";
    this.rest = undefined;
    if (this.outbox.isEmpty) this.finish();
  }

  private finish(): void {
    const { socket } = this;
    const lingers = this.mayBeUnread && !this.hasEnded;
    socket.end(() => {
      if (lingers) this.lingerUntilMs = this.host.nowMs() + MAX_LINGER_MS;
      else socket.destroy();
    });
    if (lingers) socket.resume();
  }

  private leave(): void {
    this.stage = "gone";
    for (const request of this.queue) dropStream(request);
    this.rest = undefined;
    this.outbox.clear();
    this.streamed?.stop();
    this.waiter?.reject(new AppError(BAD_REQUEST, CUT_OFF));
    this.waiter = undefined;
    this.incoming?.destroy(new AppError(BAD_REQUEST, CUT_OFF));
    this.incoming = undefined;
    this.host.onClosed(this);
  }
}

const EMPTY = Buffer.alloc(0);
const CUT_OFF = { reason: "the connection ended within the body" };

/** Nobody is there to read it. */
function dropStream({ answer }: ServerRequest): void {
  if (answer?.body instanceof Readable) answer.body.destroy();
}

function specOf(error: Http1Error): ErrorSpec {
  const { reason } = error;
  return reason === "head-too-large" || reason === "too-many-header-fields" ? HEADERS_TOO_LARGE : BAD_REQUEST;
}

/** HTTP/1.0 has no chunks; and an answer that says its length needs none. */
function isChunked(request: ServerRequest, answer: HttpResponse): boolean {
  if (request.minorVersion === 0) return false;
  return !answer.headers.some((name, i) => i % 2 === 0 && name.toLowerCase() === "content-length");
}
