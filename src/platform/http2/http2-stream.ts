import { constants, type ServerHttp2Stream } from "node:http2";
import { Readable } from "node:stream";
import { AppError } from "../../kernel/errors.ts";
import {
  BODY_TOO_LARGE,
  EXPECTATION_FAILED,
  INTERNAL_ERROR,
  REQUEST_TIMEOUT,
  TOO_MANY_REQUESTS,
  type HttpRequest,
  type HttpResponse,
  type RequestAnswerer,
  type RequestHeaders,
  type Scheme,
} from "../http/index.ts";
import { AnswerWriter } from "./answer-writer.ts";
import { BodyReader } from "./body-reader.ts";
import type { Http2Limits } from "./limits.ts";
import { readHead, type Http2Head } from "./request-head.ts";

const EMPTY = Buffer.alloc(0);

/** What a stream needs of the session that it belongs to. */
export interface StreamHost {
  readonly scheme: Scheme;
  readonly peer: string;
  readonly limits: Required<Http2Limits>;
  readonly answerer: RequestAnswerer;
  nowMs(): number;
  /** The value of the `Date` field. */
  date(): string;
}

/** One request and its answer. */
export class Http2Stream implements HttpRequest {
  readonly method: string;
  readonly target: string;
  readonly headers: RequestHeaders;
  /** Whether its answer has begun; a stream that ends before was reset. */
  isAnswered = false;
  private readonly head: Http2Head;
  private readonly stream: ServerHttp2Stream;
  private readonly host: StreamHost;
  private readonly reader: BodyReader;
  private readonly writer: AnswerWriter;
  private isContinued = false;
  private closedSinceMs: number | undefined = undefined;

  constructor(stream: ServerHttp2Stream, lines: readonly string[], host: StreamHost) {
    this.head = readHead(lines, host.limits.maxHeaderOctets);
    this.method = this.head.method;
    this.target = this.head.target;
    this.headers = this.head.headers;
    this.stream = stream;
    this.host = host;
    this.reader = new BodyReader(stream);
    this.writer = new AnswerWriter(
      stream,
      () => host.nowMs(),
      (error) => this.apologize(error),
    );
    // Every failure of a stream also closes it.
    stream.on("error", () => undefined);
  }

  get scheme(): Scheme {
    return this.host.scheme;
  }

  get peer(): string {
    return this.host.peer;
  }

  /** Octets of the body that were read. */
  get bodyOctets(): number {
    return this.reader.octets;
  }

  /** Bodies come after the head in frames of their own, so that only an absent one is here at once. */
  get body(): Buffer | undefined {
    return this.stream.endAfterHeaders ? EMPTY : undefined;
  }

  get contentLength(): number | undefined {
    return this.stream.endAfterHeaders ? 0 : this.head.contentLength;
  }

  readBody(maxOctets: number): Promise<Buffer> {
    if (this.isTooLong(maxOctets)) return Promise.reject(new AppError(BODY_TOO_LARGE, { max: maxOctets }));
    this.sayContinue();
    return this.reader.read(maxOctets, this.host.nowMs());
  }

  streamBody(maxOctets: number): Readable {
    if (this.isTooLong(maxOctets)) throw new AppError(BODY_TOO_LARGE, { max: maxOctets });
    this.sayContinue();
    return this.reader.open(maxOctets, () => this.host.nowMs());
  }

  private isTooLong(maxOctets: number): boolean {
    return (this.contentLength ?? 0) > maxOctets;
  }

  private sayContinue(): void {
    const { stream } = this;
    if (!this.head.expectsContinue || this.isContinued) return;
    if (stream.endAfterHeaders || stream.destroyed || stream.closed) return;
    this.isContinued = true;
    stream.additionalHeaders({ ":status": constants.HTTP_STATUS_CONTINUE });
  }

  /** Answers the request; `active` counts those in progress in the session, this one included. */
  async answer(active: number): Promise<void> {
    const refusal = this.refusalOf(active);
    const { answerer } = this.host;
    const answer = refusal === undefined ? await answerer.dispatch(this) : answerer.reject(this, refusal);
    this.write(answer);
  }

  /**
   * Looks at the time limits. False when the stream was closed and does not end, which
   * happens where nghttp2 has given the whole session up and tells nobody.
   */
  check(nowMs: number): boolean {
    const { limits } = this.host;
    const { stream } = this;
    if (stream.closed) {
      this.closedSinceMs ??= nowMs;
      return nowMs - this.closedSinceMs < limits.writeTimeoutMs;
    }
    const readSinceMs = this.reader.waitingSinceMs;
    if (readSinceMs !== undefined && nowMs - readSinceMs >= limits.requestTimeoutMs) {
      this.reader.stop(new AppError(REQUEST_TIMEOUT));
    }
    const writeSinceMs = this.writer.waitingSinceMs;
    if (writeSinceMs !== undefined && nowMs - writeSinceMs >= limits.writeTimeoutMs) {
      stream.close(constants.NGHTTP2_CANCEL);
    }
    return true;
  }

  /** The stream is gone. */
  leave(): void {
    this.writer.stop();
  }

  private refusalOf(active: number): AppError | undefined {
    const { limits } = this.host;
    const { refusal, expectsUnknown } = this.head;
    if (refusal !== undefined) return new AppError(refusal.spec, { reason: refusal.reason });
    if (active > limits.maxStreams) return new AppError(TOO_MANY_REQUESTS, { max: limits.maxStreams });
    return expectsUnknown ? new AppError(EXPECTATION_FAILED) : undefined;
  }

  private write(answer: HttpResponse): void {
    const { stream, host } = this;
    if (stream.destroyed || stream.closed) {
      if (answer.body instanceof Readable) answer.body.destroy();
      return;
    }
    this.isAnswered = true;
    const isHead = this.method === "HEAD";
    try {
      this.writer.write(answer, host.date(), isHead);
    } catch (error) {
      if (answer.body instanceof Readable) answer.body.destroy();
      this.writer.write(this.apologize(error), host.date(), isHead);
    }
  }

  private apologize(error: unknown): HttpResponse {
    const reason = error instanceof Error ? error.message : String(error);
    const internal = `the answer was not written: ${reason}`;
    return this.host.answerer.reject(this, new AppError(INTERNAL_ERROR, {}, { internal }));
  }
}
