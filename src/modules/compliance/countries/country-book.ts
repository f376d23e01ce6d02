import type { Setting, SettingIndex } from "../settings/index.ts";
import type { CountryRule } from "./country-rule.ts";
import { COUNTRY_TABLE, unknownCountry } from "./country-table.ts";

/** What the operator knows better of a country: takes the place of the table's fields. */
export interface CountryOverride {
  readonly country: string;
  readonly rule: Partial<Omit<CountryRule, "country" | "version">>;
  /** Where the operator has it from. */
  readonly source: { readonly url: string; readonly read: string };
}

/** A country's rule with its patterns made ready. */
export interface ReadyCountry {
  readonly rule: CountryRule;
  readonly alphanumericPattern: RegExp | undefined;
  readonly shortCodePattern: RegExp | undefined;
  readonly genericNames: ReadonlySet<string>;
}

/** The rules of countries, from memory: the table, and what the operator changed. */
export class CountryBook implements SettingIndex {
  readonly kinds = ["country-rule"] as const;
  private readonly overrides = new Map<string, CountryRule>();
  private readonly ready = new Map<string, ReadyCountry>();

  clear(): void {
    this.overrides.clear();
    this.ready.clear();
  }

  put({ document, revision }: Setting): void {
    const { country, rule, source } = document as CountryOverride;
    const table = COUNTRY_TABLE.get(country) ?? unknownCountry(country);
    const sources = [source, ...table.sources];
    this.overrides.set(country, { ...table, ...rule, country, sources, version: `operator-${revision}` });
    this.ready.delete(country);
  }

  remove({ document }: Setting): void {
    const { country } = document as CountryOverride;
    this.overrides.delete(country);
    this.ready.delete(country);
  }

  rule(country: string): CountryRule {
    return this.overrides.get(country) ?? COUNTRY_TABLE.get(country) ?? unknownCountry(country);
  }

  /** All countries that something is known of, in order. */
  all(): CountryRule[] {
    const countries = new Set([...COUNTRY_TABLE.keys(), ...this.overrides.keys()]);
    return [...countries].toSorted().map((country) => this.rule(country));
  }

  of(country: string): ReadyCountry {
    const known = this.ready.get(country);
    if (known !== undefined) return known;
    const rule = this.rule(country);
    const made: ReadyCountry = {
      rule,
      alphanumericPattern: patternOf(rule.alphanumericPattern),
      shortCodePattern: patternOf(rule.shortCodePattern),
      genericNames: new Set(rule.genericNames),
    };
    this.ready.set(country, made);
    return made;
  }
}

function patternOf(pattern: string | undefined): RegExp | undefined {
  return pattern === undefined ? undefined : new RegExp(pattern);
}
