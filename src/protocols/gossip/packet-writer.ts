import type { Buffer } from "node:buffer";

/** Writes the values of one packet into a buffer, one after the other. The caller has made sure that there is room. */
export class PacketWriter {
  readonly buffer: Buffer;
  at: number;

  constructor(buffer: Buffer, at: number) {
    this.buffer = buffer;
    this.at = at;
  }

  /** An unsigned integer of 1, 2, 4 or 6 octets, most significant first. */
  integer(value: number, octets: 1 | 2 | 4 | 6): void {
    this.at = this.buffer.writeUIntBE(value, this.at, octets);
  }

  /** A count in groups of 7 bits, least significant first. */
  count(value: number): void {
    const { buffer } = this;
    let rest = value;
    while (rest >= 128) {
      buffer[this.at] = (rest % 128) + 128;
      this.at += 1;
      rest = Math.floor(rest / 128);
    }
    buffer[this.at] = rest;
    this.at += 1;
  }

  /** ASCII, without its length. */
  ascii(text: string): void {
    this.at += this.buffer.write(text, this.at, "latin1");
  }

  /** UTF-8, without its length. */
  utf8(text: string): void {
    this.at += this.buffer.write(text, this.at, "utf8");
  }
}

/** How many octets {@link PacketWriter.count} takes for a value. */
export function countOctets(value: number): number {
  let octets = 1;
  for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) octets += 1;
  return octets;
}
