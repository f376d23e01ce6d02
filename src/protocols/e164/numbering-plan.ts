import { CALLING_CODES, SHARED_PREFIXES } from "./calling-codes.ts";
import { NANP_AREA_CODES, NANP_NON_GEOGRAPHIC, NANP_PREMIUM, NANP_TOLL_FREE } from "./nanp-area-codes.ts";

/** What the digits alone say about a number: `undefined` where the plan does not tell. */
export type NumberKind = "geographic" | "toll-free" | "premium" | "non-geographic";

/** What the longest known prefix of a number says. */
interface PrefixFacts {
  /** ISO 3166-1 alpha-2; absent for numbers of no country. */
  readonly country?: string;
  /** ISO 3166-2 subdivision without its country: a US state or Canadian province. */
  readonly region?: string;
  readonly kind?: NumberKind;
}

/** In the tables: a calling code of no country. */
const NO_COUNTRY = "001";
const NANP = "1";
const NANP_MAIN_COUNTRY = "US";
const UNIVERSAL_FREEPHONE = "800";
const DIGITS = 10;
const ZERO = 0x30;

/** A digit trie in one array: node `n` has its ten children at `n * 10`; 0 is no child, the root is node 0. */
const children: number[] = Array.from<number>({ length: DIGITS }).fill(0);
const facts: Array<PrefixFacts | undefined> = [undefined];

function insert(prefix: string, value: PrefixFacts): void {
  let node = 0;
  for (let index = 0; index < prefix.length; index++) {
    const slot = node * DIGITS + prefix.charCodeAt(index) - ZERO;
    let child = children[slot] ?? 0;
    if (child === 0) {
      child = facts.length;
      children[slot] = child;
      facts.push(undefined);
      for (let digit = 0; digit < DIGITS; digit++) children.push(0);
    }
    node = child;
  }
  facts[node] = value;
}

function insertAll(prefixes: string, before: string, value: PrefixFacts): void {
  for (const prefix of prefixes.split(" ")) insert(before + prefix, value);
}

for (const [code, country] of Object.entries(CALLING_CODES)) {
  insert(code, country === NO_COUNTRY ? {} : { country });
}
insert(UNIVERSAL_FREEPHONE, { kind: "toll-free" });
for (const [country, prefixes] of Object.entries(SHARED_PREFIXES)) insertAll(prefixes, "", { country });
for (const [place, areaCodes] of Object.entries(NANP_AREA_CODES)) {
  const [country = NANP_MAIN_COUNTRY, region] = place.split("-");
  insertAll(areaCodes, NANP, { country, kind: "geographic", ...(region === undefined ? {} : { region }) });
}
insertAll(NANP_TOLL_FREE, NANP, { country: NANP_MAIN_COUNTRY, kind: "toll-free" });
insertAll(NANP_PREMIUM, NANP, { country: NANP_MAIN_COUNTRY, kind: "premium" });
insertAll(NANP_NON_GEOGRAPHIC, NANP, { country: NANP_MAIN_COUNTRY, kind: "non-geographic" });

/** The facts of the longest known prefix of the digits of `e164` from `start` on; `undefined` when no code fits. */
function factsOf(e164: string, start: number): PrefixFacts | undefined {
  let node = 0;
  let found: PrefixFacts | undefined;
  for (let index = start; index < e164.length; index++) {
    const digit = e164.charCodeAt(index) - ZERO;
    if (digit < 0 || digit >= DIGITS) break;
    node = children[node * DIGITS + digit] ?? 0;
    if (node === 0) break;
    found = facts[node] ?? found;
  }
  return found;
}

/** Whether `digits` (no plus sign) begin with a calling code that is assigned. */
export function hasCallingCode(digits: string): boolean {
  return factsOf(digits, 0) !== undefined;
}

/**
 * The ISO 3166-1 country of a number in E.164 form (`+` and digits), by its
 * longest known prefix. A North American number with an area code that is not
 * in the tables counts as the United States. `undefined` for numbers of no
 * country (satellite, universal freephone) and unassigned codes.
 */
export function countryOf(e164: string): string | undefined {
  return factsOf(e164, 1)?.country;
}

/**
 * The US state or Canadian province of an E.164 number by its area code, as in
 * ISO 3166-2 without the country (`NY`, `ON`). `undefined` elsewhere, and for
 * area codes that serve several provinces.
 */
export function regionOf(e164: string): string | undefined {
  return factsOf(e164, 1)?.region;
}

/** Whether an E.164 number is a toll-free number of the North American Numbering Plan. */
export function isTollFree(e164: string): boolean {
  return e164.startsWith("+1") && numberKind(e164) === "toll-free";
}

/** What kind of number this is, where the prefix alone tells: in the North American plan, and +800. */
export function numberKind(e164: string): NumberKind | undefined {
  return factsOf(e164, 1)?.kind;
}

const codeByCountry = new Map<string, string>();
for (const [code, country] of Object.entries(CALLING_CODES)) {
  if (country !== NO_COUNTRY && !codeByCountry.has(country)) codeByCountry.set(country, code);
}
for (const [country, prefixes] of Object.entries(SHARED_PREFIXES)) {
  if (!codeByCountry.has(country)) codeByCountry.set(country, prefixes.split(" ")[0] ?? "");
}
for (const place of Object.keys(NANP_AREA_CODES)) {
  const country = place.slice(0, 2);
  if (!codeByCountry.has(country)) codeByCountry.set(country, NANP + (NANP_AREA_CODES[place] ?? "").slice(0, 3));
}
codeByCountry.set("CA", NANP);

/** All countries that have numbers in the plan, ISO 3166-1 alpha-2, in order of the alphabet. */
export const KNOWN_COUNTRIES: readonly string[] = [...codeByCountry.keys()].toSorted();

/** The digits that numbers of a country begin with, its first ones where there are several; `undefined` for no country. */
export function callingCodeOf(country: string): string | undefined {
  return codeByCountry.get(country);
}
