import { DEFAULT_ALPHABET, DEFAULT_EXTENSION, ESCAPE } from "./default-alphabet.ts";
import { lockingTable, singleTable } from "./national-languages.ts";
import type { ShiftTable } from "./national-languages.ts";

/** Which national tables to read by; identifiers of 3GPP TS 23.038 §6.2.1.2.4. Absent or reserved: the default. */
export interface NationalShift {
  readonly locking?: number;
  readonly single?: number;
}

const REPLACEMENT = "\ufffd";
const HIGHEST_SEPTET = 0x7f;

const DEFAULT_TABLE: ShiftTable = DEFAULT_ALPHABET.split("");
const DEFAULT_EXTENSION_TABLE: ShiftTable = buildExtension();

function buildExtension(): ShiftTable {
  const table = Array.from<string | undefined>({ length: HIGHEST_SEPTET + 1 });
  for (const [septet, character] of DEFAULT_EXTENSION) table[septet] = character;
  return table;
}

/**
 * The text of unpacked septets, one an octet. Never fails (3GPP TS 23.038
 * §6.2.1.1): an escaped septet that the extension table lacks reads as the main
 * table's character, an escape after an escape or at the end reads as a space,
 * an empty position of a national table reads as a space. An octet above 0x7F
 * is no septet and reads as U+FFFD.
 */
export function decodeGsm7(octets: Uint8Array, shift: NationalShift = {}): string {
  const main = (shift.locking === undefined ? undefined : lockingTable(shift.locking)) ?? DEFAULT_TABLE;
  const extension = (shift.single === undefined ? undefined : singleTable(shift.single)) ?? DEFAULT_EXTENSION_TABLE;
  let text = "";
  for (let index = 0; index < octets.length; index++) {
    const septet = octets[index] ?? 0;
    if (septet !== ESCAPE) {
      text += characterOf(main, septet);
      continue;
    }
    index++;
    const escaped = octets[index] ?? ESCAPE;
    text += escaped === ESCAPE ? " " : (extension[escaped] ?? characterOf(main, escaped));
  }
  return text;
}

function characterOf(main: ShiftTable, septet: number): string {
  if (septet > HIGHEST_SEPTET) return REPLACEMENT;
  return main[septet] ?? " ";
}
