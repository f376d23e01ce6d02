/** Octets as text, by hand because browsers have no `Buffer`: base64url without padding, RFC 4648 §5, and LEB128 numbers. */

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const CODES = Uint8Array.from(LETTERS, (letter) => letter.charCodeAt(0));
const VALUES = new Int8Array(128).fill(-1);
for (const [value, code] of CODES.entries()) VALUES[code] = value;

/** Thrown for a text that no sketch was encoded as. */
export class SketchError extends Error {
  constructor(reason: string) {
    super(`This is no encoded sketch: ${reason}.`);
    this.name = "SketchError";
  }
}

/** 53 bits, 7 in each. */
const MAX_NUMBER_OCTETS = 8;

/** Writes numbers and octets, and gives them as text. */
export class OctetWriter {
  private octets = new Uint8Array(256);
  private length = 0;

  octet(value: number): void {
    this.reserve(1);
    this.octets[this.length] = value;
    this.length += 1;
  }

  /** A whole number from 0 to 2^53 - 1, in as few octets as it takes. */
  number(value: number): void {
    this.reserve(MAX_NUMBER_OCTETS);
    const { octets } = this;
    let rest = value;
    let at = this.length;
    // Beyond 31 bits shifting would lose some.
    for (; rest > 0x7fff_ffff; at += 1) {
      octets[at] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    for (; rest >= 0x80; at += 1) {
      octets[at] = (rest & 0x7f) | 0x80;
      rest >>= 7;
    }
    octets[at] = rest;
    this.length = at + 1;
  }

  private reserve(octets: number): void {
    if (this.length + octets <= this.octets.length) return;
    const grown = new Uint8Array(this.octets.length * 2);
    grown.set(this.octets);
    this.octets = grown;
  }

  /** What was written since the last time. */
  text(): string {
    const text = toText(this.octets.subarray(0, this.length));
    this.length = 0;
    return text;
  }
}

/** Reads what {@link OctetWriter} wrote. Throws {@link SketchError} where it is cut off. */
export class OctetReader {
  private readonly octets: Uint8Array;
  private at = 0;

  constructor(text: string) {
    this.octets = fromText(text);
  }

  get isAtEnd(): boolean {
    return this.at === this.octets.length;
  }

  octet(): number {
    const value = this.octets[this.at];
    if (value === undefined) throw new SketchError("it ends too soon");
    this.at += 1;
    return value;
  }

  number(): number {
    let value = 0;
    let factor = 1;
    for (let count = 0; count < 8; count += 1) {
      const octet = this.octet();
      value += (octet % 0x80) * factor;
      if (octet < 0x80) {
        if (!Number.isSafeInteger(value)) break;
        return value;
      }
      factor *= 0x80;
    }
    throw new SketchError("it has a number beyond 2^53");
  }
}

/** Every octet below 128 is the same character in it, and all that is written here is. */
const ASCII = new TextDecoder("latin1");
let written = new Uint8Array(1_024);

/** Put together as octets and made a text once: texts that are added up piece by piece cost several times as much. */
function toText(octets: Uint8Array): string {
  const { length } = octets;
  const size = Math.ceil((length * 4) / 3);
  if (size + 3 > written.length) written = new Uint8Array(size * 2 + 4);
  const codes = written;
  let to = 0;
  for (let at = 0; at < length; at += 3) {
    const bits = ((octets[at] as number) << 16) | ((octets[at + 1] ?? 0) << 8) | (octets[at + 2] ?? 0);
    codes[to] = CODES[bits >> 18] as number;
    codes[to + 1] = CODES[(bits >> 12) & 63] as number;
    codes[to + 2] = CODES[(bits >> 6) & 63] as number;
    codes[to + 3] = CODES[bits & 63] as number;
    to += 4;
  }
  return ASCII.decode(codes.subarray(0, size));
}

function fromText(text: string): Uint8Array {
  if (text.length % 4 === 1) throw new SketchError("its length is that of no octets");
  const octets = new Uint8Array(Math.floor((text.length * 3) / 4));
  let bits = 0;
  let held = 0;
  let length = 0;
  for (let at = 0; at < text.length; at += 1) {
    const value = VALUES[text.charCodeAt(at)] ?? -1;
    if (value < 0) throw new SketchError("a character is not base64url");
    held = ((held << 6) | value) & 0xffff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    octets[length] = (held >> bits) & 0xff;
    length += 1;
  }
  return octets;
}
