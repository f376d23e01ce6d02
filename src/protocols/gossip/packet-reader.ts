import type { Buffer } from "node:buffer";
import { MAX_COUNT } from "./limits.ts";

/** The most octets of a count: 7 times 7 bits hold 48. */
const MAX_COUNT_OCTETS = 7;

/**
 * Reads the values of one packet, one after the other. It never throws: what does not
 * fit sets `broken`, and from there on zeros and empty texts are returned.
 */
export class PacketReader {
  readonly buffer: Buffer;
  at: number;
  broken = false;

  constructor(buffer: Buffer, at: number) {
    this.buffer = buffer;
    this.at = at;
  }

  get left(): number {
    return this.buffer.length - this.at;
  }

  /** An unsigned integer of 1, 2, 4 or 6 octets, most significant first. */
  integer(octets: 1 | 2 | 4 | 6): number {
    if (this.left < octets) return this.fail();
    const value = this.buffer.readUIntBE(this.at, octets);
    this.at += octets;
    return value;
  }

  /** A count below {@link MAX_COUNT} in groups of 7 bits, least significant first, in as few octets as can be (LEB128). */
  count(): number {
    const { buffer } = this;
    const end = Math.min(buffer.length, this.at + MAX_COUNT_OCTETS);
    let value = 0;
    let scale = 1;
    for (let at = this.at; at < end; at += 1) {
      const octet = buffer[at] as number;
      value += (octet & 0x7f) * scale;
      scale *= 128;
      if (octet >= 0x80) continue;
      const isPadded = octet === 0 && at > this.at;
      this.at = at + 1;
      return isPadded || value >= MAX_COUNT ? this.fail() : value;
    }
    return this.fail();
  }

  /** Printable ASCII of a known length. */
  ascii(octets: number): string {
    return this.left < octets ? this.failText() : this.buffer.toString("latin1", this.at, (this.at += octets));
  }

  /** UTF-8 of a known length. */
  utf8(octets: number): string {
    return this.left < octets ? this.failText() : this.buffer.toString("utf8", this.at, (this.at += octets));
  }

  /** Says that what was read cannot be. */
  fail(): 0 {
    this.broken = true;
    this.at = this.buffer.length;
    return 0;
  }

  private failText(): string {
    this.fail();
    return "";
  }
}
