/** URLs of one text that are made short; what comes after them stays as it is. */
export const MAX_URLS = 20;
/** A longer one is left alone. */
export const MAX_URL_CHARACTERS = 2_048;

/** Where a URL stands in a text, in UTF-16 units. */
export interface FoundUrl {
  readonly start: number;
  readonly end: number;
  readonly url: string;
}

/** A scheme that begins a word: no letter, digit, `+`, `.` or `-` (RFC 3986 §3.1) and no `@` or `/` before it. */
const SCHEME = /(?<![\p{L}\p{N}+.\-@/_])https?:\/\//giu;
/** Ends a URL wherever it stands: white space, control characters, and what RFC 3986 §2 leaves to delimit URLs in a text. */
const END = /[\s\p{Cc}\p{Cf}<>"`{}|\\^«»“”„‘’、。，！？；：）】」』]/u;
/** Punctuation that belongs to the sentence when it stands at the end. */
const TRAILING = new Set(".,;:!?'*_~…");
const BRACKETS: Readonly<Record<string, string>> = { ")": "(", "]": "[" };

/**
 * Finds the `http` and `https` URLs of a text, from left to right. A full stop, comma or other
 * mark at the end belongs to the sentence, and so does a closing bracket that nothing inside
 * the URL opens. Names without a scheme are no URLs: “e.g.it” or “Hello.World” would become
 * links that nobody wrote. Takes time linear in the text.
 */
export function findUrls(text: string): FoundUrl[] {
  const found: FoundUrl[] = [];
  SCHEME.lastIndex = 0;
  while (found.length < MAX_URLS) {
    const match = SCHEME.exec(text);
    if (match === null) break;
    const start = match.index;
    const end = trimmed(text, start + match[0].length, endOf(text, start));
    const url = text.slice(start, end);
    if (end > start + match[0].length && url.length <= MAX_URL_CHARACTERS && isUsable(url)) {
      found.push({ start, end, url });
    }
    SCHEME.lastIndex = Math.max(end, start + match[0].length);
  }
  return found;
}

/** Where the run of characters ends that a URL may have. */
function endOf(text: string, start: number): number {
  let at = start;
  while (at < text.length) {
    const character = String.fromCodePoint(text.codePointAt(at) ?? 0);
    if (END.test(character)) return at;
    at += character.length;
  }
  return at;
}

/** The end without the punctuation of the sentence around it; not before `least`. */
function trimmed(text: string, least: number, from: number): number {
  let end = from;
  const opened = countBrackets(text, least, from);
  while (end > least) {
    const last = text[end - 1] ?? "";
    const opening = BRACKETS[last];
    if (opening !== undefined) {
      const count = opened[last === ")" ? 0 : 1];
      if (count === undefined || count.closed <= count.opened) return end;
      count.closed -= 1;
    } else if (!TRAILING.has(last)) {
      return end;
    }
    end -= 1;
  }
  return end;
}

function countBrackets(text: string, from: number, to: number): { opened: number; closed: number }[] {
  const counts = [
    { opened: 0, closed: 0 },
    { opened: 0, closed: 0 },
  ];
  for (let at = from; at < to; at += 1) {
    const unit = text[at];
    const count = unit === "(" || unit === ")" ? counts[0] : unit === "[" || unit === "]" ? counts[1] : undefined;
    if (count === undefined) continue;
    if (unit === "(" || unit === "[") count.opened += 1;
    else count.closed += 1;
  }
  return counts;
}

/** A host with a dot or an address, and no user name, which only those need who pretend to be another site. */
function isUsable(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { hostname, username, password } = new URL(url);
  return (
    username === "" &&
    password === "" &&
    (hostname.includes(".") || hostname.startsWith("[") || hostname === "localhost")
  );
}
