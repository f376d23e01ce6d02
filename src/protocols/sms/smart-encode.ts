import { septetsOfCode } from "../gsm7/index.ts";
import { SMART_REPLACEMENTS } from "./smart-replacements.ts";

const FULLWIDTH_FIRST = 0xff01;
const FULLWIDTH_LAST = 0xff5e;
const FULLWIDTH_OFFSET = 0xfee0;
const COMBINING_MARK = /[\u0300-\u036f]/;

const REPLACEMENTS: ReadonlyMap<number, string> = compile();

function compile(): Map<number, string> {
  const replacements = new Map<number, string>();
  for (let code = FULLWIDTH_FIRST; code <= FULLWIDTH_LAST; code++) {
    replacements.set(code, String.fromCharCode(code - FULLWIDTH_OFFSET));
  }
  for (const [replacement, codes] of SMART_REPLACEMENTS) {
    for (const range of codes.split(" ")) {
      const [first = "", last = first] = range.split("-");
      const end = Number.parseInt(last, 16);
      for (let code = Number.parseInt(first, 16); code <= end; code++) replacements.set(code, replacement);
    }
  }
  return replacements;
}

/**
 * `text` with look-alikes outside the GSM 7 bit alphabet replaced, and letters
 * composed with their combining marks, when the result fits that alphabet. All
 * or nothing: if one character would still be foreign the message is sent in
 * UCS-2 anyway, so the original is returned untouched.
 */
export function smartEncode(text: string): string {
  const composed = COMBINING_MARK.test(text) ? text.normalize("NFC") : text;
  let encoded = "";
  let copied = 0;
  for (let index = 0; index < composed.length; index++) {
    const code = composed.charCodeAt(index);
    if (septetsOfCode(code) !== 0) continue;
    const replacement = REPLACEMENTS.get(code);
    if (replacement === undefined) return text;
    encoded += composed.slice(copied, index) + replacement;
    copied = index + 1;
  }
  return copied === 0 ? composed : encoded + composed.slice(copied);
}
