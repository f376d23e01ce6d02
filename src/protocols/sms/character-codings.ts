import { Buffer } from "node:buffer";

const REPLACEMENT = "\ufffd";
const SURROGATE = /[\ud800-\udfff]/;
const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** `text` with every surrogate that lacks its other half replaced by U+FFFD. */
export function wellFormed(text: string): string {
  return SURROGATE.test(text) ? text.replace(LONE_SURROGATE, REPLACEMENT) : text;
}

/**
 * `text` as UTF-16 big endian, which is what networks carry where 3GPP TS
 * 23.038 §6.2.3 says UCS-2. Lone surrogates become U+FFFD.
 */
export function encodeUcs2(text: string): Buffer {
  return Buffer.from(wellFormed(text), "utf16le").swap16();
}

/**
 * The text of UTF-16 big endian octets. Never fails: a byte order mark is
 * obeyed and dropped, an odd last octet is dropped. Lone surrogates are kept,
 * because senders do cut a message in the middle of a pair and the halves meet
 * again when its parts are joined; apply {@link wellFormed} to the whole.
 */
export function decodeUcs2(octets: Uint8Array): string {
  const units = Buffer.from(octets.subarray(0, octets.length & ~1));
  const littleEndian = units[0] === 0xff && units[1] === 0xfe;
  if (!littleEndian) units.swap16();
  const text = units.toString("utf16le");
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}

/** `text` as ISO 8859-1, or `undefined` when a character is outside. */
export function encodeLatin1(text: string): Buffer | undefined {
  for (let index = 0; index < text.length; index++) {
    if (text.charCodeAt(index) > 0xff) return undefined;
  }
  return Buffer.from(text, "latin1");
}

/** The text of ISO 8859-1 octets. */
export function decodeLatin1(octets: Uint8Array): string {
  return view(octets).toString("latin1");
}

/** The text of IA5 (ASCII) octets; an octet above 0x7F reads as ISO 8859-1, which is what senders mean by it. */
export function decodeAscii(octets: Uint8Array): string {
  return decodeLatin1(octets);
}

/** The text of ISO 8859-5 (Latin and Cyrillic) octets. */
export function decodeCyrillic(octets: Uint8Array): string {
  return decodeByOctet(octets, (octet) => {
    if (octet <= 0xa0 || octet === 0xad) return octet;
    if (octet === 0xf0) return 0x2116;
    if (octet === 0xfd) return 0xa7;
    return octet - 0xa0 + 0x400;
  });
}

const HEBREW_EXCEPTIONS: ReadonlyMap<number, number> = new Map([
  [0xaa, 0xd7],
  [0xba, 0xf7],
  [0xdf, 0x2017],
  [0xfd, 0x200e],
  [0xfe, 0x200f],
]);

/** The text of ISO 8859-8 (Latin and Hebrew) octets; unassigned octets read as U+FFFD. */
export function decodeHebrew(octets: Uint8Array): string {
  return decodeByOctet(octets, (octet) => {
    const exception = HEBREW_EXCEPTIONS.get(octet);
    if (exception !== undefined) return exception;
    if (octet >= 0xe0 && octet <= 0xfa) return octet - 0xe0 + 0x5d0;
    return octet <= 0xbe && octet !== 0xa1 ? octet : 0xfffd;
  });
}

function decodeByOctet(octets: Uint8Array, codeOf: (octet: number) => number): string {
  let text = "";
  for (const octet of octets) text += String.fromCharCode(codeOf(octet));
  return text;
}

function view(octets: Uint8Array): Buffer {
  return Buffer.from(octets.buffer, octets.byteOffset, octets.length);
}
