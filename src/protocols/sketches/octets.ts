/** Octets as text, by hand because browsers have no `Buffer`: base64url without padding, RFC 4648 §5, and LEB128 numbers. */

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const CODES = LETTERS.split("").map((letter) => letter.charCodeAt(0));
const VALUES = new Int8Array(128).fill(-1);
for (const [value, code] of CODES.entries()) VALUES[code] = value;

/** Thrown for a text that no sketch was encoded as. */
export class SketchError extends Error {
  constructor(reason: string) {
    super(`This is no encoded sketch: ${reason}.`);
    this.name = "SketchError";
  }
}

/** Writes numbers and octets, and gives them as text. */
export class OctetWriter {
  private octets = new Uint8Array(256);
  private length = 0;

  octet(value: number): void {
    if (this.length === this.octets.length) {
      const grown = new Uint8Array(this.length * 2);
      grown.set(this.octets);
      this.octets = grown;
    }
    this.octets[this.length] = value;
    this.length += 1;
  }

  /** A whole number from 0 to 2^53 - 1, in as few octets as it takes. */
  number(value: number): void {
    let rest = value;
    while (rest >= 0x80) {
      this.octet((rest % 0x80) + 0x80);
      rest = Math.floor(rest / 0x80);
    }
    this.octet(rest);
  }

  text(): string {
    return toText(this.octets.subarray(0, this.length));
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

/** Two letters for every 12 bits: half as many texts are put together. */
const PAIRS = Array.from(
  { length: 4_096 },
  (_, bits) => (LETTERS[bits >> 6] as string) + (LETTERS[bits & 63] as string),
);

function toText(octets: Uint8Array): string {
  let text = "";
  const whole = octets.length - (octets.length % 3);
  for (let at = 0; at < whole; at += 3) {
    const bits = ((octets[at] as number) << 16) | ((octets[at + 1] as number) << 8) | (octets[at + 2] as number);
    text += PAIRS[bits >> 12];
    text += PAIRS[bits & 0xfff];
  }
  const rest = octets.length - whole;
  if (rest === 0) return text;
  const bits = ((octets[whole] as number) << 16) | ((octets[whole + 1] ?? 0) << 8);
  return text + (PAIRS[bits >> 12] as string) + (rest === 1 ? "" : (LETTERS[(bits >> 6) & 63] as string));
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
