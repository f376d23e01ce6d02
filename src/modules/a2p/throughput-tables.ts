/**
 * How fast registered traffic may go, as data. Carriers publish no numbers of their own;
 * these are the two tables in circulation, and they contradict each other. Which one holds
 * is the operator's choice, who knows what was agreed on.
 */

/** What shares a limit: AT&T counts by campaign, T-Mobile by brand, Verizon by number. */
export type LimitScope = "campaign" | "brand" | "number";

/** A limit of one operator, before it is told whose it is. */
export interface LimitRule {
  readonly scope: LimitScope;
  readonly segments: number;
  readonly per: "second" | "minute" | "day";
}

/** Limits of a message class. */
export interface ClassRow {
  readonly messageClass: string;
  readonly att: readonly LimitRule[];
  readonly tmobile: readonly LimitRule[];
  readonly verizon: readonly LimitRule[];
  readonly other: readonly LimitRule[];
}

/** Which class a score gives; the first row whose `minScore` is reached counts. */
export interface ScoreBand {
  readonly minScore: number;
  readonly messageClass: string;
}

/** What a brand may send to T-Mobile in a day, by score. */
export interface DailyBand {
  readonly minScore: number;
  readonly segments: number;
  readonly tier: "TOP" | "UPPER_MID" | "LOWER_MID" | "LOW";
}

export type ThroughputTableName = "registry" | "twilio";

/** One of the tables. */
export interface ThroughputTable {
  readonly name: ThroughputTableName;
  readonly source: string;
  readonly date: string;
  readonly classes: readonly ClassRow[];
  readonly declared: readonly ScoreBand[];
  readonly mixed: readonly ScoreBand[];
  readonly lowVolume: string;
  readonly soleProprietor: string;
  /** Whether special purposes (charity, political …) have classes of their own. */
  readonly hasSpecialClasses: boolean;
  readonly daily: readonly DailyBand[];
  /** Companies of the Russell 3000 index. */
  readonly dailyRussell3000: number;
  readonly dailySoleProprietor: number;
}

/** T-Mobile's day begins at midnight Pacific time (bird.com, throughput and daily caps). */
export const TMOBILE_ZONE = "America/Los_Angeles";
/**
 * T-Mobile's part of traffic to the United States: tables that give a total count its cap three
 * times (2,000 a day to T-Mobile are given as 6,000 in all). Traffic whose network is not known
 * is held to that total.
 */
export const UNKNOWN_NETWORK_DAILY_FACTOR = 3;

const rule = (scope: LimitScope, segments: number, per: LimitRule["per"]): LimitRule => ({ scope, segments, per });

/**
 * AT&T's figure by campaign and minute. Verizon publishes none; one large carrier of carriers
 * holds other networks to AT&T's figure (bird.com), here by number and second, Verizon's scope.
 */
const registryClass = (messageClass: string, perMinute: number): ClassRow => ({
  messageClass,
  att: [rule("campaign", perMinute, "minute")],
  tmobile: [],
  verizon: [rule("number", Math.max(1, Math.floor(perMinute / 60)), "second")],
  other: [rule("campaign", Math.min(10 * 60, perMinute), "minute")],
});

/** By the campaign registry's message classes. */
export const REGISTRY_TABLE: ThroughputTable = {
  name: "registry",
  source: "https://www.clickatell.com/faqs/answer/11-what-are-the-messaging-throughput-limits-for-10dlc-campaigns/",
  date: "2026-11-21",
  classes: [
    registryClass("A", 3_600),
    registryClass("B", 3_600),
    registryClass("C", 600),
    registryClass("D", 600),
    registryClass("E", 60),
    registryClass("F", 60),
    registryClass("T", 12),
    registryClass("G", 600),
    registryClass("P", 60),
    registryClass("S", 60_000),
    registryClass("Q", 3_000),
    registryClass("X", 3_000),
    registryClass("N", 3_600),
    registryClass("Z", 60),
    registryClass("W", 15),
  ],
  declared: [
    { minScore: 76, messageClass: "A" },
    { minScore: 51, messageClass: "C" },
    { minScore: 16, messageClass: "E" },
    { minScore: 0, messageClass: "T" },
  ],
  // The source leaves 66 and 67 out; they get the lower class.
  mixed: [
    { minScore: 86, messageClass: "B" },
    { minScore: 68, messageClass: "D" },
    { minScore: 26, messageClass: "F" },
    { minScore: 0, messageClass: "T" },
  ],
  lowVolume: "T",
  soleProprietor: "W",
  hasSpecialClasses: true,
  daily: [
    { minScore: 76, segments: 200_000, tier: "TOP" },
    { minScore: 51, segments: 40_000, tier: "UPPER_MID" },
    { minScore: 16, segments: 10_000, tier: "LOWER_MID" },
    { minScore: 0, segments: 2_000, tier: "LOW" },
  ],
  dailyRussell3000: 200_000,
  dailySoleProprietor: 1_000,
};

/** The same rate to each of the three large networks, by campaign. Rates below one a second are counted by the minute. */
const evenClass = (messageClass: string, perSecond: number): ClassRow => {
  const rate = [
    Number.isInteger(perSecond) ? rule("campaign", perSecond, "second") : rule("campaign", perSecond * 60, "minute"),
  ];
  const other = [
    Number.isInteger(perSecond) ? rule("campaign", Math.min(10, perSecond), "second") : (rate[0] as LimitRule),
  ];
  return { messageClass, att: rate, tmobile: rate, verizon: rate, other };
};

/** Messages a second, as Twilio states them and its resellers repeat. */
export const TWILIO_TABLE: ThroughputTable = {
  name: "twilio",
  source: "https://support.aircall.io/en-gb/articles/10375354774557",
  date: "2026-11-21",
  classes: [
    evenClass("A", 75),
    evenClass("B", 75),
    evenClass("C", 40),
    evenClass("D", 40),
    evenClass("E", 4),
    evenClass("F", 4),
    evenClass("T", 1.25),
    {
      messageClass: "W",
      att: [rule("campaign", 15, "minute")],
      tmobile: [rule("campaign", 1, "second")],
      verizon: [rule("campaign", 1, "second")],
      other: [rule("campaign", 1, "second")],
    },
  ],
  declared: [
    { minScore: 75, messageClass: "A" },
    { minScore: 50, messageClass: "C" },
    { minScore: 0, messageClass: "E" },
  ],
  mixed: [
    { minScore: 75, messageClass: "B" },
    { minScore: 50, messageClass: "D" },
    { minScore: 0, messageClass: "F" },
  ],
  lowVolume: "T",
  soleProprietor: "W",
  hasSpecialClasses: false,
  daily: [
    { minScore: 75, segments: 200_000, tier: "TOP" },
    { minScore: 50, segments: 40_000, tier: "UPPER_MID" },
    { minScore: 25, segments: 10_000, tier: "LOWER_MID" },
    { minScore: 0, segments: 2_000, tier: "LOW" },
  ],
  dailyRussell3000: 200_000,
  dailySoleProprietor: 1_000,
};

/** The tables by their names. */
export const THROUGHPUT_TABLES: Readonly<Record<ThroughputTableName, ThroughputTable>> = {
  registry: REGISTRY_TABLE,
  twilio: TWILIO_TABLE,
};
