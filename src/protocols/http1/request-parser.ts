import { Buffer } from "node:buffer";
import { BodySink } from "./body-sink.ts";
import { ChunkedDecoder } from "./chunked-decoder.ts";
import { Http1Error } from "./error.ts";
import { HeaderFields, parseFieldLine } from "./header-fields.ts";

/** Longest request head by default: request line, field lines and the empty line. */
export const MAX_REQUEST_HEAD_OCTETS = 16_384;
/** Most field lines of a request by default. */
export const MAX_REQUEST_FIELDS = 200;

/** Bounds of one {@link RequestParser}. Every one has a default. */
export interface RequestLimits {
  /** {@link MAX_REQUEST_HEAD_OCTETS}. */
  readonly maxHeadOctets?: number;
  /** {@link MAX_REQUEST_FIELDS}. */
  readonly maxFields?: number;
}

/**
 * Where a request stands: its head is being read; its head is known and its body
 * waits for {@link RequestParser.takeBody} or {@link RequestParser.dropBody}; its
 * body is being read; it is whole.
 */
export type RequestPhase = "head" | "held" | "body" | "done";

/** Method and target are visible ASCII without white space; a target has no fragment (RFC 9112 §3, §3.2). */
const REQUEST_LINE = /^([A-Z][A-Z-]{0,19}) ([\x21\x22\x24-\x7e]+) HTTP\/1\.([01])$/;
/** Method and target are visible ASCII, in HTTP/2 too, where each comes by itself. */
const METHOD = /^[A-Z][A-Z-]{0,19}$/;
const TARGET = /^[\x21\x22\x24-\x7e]+$/;
/** RFC 3986 §3.2.2 and §3.2.3, without the user part that RFC 9110 §4.2.4 forbids. May be empty. */
const HOST = /^[0-9A-Za-z\-._~!$&'()*+,;=%:[\]]*$/;
/** Fifteen digits stay exact in a double. */
const CONTENT_LENGTH = /^[0-9]{1,15}$/;
/** What no head may hold, however little of it has come: other controls than TAB, CR without LF, LF without CR. */
const FORBIDDEN_OCTETS = /[^\t\r\n\x20-\x7e\x80-\xff]|\r[^\n]|[^\r]\n/;
const HEAD_END = Buffer.from("\r\n\r\n", "latin1");
const FIRST_CAPACITY_OCTETS = 1_024;
const CR = 0x0d;
const LF = 0x0a;
const A = 0x41;
const Z = 0x5a;

/** Whether a request line may hold this method and this target; for requests that came without such a line (RFC 9113 §8.3.1). */
export function isRequestLine(method: string, target: string): boolean {
  return METHOD.test(method) && TARGET.test(target);
}

/** Whether `Host` or `:authority` may have this value. An empty one is allowed. */
export function isHostValue(value: string): boolean {
  return HOST.test(value);
}

/**
 * Reads the requests of one connection (RFC 9112), in chunks of any slicing, with
 * bounded memory and work. Whatever two readers might understand differently is
 * refused: bare CR or LF, folded fields, white space before a colon, more or less
 * than one `Host`, `Content-Length` twice or beside `Transfer-Encoding`, any
 * coding but a single `chunked`.
 *
 * The head is handed over before the body: {@link push} stops after it, in phase
 * `held`, and goes on when the caller said what to do with the body. After
 * `done`, {@link next} begins the next request.
 */
export class RequestParser {
  phase: RequestPhase = "head";
  /** Capitals and hyphens. Valid from `held` on, like all that follow. */
  method = "";
  /** As sent. Its form (origin, absolute, authority, asterisk) is for the caller to judge. */
  target = "";
  /** 0 or 1. */
  minorVersion = 1;
  fields = new HeaderFields();
  /** Whether the client wants to go on after this request (RFC 9112 §9.3). */
  keepAlive = true;
  /** Octets of the body, or `undefined` while they are not known, which is with the chunked coding. */
  contentLength: number | undefined = 0;
  /** Whether the client waits for `100 Continue` before it sends the body. */
  expectsContinue = false;
  /** Whether it expects something else, which is answered 417 (RFC 9110 §10.1.1). */
  expectsUnknown = false;

  readonly #maxHeadOctets: number;
  readonly #maxFields: number;
  /** The part of a head that came without its end. */
  #held: Buffer = Buffer.alloc(0);
  #heldOctets = 0;
  #leftOctets = 0;
  #emptyLine: "none" | "begun" | "skipped" = "none";
  readonly #chunks = new ChunkedDecoder();
  readonly #sink = new BodySink();

  constructor(limits: RequestLimits = {}) {
    this.#maxHeadOctets = limits.maxHeadOctets ?? MAX_REQUEST_HEAD_OCTETS;
    this.#maxFields = limits.maxFields ?? MAX_REQUEST_FIELDS;
  }

  /** Whether some octets of a request have come, and not all. */
  get isWithin(): boolean {
    return this.phase === "head" ? this.#heldOctets > 0 : this.phase !== "done";
  }

  /** The body, whole in phase `done`. Stays valid afterwards. */
  get body(): Buffer {
    return this.#sink.take();
  }

  /** Begins the next request. Only in phase `done`. */
  next(): void {
    this.phase = "head";
    this.#emptyLine = "none";
  }

  /** Lets the body be gathered, up to a bound. Only in phase `held`. */
  takeBody(maxOctets: number): void {
    this.#sink.reset(maxOctets, "drop");
    this.phase = "body";
  }

  /** Lets the body be passed on piece by piece, up to a bound. Only in phase `held`. */
  passBody(maxOctets: number, pass: (piece: Buffer) => void): void {
    this.#sink.passOn(maxOctets, pass);
    this.phase = "body";
  }

  /** Whether the body turned out longer than its bound. It is read on, and thrown away. */
  get isTooLong(): boolean {
    return this.#sink.overflowed;
  }

  /** Lets the rest of the body be read and thrown away. Only in phase `held` or `body`. */
  dropBody(): void {
    this.#sink.reset(0, "drop");
    this.phase = "body";
  }

  /**
   * Reads on from `offset` and returns where it stopped: at the end of the chunk,
   * of the head, or of the body. Throws {@link Http1Error}; then nothing more can be read.
   */
  push(chunk: Buffer, offset: number): number {
    if (this.phase === "head") return this.#readHead(chunk, offset);
    if (this.phase !== "body") return offset;
    if (this.contentLength === undefined) {
      const stop = this.#chunks.read(chunk, offset, this.#sink);
      if (this.#chunks.done) this.phase = "done";
      return stop;
    }
    const end = Math.min(chunk.length, offset + this.#leftOctets);
    this.#sink.append(chunk, offset, end);
    this.#leftOctets -= end - offset;
    if (this.#leftOctets === 0) this.phase = "done";
    return end;
  }

  #readHead(chunk: Buffer, offset: number): number {
    if (this.#heldOctets > 0) return this.#gatherHead(chunk, offset);
    const start = this.#skipEmptyLine(chunk, offset);
    if (start === chunk.length) return start;
    const first = chunk[start] ?? 0;
    if (first < A || first > Z) throw new Http1Error("bad-request-line");
    const end = chunk.indexOf(HEAD_END, start);
    if (end < 0) return this.#gatherHead(chunk, start);
    const next = end + HEAD_END.length;
    if (next - start > this.#maxHeadOctets) throw new Http1Error("head-too-large");
    this.#takeHead(chunk.toString("latin1", start, end));
    return next;
  }

  /** One empty line before a request is ignored, because some clients send it after a body (RFC 9112 §2.2). */
  #skipEmptyLine(chunk: Buffer, offset: number): number {
    let at = offset;
    if (this.#emptyLine === "none" && chunk[at] === CR) {
      this.#emptyLine = "begun";
      at += 1;
    }
    if (this.#emptyLine === "begun" && at < chunk.length) {
      if (chunk[at] !== LF) throw new Http1Error("bad-request-line");
      this.#emptyLine = "skipped";
      at += 1;
    }
    return at;
  }

  /** Collects a head that comes in pieces. What can never become one is refused without waiting for its end. */
  #gatherHead(chunk: Buffer, offset: number): number {
    const before = this.#heldOctets;
    const taken = Math.min(chunk.length - offset, this.#maxHeadOctets - before);
    this.#reserve(before + taken);
    chunk.copy(this.#held, before, offset, offset + taken);
    this.#heldOctets = before + taken;
    const found = this.#held.subarray(0, this.#heldOctets).indexOf(HEAD_END, Math.max(0, before - 3));
    if (found >= 0) {
      this.#heldOctets = 0;
      this.#takeHead(this.#held.toString("latin1", 0, found));
      return offset + found + HEAD_END.length - before;
    }
    if (FORBIDDEN_OCTETS.test(this.#held.toString("latin1", Math.max(0, before - 1), this.#heldOctets))) {
      throw new Http1Error("bad-header-field");
    }
    if (this.#heldOctets === this.#maxHeadOctets) throw new Http1Error("head-too-large");
    return chunk.length;
  }

  #reserve(octets: number): void {
    if (octets <= this.#held.length) return;
    const capacity = Math.max(octets, this.#held.length * 2, FIRST_CAPACITY_OCTETS);
    const grown = Buffer.allocUnsafe(capacity);
    this.#held.copy(grown, 0, 0, this.#heldOctets);
    this.#held = grown;
  }

  /** Reads a head without the empty line at its end. */
  #takeHead(head: string): void {
    const lineEnd = head.indexOf("\r\n");
    const match = REQUEST_LINE.exec(lineEnd < 0 ? head : head.slice(0, lineEnd));
    if (match === null) throw new Http1Error("bad-request-line");
    this.method = match[1] as string;
    this.target = match[2] as string;
    this.minorVersion = match[3] === "1" ? 1 : 0;
    const framing = new Framing(this.minorVersion);
    const fields = new HeaderFields();
    let at = lineEnd < 0 ? head.length : lineEnd + 2;
    let count = 0;
    while (at < head.length) {
      let end = head.indexOf("\r\n", at);
      if (end < 0) end = head.length;
      count += 1;
      if (count > this.#maxFields) throw new Http1Error("too-many-header-fields");
      const [name, value] = parseFieldLine(head.slice(at, end));
      fields.append(name, value);
      framing.note(name, value);
      at = end + 2;
    }
    framing.check();
    this.fields = fields;
    this.keepAlive = framing.keepAlive;
    this.expectsContinue = framing.expect === "100-continue";
    this.expectsUnknown = framing.expect !== undefined && !this.expectsContinue;
    this.contentLength = framing.isChunked ? undefined : framing.contentLength;
    this.#startBody();
  }

  #startBody(): void {
    this.#leftOctets = this.contentLength ?? 0;
    if (this.contentLength === undefined) this.#chunks.reset();
    this.phase = this.contentLength === 0 ? "done" : "held";
    if (this.phase === "done") this.#sink.reset(0, "drop");
  }
}

/** What the fields of one head say about its framing and its connection (RFC 9112 §6, §9.3). */
class Framing {
  keepAlive: boolean;
  isChunked = false;
  contentLength = 0;
  expect: string | undefined = undefined;
  readonly #minorVersion: number;
  #hosts = 0;
  #hasLength = false;
  #closes = false;

  constructor(minorVersion: number) {
    this.#minorVersion = minorVersion;
    this.keepAlive = minorVersion === 1;
  }

  /** Takes a field into account. Throws {@link Http1Error} for one that leaves the framing in doubt. */
  note(name: string, value: string): void {
    switch (name) {
      case "host":
        this.#hosts += 1;
        if (this.#hosts > 1 || !HOST.test(value)) throw new Http1Error("bad-host");
        break;
      case "content-length":
        if (!CONTENT_LENGTH.test(value)) throw new Http1Error("bad-content-length");
        // Twice the same is refused too: no client needs it, and attacks begin with it.
        if (this.#hasLength) throw new Http1Error("conflicting-content-length");
        this.#hasLength = true;
        this.contentLength = Number(value);
        break;
      case "transfer-encoding":
        // In HTTP/1.0 there is none, and a message that says so is faulty (RFC 9112 §6.1).
        if (this.isChunked || this.#minorVersion === 0 || value.toLowerCase() !== "chunked") {
          throw new Http1Error("unsupported-transfer-encoding");
        }
        this.isChunked = true;
        break;
      case "connection":
        this.#noteConnection(value.toLowerCase());
        break;
      case "expect":
        // HTTP/1.0 knows no interim answers (RFC 9110 §10.1.1).
        if (this.#minorVersion === 1) this.expect = value.toLowerCase();
        break;
      default:
    }
  }

  /** Judges the whole. Throws {@link Http1Error}. */
  check(): void {
    if (this.#hosts === 0 && this.#minorVersion === 1) throw new Http1Error("bad-host");
    if (this.isChunked && this.#hasLength) throw new Http1Error("length-and-transfer-encoding");
  }

  #noteConnection(value: string): void {
    for (const token of value.split(",")) {
      const option = token.trim();
      if (option === "close") this.#closes = true;
      else if (option === "keep-alive") this.keepAlive = true;
    }
    if (this.#closes) this.keepAlive = false;
  }
}
