import { phraseHash } from "./lexicon.ts";
import { PUBLIC_SHORTENERS } from "../public-shorteners.ts";
import type { Link } from "./links.ts";

/** A name that others like to pretend to be. */
export interface Brand {
  /** One or two words. */
  readonly name: string;
  /** Where its own links lead. */
  readonly domains: readonly string[];
  /** Who may speak in its name. */
  readonly accountSids: readonly string[];
}

export interface SpamLists {
  readonly blockedDomains: ReadonlySet<string>;
  readonly allowedDomains: ReadonlySet<string>;
  readonly shorteners: ReadonlySet<string>;
  readonly brands: ReadonlyMap<number, Brand>;
  /** Until when accounts are exempt, in milliseconds. */
  readonly exempt: ReadonlyMap<string, number>;
}

export function emptyLists(): SpamLists {
  return {
    blockedDomains: new Set(),
    allowedDomains: new Set(),
    shorteners: PUBLIC_SHORTENERS,
    brands: new Map(),
    exempt: new Map(),
  };
}

/** The lists that brands and domains make. */
export function spamLists(given: {
  readonly blockedDomains?: Iterable<string>;
  readonly allowedDomains?: Iterable<string>;
  readonly shorteners?: Iterable<string>;
  readonly brands?: Iterable<Brand>;
  readonly exempt?: Iterable<readonly [string, number]>;
}): SpamLists {
  const brands = new Map<number, Brand>();
  for (const brand of given.brands ?? []) {
    const hash = phraseHash(brand.name);
    if (hash !== undefined) brands.set(hash, brand);
  }
  return {
    blockedDomains: new Set(given.blockedDomains),
    allowedDomains: new Set(given.allowedDomains),
    shorteners: new Set([...PUBLIC_SHORTENERS, ...(given.shorteners ?? [])]),
    brands,
    exempt: new Map(given.exempt),
  };
}

const MAX_LABELS = 8;

/** The entry of a set that a host is, or lies below. */
export function listedAs(host: string, set: ReadonlySet<string>): string | undefined {
  if (set.size === 0) return undefined;
  let rest = host;
  for (let labels = 0; labels < MAX_LABELS; labels += 1) {
    if (set.has(rest)) return rest;
    const dot = rest.indexOf(".");
    if (dot < 0) return undefined;
    rest = rest.slice(dot + 1);
  }
  return undefined;
}

const CHEAP_SUFFIXES = new Set(
  "xyz top icu win bid loan click work quest sbs cfd cyou buzz rest tk ml ga cf gq site online space website fun club live vip link".split(
    " ",
  ),
);
const MANY_LABELS = 4;
const MANY_HYPHENS = 2;

/** What is odd about links by themselves: 0 to 1, with its reason. */
export function oddityOf(links: readonly Link[]): { readonly value: number; readonly why: string } {
  let value = 0;
  let why = "";
  const note = (weight: number, reason: string): void => {
    value += weight;
    why = why === "" ? reason : `${why}, ${reason}`;
  };
  for (const link of links) {
    if (link.isAddress) note(0.9, `${link.host} is an address instead of a name`);
    if (link.hasUser) note(0.9, `${link.host} hides behind another name and an @`);
    if (link.isHomograph) note(1, `${link.host} is written with letters of other scripts`);
    if (link.isHidden) note(0.8, `${link.host} is written so that it is not seen as a link`);
    if (link.labels > MANY_LABELS) note(0.5, `${link.host} has ${link.labels} labels`);
    if (link.hyphens >= MANY_HYPHENS) note(0.4, `${link.host} has ${link.hyphens} hyphens`);
    if (CHEAP_SUFFIXES.has(link.host.slice(link.host.lastIndexOf(".") + 1)))
      note(0.4, `${link.host} has a suffix of throw-away domains`);
  }
  const [shown, real] = links;
  const differ = shown !== undefined && real !== undefined && shown.domain !== real.domain;
  if (differ && !shown.hasPath && !shown.hasScheme && real.hasScheme)
    note(0.6, `it shows ${shown.host} and leads to ${real.host}`);
  return { value: Math.min(1, value), why };
}
