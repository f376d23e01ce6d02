import { callingCodeOf } from "../../../protocols/e164/index.ts";
import { MAX_NUMBERS, NumberSet } from "./number-set.ts";

/** The file of a do-not-call list cannot be used. */
export class DoNotCallFileError extends Error {}

const ZERO = 0x30;
const NINE = 0x39;
const NEWLINE = 0x0a;
const PLUS = 0x2b;
const COMMA = 0x2c;
const SEMICOLON = 0x3b;
const QUOTE = 0x22;
const MAX_DIGITS = 15;
const MIN_DIGITS = 4;

/** What a file came to. */
export interface ReadNumbers {
  readonly numbers: NumberSet;
  /** Lines that hold no number, such as a heading. */
  readonly skipped: number;
}

/**
 * Reads a list of numbers, one to a line, in the first column of a CSV: with a plus, or as they
 * are written within `country`. Other columns are not looked at. Anything else between the
 * digits is dropped; US lists that split area code and number by a comma are understood.
 * Throws a {@link DoNotCallFileError} beyond 400 million numbers.
 */
export async function readNumbers(chunks: AsyncIterable<Uint8Array>, country: string): Promise<ReadNumbers> {
  const reader = new LineReader(country);
  for await (const chunk of chunks) reader.take(chunk);
  reader.end();
  reader.numbers.finish();
  return { numbers: reader.numbers, skipped: reader.skipped };
}

class LineReader {
  readonly numbers = new NumberSet();
  skipped = 0;
  private readonly prefix: string;
  private readonly isNanp: boolean;
  private value = 0;
  private digits = 0;
  private hasPlus = false;
  private isDone = false;
  private isEmpty = true;
  private added = 0;

  constructor(country: string) {
    this.prefix = callingCodeOf(country) ?? "";
    this.isNanp = this.prefix.startsWith("1");
  }

  take(chunk: Uint8Array): void {
    for (const octet of chunk) {
      if (octet === NEWLINE) this.end();
      else if (!this.isDone) this.takeOctet(octet);
    }
  }

  private takeOctet(octet: number): void {
    if (octet >= ZERO && octet <= NINE) {
      this.isEmpty = false;
      this.value = this.value * 10 + (octet - ZERO);
      this.digits += 1;
      if (this.digits > MAX_DIGITS) this.isDone = true;
    } else if (octet === PLUS && this.digits === 0) {
      this.hasPlus = true;
    } else if (octet === COMMA || octet === SEMICOLON) {
      // The US registry writes `212,5551234`.
      if (!(this.isNanp && this.digits === 3)) this.isDone = true;
    } else if (octet > 0x20 && octet !== QUOTE) {
      this.isEmpty = false;
    }
  }

  end(): void {
    const number = this.read();
    if (number !== undefined) {
      this.added += 1;
      if (this.added > MAX_NUMBERS) throw new DoNotCallFileError(`It has more than ${MAX_NUMBERS} numbers.`);
      this.numbers.add(number);
    } else if (!this.isEmpty) this.skipped += 1;
    this.value = 0;
    this.digits = 0;
    this.hasPlus = false;
    this.isDone = false;
    this.isEmpty = true;
  }

  private read(): number | undefined {
    const { digits, value, prefix } = this;
    if (digits < MIN_DIGITS || digits > MAX_DIGITS) return undefined;
    if (this.hasPlus) return value;
    if (this.isNanp) {
      if (digits === 10) return 10 ** 10 + value;
      return digits === 11 && Math.floor(value / 10 ** 10) === 1 ? value : undefined;
    }
    // A national number, its leading zero having vanished in the value; or one with its calling code.
    const text = String(value);
    if (prefix !== "" && text.startsWith(prefix) && digits >= 11) return value;
    return Number(prefix + text);
  }
}
