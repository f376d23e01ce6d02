import { Buffer } from "node:buffer";
import { Http1Error } from "./error.ts";
import type { Http1Reason } from "./error.ts";

const LINE_FEED = 0x0a;
const FIRST_CAPACITY_OCTETS = 256;

/**
 * Cuts CRLF-terminated lines out of chunks that arrive in any slicing. A line
 * that lies within one chunk is not copied; a line in pieces is gathered in a
 * buffer that doubles, so that one-octet chunks cost linear work.
 */
export class LineReader {
  /** The line last completed, without its CRLF, as Latin-1 text. */
  line = "";
  /** Where in the chunk the next unread octet is, after {@link read}. */
  next = 0;
  #held: Buffer = Buffer.alloc(0);
  #heldOctets = 0;

  /** Forgets a line in pieces. */
  reset(): void {
    this.line = "";
    this.#heldOctets = 0;
  }

  /**
   * Reads on from `offset`. Returns true when a line is complete, false when the
   * chunk is used up. Throws {@link Http1Error}: `tooLong` when the line with its
   * CRLF exceeds `maxOctets`, `bare-line-feed` when the CR is missing (RFC 9112 §2.2).
   */
  read(chunk: Buffer, offset: number, limit: { readonly maxOctets: number; readonly tooLong: Http1Reason }): boolean {
    const found = chunk.indexOf(LINE_FEED, offset);
    const end = found < 0 ? chunk.length : found + 1;
    if (this.#heldOctets + end - offset > limit.maxOctets) throw new Http1Error(limit.tooLong);
    this.next = end;
    if (found < 0) {
      this.#hold(chunk, offset, end);
      return false;
    }
    let text: string;
    if (this.#heldOctets === 0) text = chunk.toString("latin1", offset, end);
    else {
      this.#hold(chunk, offset, end);
      text = this.#held.toString("latin1", 0, this.#heldOctets);
      this.#heldOctets = 0;
    }
    if (!text.endsWith("\r\n")) throw new Http1Error("bare-line-feed");
    this.line = text.slice(0, -2);
    return true;
  }

  #hold(chunk: Buffer, start: number, end: number): void {
    const needed = this.#heldOctets + end - start;
    if (needed > this.#held.length) {
      const grown = Buffer.allocUnsafe(Math.max(needed, this.#held.length * 2, FIRST_CAPACITY_OCTETS));
      this.#held.copy(grown, 0, 0, this.#heldOctets);
      this.#held = grown;
    }
    chunk.copy(this.#held, this.#heldOctets, start, end);
    this.#heldOctets = needed;
  }
}
