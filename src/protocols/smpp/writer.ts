import type { Buffer } from "node:buffer";

/** A value that SMPP does not allow on the wire. `field` names the parameter. */
export class SmppEncodeError extends Error {
  readonly field: string;

  constructor(field: string, problem: string) {
    super(`${field} ${problem}`);
    this.name = "SmppEncodeError";
    this.field = field;
  }
}

/**
 * Writes SMPP values into a buffer, one after the other, and refuses what the
 * specification does not allow. The caller has made sure that there is room.
 */
export class Writer {
  readonly buffer: Buffer;
  at: number;

  constructor(buffer: Buffer, at: number) {
    this.buffer = buffer;
    this.at = at;
  }

  /** An integer of one octet. */
  int1(value: number, name: string): void {
    if ((value & 0xff) !== value) throw outOfRange(name, value, 1);
    this.buffer[this.at] = value;
    this.at += 1;
  }

  /** An integer of two octets, most significant first. */
  int2(value: number, name: string): void {
    if ((value & 0xffff) !== value) throw outOfRange(name, value, 2);
    const { buffer, at } = this;
    buffer[at] = value >>> 8;
    buffer[at + 1] = value & 0xff;
    this.at = at + 2;
  }

  /** An integer of four octets, most significant first. */
  int4(value: number, name: string): void {
    if (value >>> 0 !== value) throw outOfRange(name, value, 4);
    const { buffer, at } = this;
    buffer[at] = value >>> 24;
    buffer[at + 1] = (value >>> 16) & 0xff;
    buffer[at + 2] = (value >>> 8) & 0xff;
    buffer[at + 3] = value & 0xff;
    this.at = at + 4;
  }

  /** ASCII text and its NUL, together at most `maxOctets`. */
  text(value: string, maxOctets: number, name: string): void {
    const { buffer, at } = this;
    const length = value.length;
    if (length >= maxOctets) {
      throw new SmppEncodeError(name, `has ${length} characters, at most ${maxOctets - 1} are allowed`);
    }
    for (let i = 0; i < length; i += 1) {
      const code = value.charCodeAt(i);
      if (code === 0 || code > 0x7f) throw new SmppEncodeError(name, "holds a character that is not ASCII, or NUL");
      buffer[at + i] = code;
    }
    buffer[at + length] = 0;
    this.at = at + length + 1;
  }

  /** Nothing, or a time of 16 characters: 15 digits and one of `R`, `+`, `-` (SMPP 3.4 §7.1.1). */
  time(value: string, name: string): void {
    if (value.length !== 0 && !isTimeShaped(value)) {
      throw new SmppEncodeError(name, "is not a time of the form YYMMDDhhmmsstnnp");
    }
    this.text(value, 17, name);
  }

  /** Octets as they are. */
  octets(value: Uint8Array): void {
    this.buffer.set(value, this.at);
    this.at += value.length;
  }
}

function outOfRange(name: string, value: number, octets: number): SmppEncodeError {
  return new SmppEncodeError(name, `is ${String(value)}, which is not an unsigned integer of ${octets} octet(s)`);
}

function isTimeShaped(value: string): boolean {
  if (value.length !== 16) return false;
  for (let i = 0; i < 15; i += 1) {
    const code = value.charCodeAt(i);
    if (code < 0x30 || code > 0x39) return false;
  }
  const end = value[15];
  return end === "R" || end === "+" || end === "-";
}
