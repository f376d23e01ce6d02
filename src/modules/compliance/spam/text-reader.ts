import { CONFUSABLE, DIGIT, INVISIBLE, KIND, LATIN, LOOK, mathematicalLook, SIGN, SPACE, SURROGATE } from "./fold.ts";
import { parseLink, type Link } from "./links.ts";

/** What is read of a text; the rest of a longer one is left out. A body has at most 1,600 characters. */
export const MAX_READ_CHARACTERS = 1_600;
const MAX_WORD = 64;
export const MAX_WORDS = 512;
const MAX_LINKS = 5;
/** Links that are looked for, so that a text of dots costs no more than others. */
const MAX_LINK_TRIES = 20;
/** A run of digits becomes one of these in the stream, so that codes and dates do not tell texts apart. */
const MASK = 0x30;
const LINK_MARK = 1;
const NUMBER_WORD = 7;
const AT = 0x40;
const DOLLAR = 0x24;
const BANG = 0x21;
const DOT = 0x2e;
const APOSTROPHES = new Set([0x27, 0x2019, 0x60]);
/** Currency signs: dollar, cent, pound, yen and the block of the others. */
const isMoney = (code: number): boolean =>
  code === DOLLAR || (code >= 0xa2 && code <= 0xa5) || (code >= 0x20a0 && code <= 0x20cf);

/** Which digit or sign stands for which letter. */
const LEET = new Uint8Array(128);
for (const pair of ["0o", "1i", "3e", "4a", "5s", "7t", "@a", "$s", "!i"]) {
  LEET[pair.charCodeAt(0)] = pair.charCodeAt(1);
}

/**
 * Reads a text into what can be compared: a stream of letters without case, accents, disguise,
 * blanks and numbers; hashes of its words; its links. One instance is used again for every text,
 * because objects for each would cost more than the reading.
 */
export class TextReader {
  /** The stream of which shingles are made. */
  readonly stream = new Uint16Array(MAX_READ_CHARACTERS + MAX_WORDS);
  length = 0;
  readonly words = new Int32Array(MAX_WORDS);
  wordCount = 0;
  links: Link[] = [];
  /** Invisible characters between letters. */
  invisibles = 0;
  /** Words with letters of two scripts, of which one imitates the other. */
  mixedWords = 0;
  /** Words in whose middle digits or signs stand for letters. */
  readonly leetWords = new Int32Array(MAX_WORD);
  leetCount = 0;
  /** Words that were spelled out letter by letter. */
  readonly spelledWords = new Int32Array(MAX_WORD);
  spelledCount = 0;
  /** Runs of 4 to 8 digits, and words of that length with letters and digits: what codes look like. */
  codes = 0;
  /** Runs of 9 digits and more: what phone numbers look like. */
  phones = 0;
  money = 0;

  private readonly word = new Uint16Array(MAX_WORD);
  private wordLength = 0;
  private wordLetters = 0;
  private wordDigits = 0;
  private wordLatins = 0;
  private wordConfusables = 0;
  private spelledHash = 0;
  private spelledLength = 0;
  private tries = 0;

  read(text: string): void {
    this.reset();
    const end = Math.min(text.length, MAX_READ_CHARACTERS);
    let from = 0;
    while (from < end) {
      let to = from;
      let dotted = false;
      for (; to < end; to += 1) {
        const code = text.charCodeAt(to);
        if (KIND[code] === SPACE) break;
        if ((code === DOT || (code > 0x3000 && LOOK[code] === DOT)) && to > from && to + 1 < end) dotted = true;
      }
      if (to > from && !(dotted && this.takeLink(text.slice(from, to)))) this.takeToken(text, from, to);
      this.endWord();
      from = to + 1;
    }
    this.endSpelled();
  }

  private reset(): void {
    this.length = 0;
    this.wordCount = 0;
    if (this.links.length > 0) this.links = [];
    this.invisibles = 0;
    this.mixedWords = 0;
    this.leetCount = 0;
    this.spelledCount = 0;
    this.codes = 0;
    this.phones = 0;
    this.money = 0;
    this.wordLength = 0;
    this.spelledLength = 0;
    this.tries = 0;
    this.clearWord();
  }

  private takeLink(token: string): boolean {
    this.tries += 1;
    if (this.links.length >= MAX_LINKS || this.tries > MAX_LINK_TRIES) return false;
    const link = parseLink(token);
    if (link === undefined) return false;
    this.links.push(link);
    this.push(LINK_MARK);
    return true;
  }

  private takeToken(text: string, from: number, to: number): void {
    for (let at = from; at < to; at += 1) {
      const code = text.charCodeAt(at);
      let look = LOOK[code] ?? code;
      let kind = KIND[code] ?? 0;
      if (kind === LATIN && this.wordLength < MAX_WORD) {
        this.word[this.wordLength] = look;
        this.wordLength += 1;
        this.wordLetters += 1;
        this.wordLatins += 1;
        continue;
      }
      if (kind === SURROGATE) {
        const mathematical = code === 0xd835 ? mathematicalLook(text.charCodeAt(at + 1)) : 0;
        at += code < 0xdc00 ? 1 : 0;
        if (mathematical === 0) continue;
        look = mathematical;
        kind = mathematical < 0x40 ? DIGIT : CONFUSABLE;
      }
      if (kind === INVISIBLE) {
        if (this.wordLatins + this.wordConfusables > 0 && at + 1 < to && KIND[text.charCodeAt(at + 1)] === LATIN)
          this.invisibles += 1;
      } else if (kind === SIGN) this.takeSign(text, at, to);
      else this.takeLetter(look, kind);
    }
  }

  private takeSign(text: string, at: number, to: number): void {
    const code = text.charCodeAt(at);
    const isInside = this.wordLetters > 0 && at + 1 < to;
    if (isInside && APOSTROPHES.has(code)) return;
    const next = isInside ? KIND[text.charCodeAt(at + 1)] : undefined;
    if ((code === AT || code === DOLLAR || code === BANG) && (next === LATIN || next === DIGIT)) {
      this.takeLetter(code, DIGIT);
      return;
    }
    if (isMoney(code)) this.money += 1;
    this.endWord();
  }

  private takeLetter(look: number, kind: number): void {
    if (this.wordLength >= MAX_WORD) this.endWord();
    this.word[this.wordLength] = look;
    this.wordLength += 1;
    if (kind === DIGIT) this.wordDigits += 1;
    else {
      this.wordLetters += 1;
      if (kind === LATIN) this.wordLatins += 1;
      else if (kind === CONFUSABLE) this.wordConfusables += 1;
    }
  }

  private endWord(): void {
    const length = this.wordLength;
    if (length === 0) return;
    if (this.wordLetters === 0) this.endNumber(length);
    else {
      if (this.wordLatins > 0 && this.wordConfusables > 0) this.mixedWords += 1;
      const isLeet = this.wordDigits > 0 && this.plainLeet(length);
      if (this.wordDigits > 0 && !isLeet && length >= 5 && length <= 10) this.codes += 1;
      const hash = this.pushWord(length);
      if (isLeet && this.leetCount < MAX_WORD) {
        this.leetWords[this.leetCount] = hash;
        this.leetCount += 1;
      }
      if (length === 1) this.spell();
      else this.endSpelled();
    }
    this.clearWord();
  }

  private endNumber(length: number): void {
    if (length >= 4 && length <= 8) this.codes += 1;
    else if (length >= 9) this.phones += 1;
    this.push(MASK);
    this.addWord(NUMBER_WORD);
    this.endSpelled();
  }

  /** Puts the letters back that digits and signs stand for. False where the word is rather a code, a unit or a time. */
  private plainLeet(length: number): boolean {
    const first = this.word[0] ?? 0;
    if (this.wordLetters < 2 || this.wordDigits > this.wordLetters || (first >= 0x30 && first <= 0x39)) return false;
    for (let at = 0; at < length; at += 1) {
      const code = this.word[at] ?? 0;
      if (code < 0x61 && LEET[code] === 0) return false;
    }
    for (let at = 0; at < length; at += 1) {
      const code = this.word[at] ?? 0;
      if (code < 0x61) this.word[at] = LEET[code] ?? code;
    }
    return true;
  }

  private pushWord(length: number): number {
    let hash = 0x811c9dc5;
    for (let at = 0; at < length; at += 1) {
      const code = this.word[at] ?? 0;
      this.push(code <= AT ? MASK : code);
      hash = Math.imul(hash ^ code, 0x01000193);
    }
    this.addWord(hash);
    return hash;
  }

  private spell(): void {
    if (this.spelledLength === 0) this.spelledHash = 0x811c9dc5;
    this.spelledHash = Math.imul(this.spelledHash ^ (this.word[0] ?? 0), 0x01000193);
    this.spelledLength += 1;
  }

  private endSpelled(): void {
    if (this.spelledLength >= 3) {
      if (this.spelledCount < MAX_WORD) {
        this.spelledWords[this.spelledCount] = this.spelledHash;
        this.spelledCount += 1;
      }
      this.addWord(this.spelledHash);
    }
    this.spelledLength = 0;
  }

  private addWord(hash: number): void {
    if (this.wordCount >= MAX_WORDS) return;
    this.words[this.wordCount] = hash;
    this.wordCount += 1;
  }

  private push(code: number): void {
    if (this.length >= this.stream.length) return;
    // Groups of digits are one number.
    if (code === MASK && this.length > 0 && this.stream[this.length - 1] === MASK) return;
    this.stream[this.length] = code;
    this.length += 1;
  }

  private clearWord(): void {
    this.wordLength = 0;
    this.wordLetters = 0;
    this.wordDigits = 0;
    this.wordLatins = 0;
    this.wordConfusables = 0;
  }
}
