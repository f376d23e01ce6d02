/** One country of `GeoPermissions`. */
export interface GeoCountry {
  readonly place: string;
  readonly enabled: boolean;
  readonly high_risk: boolean;
}

/** One range of `GeoPermissions` that costs more than others. */
export interface GeoPrefix {
  readonly place: string;
  readonly enabled: boolean;
  readonly reason: string;
}

/** `GeoPermissions`. */
export interface GeoPermissions {
  readonly account_sid: string;
  readonly countries: readonly GeoCountry[];
  readonly prefixes: readonly GeoPrefix[];
}

/** Where something stands, and when it was read there. */
export interface Source {
  readonly url: string;
  readonly read: string;
}

/** An item of `CountryRules`. */
export interface CountryRule {
  readonly country: string;
  readonly alphanumeric: string;
  readonly alphanumeric_pattern: string | null;
  readonly generic_names_blocked: readonly string[];
  readonly foreign_numbers: string;
  readonly flash: boolean;
  readonly public_shorteners: string;
  readonly stop_mention: boolean;
  readonly registry: string | null;
  readonly rewrite_to: Readonly<Record<string, string>> | null;
  readonly marketing_hours: MarketingHours | null;
  readonly state_hours: Readonly<Record<string, MarketingHours>>;
  readonly sources: readonly Source[];
  readonly version: number | string;
}

/** When marketing may be sent, by day of the recipient's week. */
export interface MarketingHours {
  readonly public_holidays: boolean;
  readonly source: Source;
  readonly [day: string]: string | boolean | Source | null;
}

/** A country with its permission and its rule. */
export interface CountryRow {
  readonly code: string;
  readonly name: string;
  readonly isEnabled: boolean;
  readonly isHighRisk: boolean;
  readonly rule: CountryRule | undefined;
}

const NAMES = new Intl.DisplayNames(["en"], { type: "region" });

/** The name of a country; its code where it has none. */
export function countryName(code: string): string {
  try {
    return NAMES.of(code) ?? code;
  } catch {
    return code;
  }
}

/** Countries with their permission and rule, by name. */
export function countryRows(countries: readonly GeoCountry[], rules: readonly CountryRule[]): readonly CountryRow[] {
  const ruleOf = new Map(rules.map((rule) => [rule.country, rule]));
  return countries
    .map(({ place, enabled, high_risk: isHighRisk }) => ({
      code: place,
      name: countryName(place),
      isEnabled: enabled,
      isHighRisk,
      rule: ruleOf.get(place),
    }))
    .toSorted((left, right) => left.name.localeCompare(right.name, "en"));
}

/** Which countries are shown. */
export type CountryFilter = "all" | "on" | "off" | "risk" | "strict";

/** Countries whose name or code fits what was typed, and of the kind that is asked for. */
export function filterCountries(
  rows: readonly CountryRow[],
  search: string,
  filter: CountryFilter,
): readonly CountryRow[] {
  const wanted = fold(search);
  return rows.filter((row) => {
    if (filter === "on" && !row.isEnabled) return false;
    if (filter === "off" && row.isEnabled) return false;
    if (filter === "risk" && !row.isHighRisk) return false;
    if (filter === "strict" && demandsOf(row.rule).length === 0) return false;
    return wanted === "" || row.code.toLowerCase() === wanted || fold(row.name).includes(wanted);
  });
}

/** Without accents and case: `Türkiye` is found by `turkiye`. */
function fold(text: string): string {
  return text.trim().normalize("NFD").replaceAll(/\p{M}/gu, "").toLowerCase();
}

/** What a country demands beyond the usual, in a few words each. */
export function demandsOf(rule: CountryRule | undefined): readonly string[] {
  if (rule === undefined) return [];
  const demands: string[] = [];
  if (rule.alphanumeric !== "allowed") demands.push(`names ${rule.alphanumeric}`);
  if (rule.foreign_numbers !== "allowed") demands.push(`foreign numbers ${rule.foreign_numbers}`);
  if (rule.registry !== null) demands.push(`registry ${rule.registry}`);
  if (rule.public_shorteners === "blocked") demands.push("no public shorteners");
  if (rule.stop_mention) demands.push("marketing has to say STOP");
  if (rule.marketing_hours !== null || Object.keys(rule.state_hours).length > 0) demands.push("marketing hours");
  if (!rule.flash) demands.push("no flash messages");
  return demands;
}

const DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] as const;

/** The hours of a week, days with the same hours together: `monday to friday 09:00-21:00`. */
export function weekOf(hours: MarketingHours): readonly string[] {
  const parts: { first: string; last: string; window: string }[] = [];
  for (const day of DAYS) {
    const value = hours[day];
    const window = typeof value === "string" ? value : "never";
    const latest = parts.at(-1);
    if (latest?.window === window) latest.last = day;
    else parts.push({ first: day, last: day, window });
  }
  return parts.map(({ first, last, window }) => `${first === last ? first : `${first} to ${last}`}: ${window}`);
}

/** An item of `OptOuts`, and of the history of one. */
export interface Consent {
  readonly sid: string;
  readonly scope: string;
  readonly recipient: string;
  readonly state: "opted-out" | "opted-in";
  readonly source: string;
  readonly number: string | null;
  readonly keyword: string | null;
  readonly message_sid: string | null;
  readonly actor: string | null;
  readonly date_changed: string;
}

/** Numbers as people paste them, one a line or apart by commas; each once, without what they write between digits. */
export function recipientsOf(text: string): readonly string[] {
  const numbers = text
    .split(/[\n,;]+/)
    .map((part) => part.replaceAll(/[\s().-]/g, ""))
    .filter((part) => part !== "");
  return [...new Set(numbers)];
}
