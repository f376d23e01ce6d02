import type { Buffer } from "node:buffer";
import type { BodySink } from "./body-sink.ts";
import { Http1Error } from "./error.ts";
import { parseFieldLine } from "./header-fields.ts";
import { LineReader } from "./line-reader.ts";

/** Longest chunk-size line with extensions. */
export const MAX_CHUNK_LINE_OCTETS = 1_024;
/** All chunk extensions of a body together: without a bound, an octet of content could cost a line. */
export const MAX_CHUNK_EXTENSION_OCTETS = 16_384;
/** Longest trailer section. */
export const MAX_TRAILER_OCTETS = 8_192;

/** Eight hexadecimal digits reach 4 GiB, past any bound on bodies here. */
// The tab is allowed in extensions.
const CHUNK_SIZE = /^([0-9A-Fa-f]{1,8})(?:[ \t]*;[\t\x20-\x7e\x80-\xff]*)?$/;

type Phase = "size" | "data" | "data-end" | "trailer" | "done";

const SIZE_LIMIT = { maxOctets: MAX_CHUNK_LINE_OCTETS, tooLong: "bad-chunk-size" } as const;
const DATA_END_LIMIT = { maxOctets: 2, tooLong: "bad-chunk-end" } as const;

/**
 * The chunked transfer coding (RFC 9112 §7.1), read strictly: sizes are one to
 * eight hexadecimal digits, every line ends in CRLF, and the trailer section is
 * checked, bounded and thrown away (a merge of trailer fields is never safe here).
 */
export class ChunkedDecoder {
  #phase: Phase = "size";
  #leftOctets = 0;
  #trailerOctets = 0;
  #extensionOctets = 0;
  readonly #lines = new LineReader();

  /** Starts a new body. */
  reset(): void {
    this.#phase = "size";
    this.#leftOctets = 0;
    this.#trailerOctets = 0;
    this.#extensionOctets = 0;
    this.#lines.reset();
  }

  get done(): boolean {
    return this.#phase === "done";
  }

  /**
   * Reads `chunk` from `offset` into `sink` and returns where it stopped: at the
   * end of the chunk, after the body, or where the sink was full.
   * Throws {@link Http1Error}.
   */
  read(chunk: Buffer, offset: number, sink: BodySink): number {
    let at = offset;
    while (at < chunk.length && this.#phase !== "done" && !sink.truncated) {
      if (this.#phase === "data") at = this.#readData(chunk, at, sink);
      else at = this.#readLine(chunk, at);
    }
    return at;
  }

  #readData(chunk: Buffer, offset: number, sink: BodySink): number {
    const end = Math.min(chunk.length, offset + this.#leftOctets);
    sink.append(chunk, offset, end);
    this.#leftOctets -= end - offset;
    if (this.#leftOctets === 0) this.#phase = "data-end";
    return end;
  }

  #readLine(chunk: Buffer, offset: number): number {
    const lines = this.#lines;
    if (this.#phase === "size") {
      if (lines.read(chunk, offset, SIZE_LIMIT)) this.#startChunk(lines.line);
    } else if (this.#phase === "data-end") {
      // Two octets fit into the limit, so a complete line can only be empty.
      if (lines.read(chunk, offset, DATA_END_LIMIT)) this.#phase = "size";
    } else if (
      lines.read(chunk, offset, { maxOctets: MAX_TRAILER_OCTETS - this.#trailerOctets, tooLong: "bad-trailer" })
    ) {
      this.#takeTrailer(lines.line);
    }
    return lines.next;
  }

  #startChunk(line: string): void {
    const match = CHUNK_SIZE.exec(line);
    if (match === null) throw new Http1Error("bad-chunk-size");
    const digits = match[1] ?? "";
    this.#extensionOctets += line.length - digits.length;
    if (this.#extensionOctets > MAX_CHUNK_EXTENSION_OCTETS) throw new Http1Error("bad-chunk-size");
    this.#leftOctets = Number.parseInt(digits, 16);
    this.#phase = this.#leftOctets === 0 ? "trailer" : "data";
  }

  #takeTrailer(line: string): void {
    if (line === "") {
      this.#phase = "done";
      return;
    }
    this.#trailerOctets += line.length + 2;
    parseFieldLine(line);
  }
}
