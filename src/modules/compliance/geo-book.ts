import type { Setting, SettingIndex } from "./settings/index.ts";

/** Whether an account may send to a country, or to numbers of a prefix. */
export interface GeoPermission {
  /** ISO 3166-1 alpha-2, or a prefix with plus: `+882`. */
  readonly place: string;
  readonly enabled: boolean;
}

/** What is permitted where an account has said nothing. */
export interface GeoDefaults {
  /** The home country of an account that has no other. */
  readonly homeCountry: string;
  /** Further countries for everybody, or `all`. */
  readonly countries: readonly string[] | "all";
}

/** Countries of which much fraud comes: only the operator can permit them (Twilio's error 30649, read 2026-11-21). */
export const HIGH_RISK_COUNTRIES: ReadonlySet<string> = new Set([
  "AZ",
  "BD",
  "DZ",
  "IL",
  "LK",
  "NG",
  "OM",
  "PK",
  "PS",
  "TJ",
  "TN",
]);

/** Which accounts may send where, from memory. */
export class GeoBook implements SettingIndex {
  readonly kinds = ["geo-permission"] as const;
  private readonly own = new Map<string, Map<string, boolean>>();
  private readonly defaults: ReadonlySet<string> | undefined;
  private readonly homeCountryOf: (accountSid: string) => string | undefined;
  private readonly homeCountry: string;
  private readonly mainOf: (accountSid: string) => string | undefined;

  constructor(options: {
    defaults: GeoDefaults;
    homeCountryOf?: (accountSid: string) => string | undefined;
    mainOf?: (accountSid: string) => string | undefined;
  }) {
    const { homeCountry, countries } = options.defaults;
    this.homeCountry = homeCountry;
    this.defaults = countries === "all" ? undefined : new Set(countries);
    this.homeCountryOf = options.homeCountryOf ?? (() => undefined);
    this.mainOf = options.mainOf ?? (() => undefined);
  }

  clear(): void {
    this.own.clear();
  }

  put({ accountSid, document }: Setting): void {
    const { place, enabled } = document as GeoPermission;
    const places = this.own.get(accountSid);
    if (places === undefined) this.own.set(accountSid, new Map([[place, enabled]]));
    else places.set(place, enabled);
  }

  remove({ accountSid, document }: Setting): void {
    this.own.get(accountSid)?.delete((document as GeoPermission).place);
  }

  /** By the account's own word, its main account's, or the default. */
  isPermitted(accountSid: string, country: string): boolean {
    if (this.own.size > 0) {
      const said = this.said(accountSid, country);
      if (said !== undefined) return said;
    }
    if (this.defaults === undefined || this.defaults.has(country)) return true;
    return (this.homeCountryOf(accountSid) ?? this.homeCountry) === country;
  }

  /** Premium prefixes are never permitted by default. */
  hasPrefix(accountSid: string, prefix: string): boolean {
    return this.said(accountSid, prefix) ?? false;
  }

  private said(accountSid: string, place: string): boolean | undefined {
    const own = this.own.get(accountSid)?.get(place);
    if (own !== undefined) return own;
    const main = this.mainOf(accountSid);
    return main === undefined ? undefined : this.own.get(main)?.get(place);
  }
}
