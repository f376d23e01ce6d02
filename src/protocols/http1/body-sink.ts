import { Buffer } from "node:buffer";
import { Http1Error } from "./error.ts";

const EMPTY: Buffer = Buffer.alloc(0);

/** What to do with a body that is longer than its bound: refuse the message, or keep the first part. */
export type Oversize = "fail" | "truncate";

/**
 * Gathers a body up to a bound. One piece is kept as it is, without a copy;
 * several go into a buffer that doubles.
 */
export class BodySink {
  /** Whether octets were left out because the bound was reached (`truncate` only). */
  truncated = false;
  /** Whether octets were left out while the body goes on to be read (`drop` only). */
  overflowed = false;
  #maxOctets = 0;
  #oversize: Oversize | "drop" = "fail";
  #buffer: Buffer = EMPTY;
  #octets = 0;
  /** True while `#buffer` is a view of somebody else's chunk. */
  #borrowed = false;
  /** Who takes the pieces of a body that is not gathered. */
  #pass: ((piece: Buffer) => void) | undefined = undefined;

  /** Starts a new body. With `drop` the first part is kept and the rest read for nothing. */
  reset(maxOctets: number, oversize: Oversize | "drop"): void {
    this.truncated = false;
    this.overflowed = false;
    this.#maxOctets = maxOctets;
    this.#oversize = oversize;
    this.#buffer = EMPTY;
    this.#octets = 0;
    this.#borrowed = false;
    this.#pass = undefined;
  }

  /**
   * Starts a new body that is not gathered: `pass` is given every piece as it comes, a view
   * of the chunk. Past the bound the rest is read for nothing, and {@link overflowed}.
   */
  passOn(maxOctets: number, pass: (piece: Buffer) => void): void {
    this.reset(maxOctets, "drop");
    this.#pass = pass;
  }

  /** What was gathered. Valid after the sink is reset, too. */
  take(): Buffer {
    return this.#octets === this.#buffer.length ? this.#buffer : this.#buffer.subarray(0, this.#octets);
  }

  /**
   * Judges a body whose length is known beforehand.
   * Throws {@link Http1Error} `body-too-large` when it would not fit and must.
   */
  announce(octets: number): void {
    if (octets > this.#maxOctets && this.#oversize === "fail") throw new Http1Error("body-too-large");
    if (octets > 0 && this.#maxOctets === 0) this.truncated = this.#oversize === "truncate";
  }

  /** Takes octets `[start, end)` of `chunk`. Throws {@link Http1Error} `body-too-large` past the bound with `fail`. */
  append(chunk: Buffer, start: number, end: number): void {
    let stop = end;
    if (this.#octets + (end - start) > this.#maxOctets) {
      if (this.#oversize === "fail") throw new Http1Error("body-too-large");
      this.truncated = this.#oversize === "truncate";
      this.overflowed = !this.truncated;
      stop = start + this.#maxOctets - this.#octets;
    }
    if (stop <= start) return;
    if (this.#pass !== undefined) {
      this.#octets += stop - start;
      this.#pass(chunk.subarray(start, stop));
      return;
    }
    if (this.#octets === 0) {
      this.#buffer = chunk.subarray(start, stop);
      this.#borrowed = true;
    } else {
      this.#reserve(this.#octets + stop - start);
      chunk.copy(this.#buffer, this.#octets, start, stop);
    }
    this.#octets += stop - start;
  }

  #reserve(needed: number): void {
    if (!this.#borrowed && needed <= this.#buffer.length) return;
    const capacity = Math.max(needed, Math.min(this.#buffer.length * 2, this.#maxOctets));
    const grown = Buffer.allocUnsafe(capacity);
    this.#buffer.copy(grown, 0, 0, this.#octets);
    this.#buffer = grown;
    this.#borrowed = false;
  }
}
