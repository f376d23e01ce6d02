import { CONFUSABLE, INVISIBLE, KIND, LATIN, LOOK } from "./fold.ts";

/** A link in a text, taken apart. */
export interface Link {
  /** As a reader sees it: in small letters, without disguise. */
  readonly host: string;
  /** The part of the host that somebody registered, as near as that can be told without a list of all suffixes. */
  readonly domain: string;
  readonly hasScheme: boolean;
  readonly hasPath: boolean;
  readonly isAddress: boolean;
  /** `https://bank.example@elsewhere.example`. */
  readonly hasUser: boolean;
  /** Letters of other scripts that look like Latin ones, or a name in Punycode. */
  readonly isHomograph: boolean;
  /** Invisible characters, `hxxp`, `[.]`. */
  readonly isHidden: boolean;
  readonly labels: number;
  readonly hyphens: number;
}

const MAX_LINK_CHARACTERS = 512;
const MAX_LABEL_CHARACTERS = 63;
/** Words before a dot are a link without scheme and path only below these, because people forget the blank after a full stop. */
const COMMON_SUFFIXES = new Set(
  "com net org info biz io co me us uk de fr es it pt nl be ch at pl ru in br mx ca au nz ie za ng ke jp cn sg ly gg xyz top site online shop club store live vip icu app dev link click win bid loan work space website fun cyou buzz rest quest sbs cfd tk ml ga cf gq eu test example".split(
    " ",
  ),
);
const SECOND_LEVELS = new Set(["co", "com", "org", "net", "gov", "ac", "edu", "gob", "nom"]);
const SCHEME = /^h(?:tt|xx)ps?:\/\//;
const LABEL = /^[^\s.,;:!?()[\]{}<>"'/\\|@#$%^&*+=~`]+$/;

/** Takes a word of a text apart; `undefined` where it is no link. */
export function parseLink(word: string): Link | undefined {
  const { text, isMixed, isVeiled } = unveiled(word.slice(0, MAX_LINK_CHARACTERS));
  const opened = text.replace(/^[("'<[{]+/, "");
  const plain = opened.includes("[.]") || opened.includes("(.)") ? opened.replaceAll(/\[\.\]|\(\.\)/g, ".") : opened;
  const isHidden = isVeiled || plain.length < opened.length || plain.startsWith("hxxp");
  const scheme = SCHEME.exec(plain)?.[0] ?? "";
  const rest = plain.slice(scheme.length);
  const border = rest.search(/[/?#]/);
  const authority = (border < 0 ? rest : rest.slice(0, border)).replace(/[.,;:!)\]}"'>]+$/, "");
  const user = authority.lastIndexOf("@");
  if (user >= 0 && scheme === "") return undefined;
  const port = /:\d{1,5}$/.exec(authority)?.[0] ?? "";
  const host = authority.slice(user + 1, authority.length - port.length);
  const hasPath = border >= 0 && rest.length > border + 1;
  const labels = host.split(".");
  if (labels.length < 2 || labels.some((label) => label.length > MAX_LABEL_CHARACTERS || !LABEL.test(label)))
    return undefined;
  const isAddress = labels.length === 4 && labels.every((label) => /^\d{1,3}$/.test(label));
  if (isAddress ? scheme === "" && border < 0 : !isName(labels, scheme !== "" || border >= 0)) return undefined;
  return {
    host,
    domain: isAddress ? host : domainOf(labels),
    hasScheme: scheme !== "",
    hasPath,
    isAddress,
    hasUser: user >= 0,
    isHomograph: isMixed || labels.some((label) => label.startsWith("xn--")),
    isHidden,
    labels: labels.length,
    hyphens: host.split("-").length - 1,
  };
}

/** A word as it is read, and whether it was disguised: by letters of two scripts, by characters that are not seen. */
function unveiled(word: string): { readonly text: string; readonly isMixed: boolean; readonly isVeiled: boolean } {
  let isPlain = true;
  for (let at = 0; at < word.length && isPlain; at += 1) isPlain = word.charCodeAt(at) < 0x80;
  if (isPlain) return { text: word.toLowerCase(), isMixed: false, isVeiled: false };
  let text = "";
  let latins = 0;
  let confusables = 0;
  let invisibles = 0;
  for (let at = 0; at < word.length; at += 1) {
    const code = word.charCodeAt(at);
    const kind = KIND[code];
    if (kind === INVISIBLE) invisibles += 1;
    else text += String.fromCharCode(LOOK[code] ?? code);
    if (kind === LATIN) latins += 1;
    if (kind === CONFUSABLE) confusables += 1;
  }
  return { text, isMixed: latins > 0 && confusables > 0, isVeiled: invisibles > 0 };
}

function isName(labels: readonly string[], isMarked: boolean): boolean {
  const suffix = labels.at(-1) ?? "";
  if (!/^(?:\p{L}{2,24}|xn--[a-z0-9-]+)$/u.test(suffix)) return false;
  return isMarked || labels[0] === "www" || COMMON_SUFFIXES.has(suffix);
}

function domainOf(labels: readonly string[]): string {
  const second = labels.at(-2) ?? "";
  const isDeep = labels.length > 2 && (labels.at(-1) ?? "").length === 2 && SECOND_LEVELS.has(second);
  return labels.slice(isDeep ? -3 : -2).join(".");
}
