import { Buffer } from "node:buffer";

/**
 * Reads SMPP values from one PDU, one after the other. It never throws: the
 * first value that does not fit is remembered in `broken`, and from there on
 * null values are returned.
 */
export class Reader {
  readonly buffer: Buffer;
  at: number;
  readonly end: number;
  /** Why the PDU cannot be read, or `undefined` while all is well. */
  broken: string | undefined = undefined;

  constructor(buffer: Buffer, at: number, end: number) {
    this.buffer = buffer;
    this.at = at;
    this.end = end;
  }

  /** An unsigned integer of one octet. */
  int1(name: string): number {
    const { at } = this;
    if (at >= this.end) return this.runOut(name);
    this.at = at + 1;
    return this.buffer[at] as number;
  }

  /** An unsigned integer of `octets` (1 to 4) octets, most significant first. */
  integer(octets: number, name: string): number {
    if (this.end - this.at < octets) return this.runOut(name);
    const value = this.buffer.readUIntBE(this.at, octets);
    this.at += octets;
    return value;
  }

  /** Text up to its NUL, as Latin-1 so that no octet is lost. However long it is: its PDU bounds it. */
  text(name: string): string {
    const { buffer, at } = this;
    if (at < this.end && buffer[at] === 0) {
      this.at = at + 1;
      return "";
    }
    const nul = findNul(buffer, at, this.end);
    if (nul === this.end) {
      this.runOut(name);
      return "";
    }
    this.at = nul + 1;
    return latin1(buffer, at, nul);
  }

  /** As {@link text}, but the end of the PDU ends the text too: some peers leave the last NUL out. */
  lastText(): string {
    const { buffer, at } = this;
    const nul = findNul(buffer, at, this.end);
    this.at = Math.min(nul + 1, this.end);
    return latin1(buffer, at, nul);
  }

  /** A copy of the next `count` octets: what is decoded outlives the chunk that it came in. */
  octets(count: number, name: string): Buffer {
    const { buffer, at } = this;
    if (this.end - at < count) {
      this.runOut(name);
      return EMPTY;
    }
    if (count === 0) return EMPTY;
    this.at = at + count;
    const copy = Buffer.allocUnsafe(count);
    buffer.copy(copy, 0, at, at + count);
    return copy;
  }

  private runOut(name: string): number {
    this.broken ??= `the PDU ends within ${name}`;
    this.at = this.end;
    return 0;
  }
}

const EMPTY = Buffer.alloc(0);

/** Above this a call into the runtime is cheaper than building the text character by character. */
const SHORT_TEXT_OCTETS = 8;

function findNul(buffer: Buffer, from: number, end: number): number {
  let at = from;
  while (at < end && buffer[at] !== 0) at += 1;
  return at;
}

/** The octets from `from` to before `to` as Latin-1 text. */
export function latin1(buffer: Buffer, from: number, to: number): string {
  if (to - from > SHORT_TEXT_OCTETS) return buffer.toString("latin1", from, to);
  let text = "";
  for (let at = from; at < to; at += 1) text += String.fromCharCode(buffer[at] as number);
  return text;
}
