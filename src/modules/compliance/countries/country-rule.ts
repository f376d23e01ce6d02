/** What a country lets be sent to it, as data. Every row says where it is from and when that was read. */

/** Where a statement stands. */
export interface RuleSource {
  readonly url: string;
  /** When it was read, `2026-11-21`. */
  readonly read: string;
}

/** What becomes of a kind of sender. `registered`: only those that are known there; `rewritten`: carriers replace it by one of theirs. */
export type SenderRule = "allowed" | "registered" | "forbidden" | "rewritten";

/** Minutes of the local day, from the first to before the second; `undefined`: not on that day. */
export type DayWindow = readonly [fromMinute: number, toMinute: number] | undefined;

/** When marketing may be sent, by the recipient's time. */
export interface MarketingHours {
  /** From Sunday to Saturday. */
  readonly days: readonly DayWindow[];
  /** Nor on these holidays. */
  readonly holidays?: "FR";
  readonly source: RuleSource;
}

export interface CountryRule {
  /** ISO 3166-1 alpha-2. */
  readonly country: string;
  readonly alphanumeric: SenderRule;
  /** Long numbers of other countries. */
  readonly foreignNumbers: SenderRule;
  /** What a name may consist of, beyond what is a name everywhere. */
  readonly alphanumericPattern?: string;
  /** Names that say nobody: blocked. In capitals. */
  readonly genericNames?: readonly string[];
  /** What short codes look like there. */
  readonly shortCodePattern?: string;
  /** Messages that are shown and not kept. */
  readonly flash: boolean;
  /** Public link shorteners are filtered. */
  readonly shorteners: "allowed" | "blocked";
  /** Marketing has to say STOP. */
  readonly stopMention: boolean;
  /** Alphanumeric senders are headers of the registries of India, with templates. */
  readonly registry?: "IN-DLT";
  readonly marketingHours?: MarketingHours;
  /** By state, ISO 3166-2 without the country; stricter than the country's. */
  readonly stateHours?: Readonly<Record<string, MarketingHours>>;
  /** Another sender for a kind of sender, where the operator has one that carriers there demand. */
  readonly rewriteTo?: { readonly local?: string; readonly alphanumeric?: string };
  readonly sources: readonly RuleSource[];
  /** Of the table below, or of the operator's own change. */
  readonly version: string;
}
