import { Buffer } from "node:buffer";

/** A text of random characters is what nothing else has by chance. */
const WORD_DIGITS = "0123456789abcdef";
const WORD_LENGTH = 12;
/** Letters that latin1, UTF-8, JSON and URLs all write differently. */
const ACCENTED = "àáâãäåçèéêëìíîïñòóôõöùúûü";
const ACCENTED_LENGTH = 6;
const IDEOGRAPHS_FROM = 0x4e00;
const IDEOGRAPHS = 20_000;
const IDEOGRAPHS_LENGTH = 4;
/** Mobile numbers of Ireland, of which five digits are random and two are counted. */
const PHONE_PREFIX = "35385";
const PHONE_DIGITS = 5;

interface Form {
  readonly name: string;
  readonly octets: Buffer;
}

/** Where a marker was found, and in which form. */
export interface Trace {
  readonly place: string;
  readonly form: string;
  /** What stands around it, for whoever looks for the leak. */
  readonly around: string;
}

/**
 * Marked data of people: texts and phone numbers that stand nowhere else, and what
 * finds them in whatever way they may have been written down.
 */
export class Markers {
  /** What must be found where the data is to be. */
  readonly kept: string[] = [];
  private readonly word: string;
  private readonly accented: string;
  private readonly ideographs: string;
  private readonly phoneStem: string;
  private readonly forms: readonly Form[];
  private count = 0;
  private phones = 0;

  constructor(random: () => number) {
    const pick = (from: string, length: number): string =>
      Array.from({ length }, () => from[Math.floor(random() * from.length)]).join("");
    this.word = `zq${pick(WORD_DIGITS, WORD_LENGTH)}`;
    this.accented = pick(ACCENTED, ACCENTED_LENGTH);
    this.ideographs = Array.from({ length: IDEOGRAPHS_LENGTH }, () =>
      String.fromCodePoint(IDEOGRAPHS_FROM + Math.floor(random() * IDEOGRAPHS)),
    ).join("");
    this.phoneStem = `${PHONE_PREFIX}${pick("0123456789", PHONE_DIGITS)}`;
    this.forms = [this.word, this.accented, this.ideographs, this.phoneStem].flatMap(formsOf);
  }

  /** A word for places that take letters and digits only. With `isKept` it is expected to be found in the account's own cell. */
  plain(isKept = false): string {
    this.count += 1;
    const marker = `${this.word}${String(this.count).padStart(3, "0")}`;
    if (isKept) this.kept.push(marker);
    return marker;
  }

  /** A number that was not given before, for what must be there once. */
  next(): number {
    this.count += 1;
    return this.count;
  }

  /** A text with letters of several alphabets. */
  text(isKept = false): string {
    return `${this.plain(isKept)} ${this.accented} ${this.ideographs}`;
  }

  /** The number of a person. */
  phone(isKept = false): string {
    this.phones += 1;
    const digits = `${this.phoneStem}${String(this.phones).padStart(2, "0")}`;
    if (isKept) this.kept.push(digits);
    return `+${digits}`;
  }

  /** Looks for every marker in every form. */
  find(place: string, content: Buffer): Trace[] {
    return this.forms.flatMap(({ name, octets }): Trace[] => {
      const at = content.indexOf(octets);
      if (at === -1) return [];
      const around = content.subarray(Math.max(0, at - 120), at + octets.length + 60).toString("utf8");
      // Control characters of a binary file would make the message unreadable.
      return [{ place, form: name, around: around.replaceAll(/[^\P{Cc}\n]/gu, "·") }];
    });
  }
}

/** The ways in which programs write a text down. */
export function formsOf(text: string): readonly Form[] {
  const utf8 = Buffer.from(text, "utf8");
  const utf16 = Buffer.from(text, "utf16le");
  const swapped = Buffer.from(utf16).swap16();
  const escaped = Array.from(text, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`).join("");
  const percent = Array.from(utf8, (octet) => `%${octet.toString(16).padStart(2, "0")}`).join("");
  const texts = new Map<string, string>([
    ["URL-encoded", encodeURIComponent(text)],
    ["URL-encoded in small letters", encodeURIComponent(text).toLowerCase()],
    ["URL-encoded throughout", percent.toUpperCase()],
    ["URL-encoded throughout in small letters", percent],
    ["JSON-escaped", escaped],
    ["JSON-escaped in capitals", `\\u${escaped.slice(2).toUpperCase().replaceAll("\\U", "\\u")}`],
    ["in capitals", text.toUpperCase()],
    ...["hex", "HEX"].flatMap((name): [string, string][] => {
      const hex = (octets: Buffer): string => {
        const digits = octets.toString("hex");
        return name === "HEX" ? digits.toUpperCase() : digits;
      };
      return [
        [`${name} of UTF-8`, hex(utf8)],
        [`${name} of UTF-16`, hex(swapped)],
      ];
    }),
    ...base64Of("UTF-8", utf8),
    ...base64Of("UTF-16", swapped),
  ]);
  const forms: Form[] = [
    { name: "plain", octets: utf8 },
    { name: "UTF-16", octets: swapped },
    { name: "UTF-16, small end first", octets: utf16 },
    ...[...texts].map(([name, written]) => ({ name, octets: Buffer.from(written, "utf8") })),
  ];
  const latin1 = Buffer.from(text, "latin1");
  if (latin1.toString("latin1") === text) {
    forms.push(
      { name: "latin1", octets: latin1 },
      { name: "hex of latin1", octets: Buffer.from(latin1.toString("hex")) },
    );
    for (const [name, written] of base64Of("latin1", latin1)) forms.push({ name, octets: Buffer.from(written) });
  }
  const seen = new Set<string>();
  return forms.filter(({ octets }) => {
    const key = octets.toString("hex");
    const isNew = !seen.has(key);
    seen.add(key);
    return isNew;
  });
}

/** Base64 of something in the middle of which the octets stand, behind 0, 1 or 2 octets of a group. */
function base64Of(of: string, octets: Buffer): [string, string][] {
  return [0, 1, 2].flatMap((before): [string, string][] => {
    const whole = Buffer.concat([Buffer.alloc(before), octets]);
    const text = whole.toString("base64").slice(Math.ceil((before * 8) / 6), Math.floor((whole.length * 8) / 6));
    return [
      [`base64 of ${of} behind ${before}`, text],
      [`base64url of ${of} behind ${before}`, text.replaceAll("+", "-").replaceAll("/", "_")],
    ];
  });
}
