import type { Buffer } from "node:buffer";
import { BodySink } from "./body-sink.ts";
import type { Oversize } from "./body-sink.ts";
import { ChunkedDecoder } from "./chunked-decoder.ts";
import { Http1Error } from "./error.ts";
import { HeaderFields, parseFieldLine } from "./header-fields.ts";
import { LineReader } from "./line-reader.ts";

/** Longest head: the status line and the field lines, those of interim responses included. */
export const MAX_HEAD_OCTETS = 16_384;
/** Most field lines in a head. */
export const MAX_HEADER_FIELDS = 100;

/** RFC 9112 §4. The space before an empty reason is required there but often left out. */
// The tab is allowed in a reason phrase.
const STATUS_LINE = /^HTTP\/1\.([01]) ([1-5][0-9][0-9])(?: [\t\x20-\x7e\x80-\xff]*)?$/;
/** Fifteen digits stay exact in a double. */
const CONTENT_LENGTH = /^[0-9]{1,15}$/;

type Phase = "status" | "fields" | "length" | "chunked" | "until-close" | "done";

/** What the parser must know about the request that is being answered. */
export interface ExpectedResponse {
  /** The request's method: the answer to `HEAD` has no body. */
  readonly method: string;
  /** Longest body to take. */
  readonly maxBodyOctets: number;
  /** `fail` throws `body-too-large`; `truncate` ends the message at the bound. */
  readonly oversize: Oversize;
}

/**
 * Reads one HTTP/1.1 response at a time (RFC 9112), in chunks of any slicing, with
 * bounded memory and work. Strict where leniency would let two readers disagree:
 * no bare LF, no folded fields, no `Content-Length` beside `Transfer-Encoding`, no
 * coding but `chunked`. Reused from response to response by {@link start}.
 */
export class ResponseParser {
  /** The final status code, 200 to 599; 0 before it is known. */
  status = 0;
  /** Fields of the final response. */
  headers = new HeaderFields();
  /** Whether the connection can carry another request. Meaningful when the message is complete. */
  keepAlive = false;

  #phase: Phase = "done";
  #method = "";
  #minorVersion = 0;
  #headOctets = 0;
  #leftOctets = 0;
  readonly #lines = new LineReader();
  readonly #chunks = new ChunkedDecoder();
  readonly #sink = new BodySink();

  /** Gets ready for the response to a request. */
  start(expected: ExpectedResponse): void {
    this.status = 0;
    this.headers = new HeaderFields();
    this.keepAlive = false;
    this.#phase = "status";
    this.#method = expected.method;
    this.#headOctets = 0;
    this.#lines.reset();
    this.#sink.reset(expected.maxBodyOctets, expected.oversize);
  }

  /** The body as far as it arrived. */
  get body(): Buffer {
    return this.#sink.take();
  }

  /** Whether the body was cut at its bound. */
  get truncated(): boolean {
    return this.#sink.truncated;
  }

  /**
   * Reads a chunk. Returns true once the message is complete; octets after its end
   * make `keepAlive` false. Throws {@link Http1Error}, after which only `start` may be called.
   */
  push(chunk: Buffer): boolean {
    let offset = 0;
    while (offset < chunk.length && this.#phase !== "done") offset = this.#step(chunk, offset);
    // Nobody asked for more: whoever reused the connection would read somebody else's answer.
    if (offset < chunk.length) this.keepAlive = false;
    return this.#phase === "done";
  }

  /**
   * The peer closed its side. Completes a body that lasts until then.
   * Throws {@link Http1Error} `incomplete-message` otherwise (RFC 9112 §8).
   */
  end(): void {
    if (this.#phase === "until-close") this.#phase = "done";
    if (this.#phase !== "done") throw new Http1Error("incomplete-message");
    this.keepAlive = false;
  }

  #step(chunk: Buffer, offset: number): number {
    switch (this.#phase) {
      case "status":
      case "fields":
        return this.#readHeadLine(chunk, offset);
      case "length": {
        const end = Math.min(chunk.length, offset + this.#leftOctets);
        this.#sink.append(chunk, offset, end);
        this.#leftOctets -= end - offset;
        if (this.#leftOctets === 0) this.#phase = "done";
        this.#stopWhenTruncated();
        return end;
      }
      case "chunked": {
        const end = this.#chunks.read(chunk, offset, this.#sink);
        if (this.#chunks.done) this.#phase = "done";
        this.#stopWhenTruncated();
        return end;
      }
      case "until-close":
        this.#sink.append(chunk, offset, chunk.length);
        this.#stopWhenTruncated();
        return chunk.length;
      case "done":
        return offset;
    }
  }

  #stopWhenTruncated(): void {
    if (!this.#sink.truncated) return;
    this.#phase = "done";
    this.keepAlive = false;
  }

  #readHeadLine(chunk: Buffer, offset: number): number {
    const lines = this.#lines;
    const left = MAX_HEAD_OCTETS - this.#headOctets;
    if (!lines.read(chunk, offset, { maxOctets: left, tooLong: "head-too-large" })) return lines.next;
    this.#headOctets += lines.line.length + 2;
    if (this.#phase === "status") this.#takeStatusLine(lines.line);
    else if (lines.line === "") this.#endHead();
    else this.#takeField(lines.line);
    return lines.next;
  }

  #takeStatusLine(line: string): void {
    const match = STATUS_LINE.exec(line);
    if (match === null) throw new Http1Error("bad-status-line");
    this.#minorVersion = match[1] === "1" ? 1 : 0;
    this.status = Number(match[2]);
    this.#phase = "fields";
  }

  #takeField(line: string): void {
    if (this.headers.size >= MAX_HEADER_FIELDS) throw new Http1Error("too-many-header-fields");
    const [name, value] = parseFieldLine(line);
    this.headers.append(name, value);
  }

  #endHead(): void {
    if (this.status < 200) {
      // No request here asks for an upgrade, so 101 would leave the stream in an unknown protocol.
      if (this.status === 101) throw new Http1Error("unexpected-upgrade");
      this.status = 0;
      this.headers = new HeaderFields();
      this.#phase = "status";
      return;
    }
    this.keepAlive = this.#wantsKeepAlive();
    this.#chooseFraming();
    this.#stopWhenTruncated();
  }

  /** RFC 9112 §9.3. */
  #wantsKeepAlive(): boolean {
    if (this.headers.get("connection") === undefined) return this.#minorVersion === 1;
    if (this.headers.listContains("connection", "close")) return false;
    return this.#minorVersion === 1 || this.headers.listContains("connection", "keep-alive");
  }

  /** RFC 9112 §6.3, in its order. */
  #chooseFraming(): void {
    const lengths = this.headers.getAll("content-length");
    const codings = this.headers.getAll("transfer-encoding");
    if (codings.length > 0 && lengths.length > 0) throw new Http1Error("length-and-transfer-encoding");
    const length = lengths.length > 0 ? readContentLength(lengths) : undefined;
    if (codings.length > 0 && !this.#isChunkedOnly(codings)) throw new Http1Error("unsupported-transfer-encoding");
    if (this.#method === "HEAD" || this.status === 204 || this.status === 304) {
      this.#phase = "done";
    } else if (codings.length > 0) {
      this.#chunks.reset();
      this.#phase = "chunked";
    } else if (length !== undefined) {
      this.#sink.announce(length);
      this.#leftOctets = length;
      this.#phase = length === 0 ? "done" : "length";
    } else {
      this.keepAlive = false;
      this.#phase = "until-close";
    }
  }

  /** HTTP/1.0 has no transfer codings; a message that claims one is treated as faulty (RFC 9112 §6.1). */
  #isChunkedOnly(codings: readonly string[]): boolean {
    return this.#minorVersion === 1 && codings.length === 1 && codings[0]?.toLowerCase() === "chunked";
  }
}

/** One value, or the same one several times (RFC 9110 §8.6). */
function readContentLength(lines: readonly string[]): number {
  const values = lines.flatMap((line) => line.split(",").map((value) => value.trim()));
  const first = values[0] ?? "";
  if (!values.every((value) => CONTENT_LENGTH.test(value))) throw new Http1Error("bad-content-length");
  if (values.some((value) => Number(value) !== Number(first))) throw new Http1Error("conflicting-content-length");
  return Number(first);
}
