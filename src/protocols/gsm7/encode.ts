import { Buffer } from "node:buffer";
import { DEFAULT_ALPHABET, DEFAULT_EXTENSION, ESCAPE } from "./default-alphabet.ts";

/** Marks an entry that is reached through the escape, so that it costs two septets. */
const ESCAPED = 0x80;
const ABSENT = 0xff;

/** Every character of the alphabet but the euro sign is below this, so that a small array answers for all. */
const DIRECT_CODES = 0x400;
const EURO = 0x20ac;
const EURO_SEPTET = 0x65;

const DIRECT = buildDirect();

function buildDirect(): Uint8Array {
  const table = new Uint8Array(DIRECT_CODES).fill(ABSENT);
  for (let septet = 0; septet < DEFAULT_ALPHABET.length; septet++) {
    if (septet !== ESCAPE) table[DEFAULT_ALPHABET.charCodeAt(septet)] = septet;
  }
  for (const [septet, character] of DEFAULT_EXTENSION) {
    const code = character.charCodeAt(0);
    if (code < DIRECT_CODES) table[code] = septet | ESCAPED;
  }
  return table;
}

/** The septet of a UTF-16 unit, with the escape mark, or `ABSENT`. */
function entryOf(code: number): number {
  if (code < DIRECT_CODES) return DIRECT[code] ?? ABSENT;
  return code === EURO ? EURO_SEPTET | ESCAPED : ABSENT;
}

/**
 * How many septets one UTF-16 unit costs in the default alphabet: 1, 2 through
 * the extension table, or 0 when neither has it.
 */
export function septetsOfCode(code: number): 0 | 1 | 2 {
  const entry = entryOf(code);
  if (entry === ABSENT) return 0;
  return entry >= ESCAPED ? 2 : 1;
}

/**
 * How many septets `text` costs in the default alphabet and its extension
 * table, or `undefined` when a character is in neither. Linear in the text; a
 * text that is not GSM-7 costs only as far as its first foreign character.
 */
export function gsm7Septets(text: string): number | undefined {
  let septets = text.length;
  for (let index = 0; index < text.length; index++) {
    const entry = entryOf(text.charCodeAt(index));
    if (entry >= ESCAPED) {
      if (entry === ABSENT) return undefined;
      septets++;
    }
  }
  return septets;
}

/**
 * `text` as unpacked septets, one an octet, in the default alphabet and its
 * extension table (3GPP TS 23.038 §6.2.1), or `undefined` when a character is
 * in neither. National tables are never used for sending.
 */
export function encodeGsm7(text: string): Buffer | undefined {
  const septets = gsm7Septets(text);
  if (septets === undefined) return undefined;
  const octets = Buffer.allocUnsafe(septets);
  let position = 0;
  for (let index = 0; index < text.length; index++) {
    const entry = entryOf(text.charCodeAt(index));
    if (entry >= ESCAPED) {
      octets[position++] = ESCAPE;
      octets[position++] = entry ^ ESCAPED;
    } else {
      octets[position++] = entry;
    }
  }
  return octets;
}
