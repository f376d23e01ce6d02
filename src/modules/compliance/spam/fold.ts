/**
 * What a UTF-16 code unit looks like: fullwidth, accented, circled, Cyrillic and Greek letters
 * become the small Latin letter that a reader takes them for (after Unicode's NFKD and UTS 39's
 * idea of a skeleton; the pairs here are the ones that texts are disguised with).
 */

export const OTHER = 0;
export const LATIN = 1;
export const DIGIT = 2;
/** A letter of another script that looks like a Latin one. */
export const CONFUSABLE = 3;
export const INVISIBLE = 4;
export const SPACE = 5;
export const SIGN = 6;
/** Half of a code point beyond the basic plane. */
export const SURROGATE = 7;

/** The look of each code unit. */
export const LOOK = new Uint16Array(0x10000);
/** The kind of each code unit. */
export const KIND = new Uint8Array(0x10000);

const CONFUSABLES =
  "аa вb еe ёe ѕs іi їi јj кk мm нh оo рp сc тt уy хx ԁd ԛq ԝw һh ьb гr пn ӏl αa βb γy εe ηn ιi κk μu νv οo ρp τt υu χx ωw օo սu ոn հh ցg ꭰd ꮃw";
const LATIN_PAIRS = "ıi łl øo ɑa ɡg ßs æa đd ðd ƅb ɩi ʏy ꜱs ᴀa ᴄc ᴅd ᴇe ᴋk ᴍm ᴏo ᴘp ᴛt ᴜu ᴠv ᴡw ᴢz";
const INVISIBLE_RANGES = [
  [0xad, 0xad],
  [0x300, 0x36f],
  [0x34f, 0x34f],
  [0x61c, 0x61c],
  [0x180b, 0x180e],
  [0x200b, 0x200f],
  [0x202a, 0x202e],
  [0x2060, 0x2064],
  [0x20d0, 0x20ff],
  [0xfe00, 0xfe0f],
  [0xfeff, 0xfeff],
] as const;
const SPACES = [9, 10, 11, 12, 13, 32, 0xa0, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000];
/** Blocks whose characters Unicode takes apart into plain letters and digits. */
const DECOMPOSED = [
  [0xa1, 0x24f],
  [0x1d00, 0x1dbf],
  [0x1e00, 0x1eff],
  [0x2070, 0x209c],
  [0x2100, 0x214f],
  [0x2460, 0x24ff],
  [0xff01, 0xff5e],
] as const;
const SIGN_RANGES = [
  [0x21, 0x2f],
  [0x3a, 0x40],
  [0x5b, 0x60],
  [0x7b, 0x7e],
  [0xa1, 0xbf],
  [0x2010, 0x2027],
  [0x2030, 0x205e],
  [0x20a0, 0x20cf],
  [0x2190, 0x2bff],
  [0x3001, 0x3020],
] as const;

fill();

function fill(): void {
  for (let code = 0; code < LOOK.length; code += 1) LOOK[code] = code;
  // Other scripts keep their letters, in small.
  for (const [from, to] of [[0x370, 0x58f]] as const) {
    for (let code = from; code <= to; code += 1)
      set(code, String.fromCharCode(code).toLowerCase().charCodeAt(0), OTHER);
  }
  for (const [from, to] of SIGN_RANGES) for (let code = from; code <= to; code += 1) set(code, code, SIGN);
  for (let code = 0; code < 32; code += 1) set(code, 32, SPACE);
  for (let code = 0x2000; code <= 0x200a; code += 1) set(code, 32, SPACE);
  for (const code of SPACES) set(code, 32, SPACE);
  for (let code = 0x30; code <= 0x39; code += 1) set(code, code, DIGIT);
  for (let code = 0x61; code <= 0x7a; code += 1) {
    set(code, code, LATIN);
    set(code - 32, code, LATIN);
  }
  for (const [from, to] of DECOMPOSED) for (let code = from; code <= to; code += 1) decompose(code);
  for (const pair of LATIN_PAIRS.split(" ")) pairOf(pair, LATIN);
  for (const pair of CONFUSABLES.split(" ")) pairOf(pair, CONFUSABLE);
  for (const [from, to] of INVISIBLE_RANGES) for (let code = from; code <= to; code += 1) set(code, 0, INVISIBLE);
  for (let code = 0xd800; code <= 0xdfff; code += 1) set(code, code, SURROGATE);
  set(0x3002, 0x2e, SIGN);
  set(0xff0e, 0x2e, SIGN);
  set(0xff61, 0x2e, SIGN);
}

function set(code: number, look: number, kind: number): void {
  LOOK[code] = look;
  KIND[code] = kind;
}

function decompose(code: number): void {
  const look = String.fromCharCode(code).normalize("NFKD").toLowerCase().charCodeAt(0);
  if (look >= 0x61 && look <= 0x7a) set(code, look, LATIN);
  else if (look >= 0x30 && look <= 0x39) set(code, look, DIGIT);
  else if (look < 0x80) set(code, look, SIGN);
}

function pairOf(pair: string, kind: number): void {
  const look = pair.charCodeAt(1);
  const small = pair.charAt(0);
  set(small.charCodeAt(0), look, kind);
  const capital = small.toUpperCase();
  if (capital.length === 1 && KIND[capital.charCodeAt(0)] !== LATIN) set(capital.charCodeAt(0), look, kind);
}

/** The look of a mathematical letter or digit (U+1D400 to U+1D7FF), given its second half; 0 for what is none. */
export function mathematicalLook(low: number): number {
  const at = low - 0xdc00;
  if (at < 0 || at > 0x3ff) return 0;
  if (at >= 0x3ce) return 0x30 + ((at - 0x3ce) % 10);
  return at < 0x2a4 ? 0x61 + (at % 26) : 0;
}
