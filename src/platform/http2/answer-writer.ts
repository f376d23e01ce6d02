import { constants, type OutgoingHttpHeaders, type ServerHttp2Stream } from "node:http2";
import { Readable } from "node:stream";
import { hasNoContent, isFieldName, isFieldValue } from "../../protocols/http1/index.ts";
import type { HttpResponse } from "../http/index.ts";

/** How much of an answer is given to the stream at once, in octets or in UTF-16 units, and has to be taken within one time limit. */
const PIECE_OCTETS = 65_536;
/** Fields that speak of a connection; HTTP/2 has none of them (RFC 9113 §8.2.2). */
const CONNECTION_FIELDS = new Set(["connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade"]);

/** Writes the answer of one stream, no faster than the client reads. */
export class AnswerWriter {
  /** Since when a piece waits for the client; undefined when none does. */
  waitingSinceMs: number | undefined = undefined;
  private readonly stream: ServerHttp2Stream;
  private readonly nowMs: () => number;
  private readonly onFailure: (error: Error) => void;
  private source: Readable | undefined = undefined;

  /** `onFailure` hears of a body that broke off; the stream is reset then. */
  constructor(stream: ServerHttp2Stream, nowMs: () => number, onFailure: (error: Error) => void) {
    this.stream = stream;
    this.nowMs = nowMs;
    this.onFailure = onFailure;
  }

  /** Begins to write. Throws where the head cannot be written; then nothing was. */
  write(answer: HttpResponse, date: string, isHead: boolean): void {
    const { body, status } = answer;
    const octets = body instanceof Readable ? undefined : octetsOf(body);
    const head = headOf(answer, date, octets);
    const endStream = isHead || hasNoContent(status) || octets === 0;
    this.stream.respond(head, { endStream });
    if (endStream) {
      if (body instanceof Readable) body.destroy();
      this.settle();
    } else if (body instanceof Readable) {
      this.pump(body);
    } else if (body !== undefined) {
      this.writePieces(body, octets ?? 0);
    }
  }

  /** Nobody reads any more. */
  stop(): void {
    this.source?.destroy();
  }

  private writePieces(body: string | Uint8Array, octets: number): void {
    const { stream } = this;
    stream.once("finish", () => this.settle());
    this.waitingSinceMs = this.nowMs();
    // Node makes room for three octets of each character of UTF-8; what is pure ASCII needs one.
    const encoding = octets === body.length ? "latin1" : "utf8";
    if (octets <= PIECE_OCTETS) {
      stream.end(encodePiece(body, encoding), "latin1");
      return;
    }
    let at = 0;
    const next = (error?: Error | null): void => {
      if (error !== undefined && error !== null) return;
      this.waitingSinceMs = this.nowMs();
      const end = pieceEnd(body, at);
      const piece = encodePiece(typeof body === "string" ? body.slice(at, end) : body.subarray(at, end), encoding);
      at = end;
      if (at === body.length) stream.end(piece, "latin1");
      else stream.write(piece, "latin1", next);
    };
    next();
  }

  private pump(body: Readable): void {
    const { stream } = this;
    this.source = body;
    let unwritten = 0;
    const written = (): void => {
      unwritten -= 1;
      this.waitingSinceMs = unwritten === 0 ? undefined : this.nowMs();
    };
    const fail = (error: Error): void => {
      if (this.source === undefined) return;
      this.source = undefined;
      if (stream.destroyed) return;
      this.onFailure(error);
      stream.close(constants.NGHTTP2_INTERNAL_ERROR);
    };
    body.on("data", (chunk: string | Uint8Array) => {
      unwritten += 1;
      this.waitingSinceMs ??= this.nowMs();
      if (!stream.write(chunk, written)) body.pause();
    });
    stream.on("drain", () => body.resume());
    body.once("end", () => {
      this.source = undefined;
      this.waitingSinceMs = this.nowMs();
      stream.once("finish", () => this.settle());
      stream.end();
    });
    body.once("error", fail);
    body.once("close", () => fail(new Error("the stream closed before its end")));
  }

  /** The answer has left whole. What is still coming in of the request is not wanted (RFC 9113 §8.1). */
  private settle(): void {
    const { stream } = this;
    this.waitingSinceMs = undefined;
    if (!stream.readableEnded && !stream.endAfterHeaders) stream.close(constants.NGHTTP2_NO_ERROR);
  }
}

/** Text stays text where Latin-1 is its encoding. */
function encodePiece(piece: string | Uint8Array, encoding: "latin1" | "utf8"): string | Uint8Array {
  return typeof piece === "string" && encoding === "utf8" ? Buffer.from(piece, "utf8") : piece;
}

/** Where a piece that begins at `start` ends: not within a character, and text is not made octets before its turn. */
function pieceEnd(body: string | Uint8Array, start: number): number {
  const end = Math.min(body.length, start + PIECE_OCTETS);
  if (typeof body !== "string" || end === body.length) return end;
  const last = body.charCodeAt(end - 1);
  return last >= 0xd800 && last < 0xdc00 ? end - 1 : end;
}

function octetsOf(body: string | Uint8Array | undefined): number {
  if (body === undefined) return 0;
  return typeof body === "string" ? Buffer.byteLength(body) : body.length;
}

function headOf(answer: HttpResponse, date: string, octets: number | undefined): OutgoingHttpHeaders {
  const { status, headers } = answer;
  const head: OutgoingHttpHeaders = { ":status": status, date };
  for (let at = 0; at + 1 < headers.length; at += 2) {
    const name = (headers[at] as string).toLowerCase();
    const value = headers[at + 1] as string;
    if (!isFieldName(name) || !isFieldValue(value)) throw new Error("a header field of the answer is not valid");
    if (CONNECTION_FIELDS.has(name)) continue;
    const before = head[name];
    if (before === undefined) head[name] = value;
    else head[name] = Array.isArray(before) ? before.concat(value) : [String(before), value];
  }
  if (octets !== undefined && !hasNoContent(status)) head["content-length"] = octets;
  return head;
}
