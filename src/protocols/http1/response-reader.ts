import { Buffer } from "node:buffer";
import { BodySink } from "./body-sink.ts";
import { ChunkedDecoder } from "./chunked-decoder.ts";
import { Http1Error } from "./error.ts";
import { isFieldName } from "./header-fields.ts";
import { MAX_HEADER_FIELDS, MAX_HEAD_OCTETS } from "./response-parser.ts";

/** Where a response stands: its head is being read; its body; it is whole. */
export type ResponsePhase = "head" | "body" | "done";

const STATUS_LINE = /^HTTP\/1\.([01]) ([1-5][0-9][0-9])(?: [\t\x20-\x7e\x80-\xff]*)?$/;
/** Fifteen digits stay exact in a double. */
const CONTENT_LENGTH = /^[0-9]{1,15}$/;
/** Other controls than TAB, CR without LF, LF without CR. */
const FORBIDDEN_OCTETS = /[^\t\r\n\x20-\x7e\x80-\xff]|\r(?!\n)|[^\r]\n/;
const HEAD_END = Buffer.from("\r\n\r\n", "latin1");
const FIRST_CAPACITY_OCTETS = 1_024;

/** What a field is to somebody who passes a message on. */
type FieldKind = "end-to-end" | "hop" | "length" | "coding" | "connection";

const KINDS: Readonly<Record<string, FieldKind>> = {
  "content-length": "length",
  "transfer-encoding": "coding",
  connection: "connection",
  "keep-alive": "hop",
  "proxy-connection": "hop",
  "proxy-authenticate": "hop",
  "proxy-authentication-info": "hop",
  te: "hop",
  trailer: "hop",
  upgrade: "hop",
  // Whoever passes the message on says when.
  date: "hop",
};

/** Names that were seen, in the case they came in: servers use few, and the same again and again. */
const MAX_KNOWN_NAMES = 256;
const knownNames = new Map<string, FieldKind>();

/**
 * Reads the responses of one connection for somebody who passes them on (RFC 9112,
 * RFC 9110 §7.6): the head as a whole, without the fields that are for the next hop only;
 * the body piece by piece, unwrapped. Bounded and strict as {@link ResponseParser}, and
 * stricter in one thing: `Content-Length` may come once. Interim responses are left out.
 */
export class ResponseReader {
  phase: ResponsePhase = "done";
  /** 200 to 599, once the head is read. */
  status = 0;
  /** Names, in the case they came in, and values by turns: what is passed on. */
  fields: string[] = [];
  /** Octets of the body; `undefined` where that shows at its end. 0 for what has none. */
  contentLength: number | undefined = 0;
  /** What the `Content-Length` field says, which for an answer to HEAD is not the body's. */
  announcedLength: number | undefined = undefined;
  /** Whether the connection can carry another request, once this response is whole. */
  keepAlive = false;
  /** Takes the pieces of the body, each valid during the call only if the chunk is. */
  onPiece: (piece: Buffer) => void = ignore;

  #isHead = false;
  #minorVersion = 1;
  #isChunked = false;
  #connection: string | undefined = undefined;
  #leftOctets = 0;
  #interimOctets = 0;
  #held: Buffer = Buffer.alloc(0);
  #heldOctets = 0;
  readonly #chunks = new ChunkedDecoder();
  readonly #sink = new BodySink();

  /** Gets ready for the response to a request. */
  start(method: string): void {
    this.phase = "head";
    this.#isHead = method === "HEAD";
    this.#interimOctets = 0;
    this.#heldOctets = 0;
  }

  /**
   * Reads on from `offset` and returns where it stopped: after the head, so that the
   * caller can say where the body goes; at the end of the body; or of the chunk. Octets
   * after the body are left. Throws {@link Http1Error}; then nothing more can be read.
   */
  push(chunk: Buffer, offset: number): number {
    if (this.phase === "head") return this.#readHead(chunk, offset);
    if (this.phase === "done") return offset;
    if (this.#isChunked) {
      const stop = this.#chunks.read(chunk, offset, this.#sink);
      if (this.#chunks.done) this.phase = "done";
      return stop;
    }
    const end = this.contentLength === undefined ? chunk.length : Math.min(chunk.length, offset + this.#leftOctets);
    if (end > offset) this.onPiece(chunk.subarray(offset, end));
    this.#leftOctets -= end - offset;
    if (this.contentLength !== undefined && this.#leftOctets === 0) this.phase = "done";
    return end;
  }

  /** The peer closed its side. Throws {@link Http1Error} where that is no end of a response (RFC 9112 §8). */
  end(): void {
    if (this.phase === "body" && this.contentLength === undefined && !this.#isChunked) this.phase = "done";
    if (this.phase !== "done") throw new Http1Error("incomplete-message");
    this.keepAlive = false;
  }

  #readHead(chunk: Buffer, from: number): number {
    let offset = from;
    while (this.phase === "head" && offset < chunk.length) {
      if (this.#heldOctets > 0) {
        offset = this.#gatherHead(chunk, offset);
        continue;
      }
      const end = chunk.indexOf(HEAD_END, offset);
      if (end < 0) return this.#gatherHead(chunk, offset);
      const octets = end + HEAD_END.length - offset;
      if (octets > MAX_HEAD_OCTETS - this.#interimOctets) throw new Http1Error("head-too-large");
      this.#takeHead(chunk.toString("latin1", offset, end), octets);
      offset += octets;
    }
    return offset;
  }

  #gatherHead(chunk: Buffer, offset: number): number {
    const before = this.#heldOctets;
    const taken = Math.min(chunk.length - offset, MAX_HEAD_OCTETS - this.#interimOctets - before);
    this.#reserve(before + taken);
    chunk.copy(this.#held, before, offset, offset + taken);
    this.#heldOctets = before + taken;
    const found = this.#held.subarray(0, this.#heldOctets).indexOf(HEAD_END, Math.max(0, before - 3));
    if (found >= 0) {
      this.#heldOctets = 0;
      const octets = found + HEAD_END.length;
      this.#takeHead(this.#held.toString("latin1", 0, found), octets);
      return offset + octets - before;
    }
    if (this.#heldOctets >= MAX_HEAD_OCTETS - this.#interimOctets) throw new Http1Error("head-too-large");
    return chunk.length;
  }

  #reserve(octets: number): void {
    if (octets <= this.#held.length) return;
    const grown = Buffer.allocUnsafe(Math.max(octets, this.#held.length * 2, FIRST_CAPACITY_OCTETS));
    this.#held.copy(grown, 0, 0, this.#heldOctets);
    this.#held = grown;
  }

  /** Reads a head without the empty line at its end. */
  #takeHead(head: string, octets: number): void {
    if (FORBIDDEN_OCTETS.test(head)) throw new Http1Error("bad-header-field");
    let at = head.indexOf("\r\n");
    const match = STATUS_LINE.exec(at < 0 ? head : head.slice(0, at));
    if (match === null) throw new Http1Error("bad-status-line");
    this.#minorVersion = match[1] === "1" ? 1 : 0;
    this.status = Number(match[2]);
    this.fields = [];
    this.announcedLength = undefined;
    this.#isChunked = false;
    this.#connection = undefined;
    at = at < 0 ? head.length : at + 2;
    for (let count = 0; at < head.length; count += 1) {
      let end = head.indexOf("\r\n", at);
      if (end < 0) end = head.length;
      if (count === MAX_HEADER_FIELDS) throw new Http1Error("too-many-header-fields");
      this.#takeField(head, at, end);
      at = end + 2;
    }
    if (this.#isChunked && this.announcedLength !== undefined) throw new Http1Error("length-and-transfer-encoding");
    if (this.status < 200) {
      // No request here asks for an upgrade, so 101 would leave the stream in an unknown protocol.
      if (this.status === 101) throw new Http1Error("unexpected-upgrade");
      this.#interimOctets += octets;
      return;
    }
    this.#frame();
  }

  #takeField(head: string, start: number, end: number): void {
    const first = head.charCodeAt(start);
    if (first === 0x20 || first === 0x09) throw new Http1Error("folded-header-field");
    const colon = head.indexOf(":", start);
    if (colon <= start || colon >= end) throw new Http1Error("bad-header-field");
    const name = head.slice(start, colon);
    const kind = knownNames.get(name) ?? learnName(name);
    let from = colon + 1;
    let to = end;
    while (from < to && isBlank(head.charCodeAt(from))) from += 1;
    while (to > from && isBlank(head.charCodeAt(to - 1))) to -= 1;
    const value = head.slice(from, to);
    if (kind === "end-to-end") this.fields.push(name, value);
    else if (kind !== "hop") this.#takeFraming(kind, value);
  }

  #takeFraming(kind: FieldKind, value: string): void {
    if (kind === "length") {
      if (!CONTENT_LENGTH.test(value)) throw new Http1Error("bad-content-length");
      if (this.announcedLength !== undefined) throw new Http1Error("conflicting-content-length");
      this.announcedLength = Number(value);
    } else if (kind === "coding") {
      // HTTP/1.0 has no transfer codings; a message that claims one is treated as faulty (RFC 9112 §6.1).
      if (this.#isChunked || this.#minorVersion === 0 || value.toLowerCase() !== "chunked") {
        throw new Http1Error("unsupported-transfer-encoding");
      }
      this.#isChunked = true;
    } else {
      this.#connection = this.#connection === undefined ? value : `${this.#connection},${value}`;
    }
  }

  /** RFC 9112 §6.3 and §9.3. */
  #frame(): void {
    const { status } = this;
    this.keepAlive = this.#minorVersion === 1;
    if (this.#connection !== undefined && this.#connection !== "keep-alive") this.#noteConnection(this.#connection);
    else if (this.#connection !== undefined) this.keepAlive = true;
    if (this.#isHead || status === 204 || status === 304) {
      this.#isChunked = false;
      this.contentLength = 0;
    } else if (this.#isChunked) {
      this.#chunks.reset();
      this.#sink.passOn(Number.POSITIVE_INFINITY, (piece) => this.onPiece(piece));
      this.contentLength = undefined;
    } else {
      this.contentLength = this.announcedLength;
      if (this.contentLength === undefined) this.keepAlive = false;
    }
    this.#leftOctets = this.contentLength ?? 0;
    this.phase = this.contentLength === 0 ? "done" : "body";
  }

  /** What `Connection` names is for this hop only, too (RFC 9110 §7.6.1). */
  #noteConnection(value: string): void {
    const options = value.split(",").map((option) => option.trim().toLowerCase());
    if (options.includes("close")) this.keepAlive = false;
    else if (options.includes("keep-alive")) this.keepAlive = true;
    const kept: string[] = [];
    for (let index = 0; index + 1 < this.fields.length; index += 2) {
      const name = this.fields[index] ?? "";
      if (!options.includes(name.toLowerCase())) kept.push(name, this.fields[index + 1] ?? "");
    }
    this.fields = kept;
  }
}

const ignore = (): void => undefined;

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

/** Throws {@link Http1Error} for what is no name. */
function learnName(name: string): FieldKind {
  if (!isFieldName(name)) throw new Http1Error("bad-header-field");
  const lower = name.toLowerCase();
  const kind = Object.hasOwn(KINDS, lower) ? (KINDS[lower] ?? "end-to-end") : "end-to-end";
  // A copy: a piece of the head would keep all of it in memory.
  if (knownNames.size < MAX_KNOWN_NAMES) knownNames.set(Buffer.from(name, "latin1").toString("latin1"), kind);
  return kind;
}
