/** The format of a routing table as JSON, and its limits. Described for people in docs/subsystems/routing.md. */
import type { SenderKind, TrafficClass } from "../request.ts";

export const TABLE_FORMAT = "trunkline-routes/1";

/** What a table may hold at most. One more of anything is refused. */
export const TABLE_LIMITS = {
  carriers: 5_000,
  networks: 50_000,
  /** Prefixes of networks and of routes together. */
  prefixes: 1_000_000,
  /** Destinations of routes: a route that names three prefixes counts three times. */
  routes: 2_000_000,
  inputs: 1_000,
  /** Values of all inputs together. */
  inputValues: 6_000_000,
  /** Inputs that hold for other classes or hours than the rest form groups. */
  inputGroups: 64,
  /** Canonical JSON. */
  octets: 64 * 1024 * 1024,
  nameCharacters: 64,
  priority: 1_000_000,
  weight: 1_000_000,
  priceMicros: 1_000_000_000,
  currencies: 200,
} as const;

/** Keys that candidates are compared by before their scores. */
export type OrderKey = "specificity" | "priority";

/** What holds for the whole table. */
export interface TableHead {
  /** {@link TABLE_FORMAT}. */
  readonly format: string;
  /** ISO 4217; prices are compared in it. */
  readonly currency: string;
  /** What one unit of another currency is worth in `currency`. */
  readonly rates?: Readonly<Record<string, number>>;
  /** Compared one after the other before the score; none by default. */
  readonly order?: readonly OrderKey[];
  /** Scores that are equal after rounding to this many points share traffic; 1 by default. */
  readonly quantum?: number;
  /** Points for each computed input, by its name in `inputs/index.ts`; what is not named weighs as it says there. */
  readonly weights?: Readonly<Record<string, number>>;
  /** What is assumed of a carrier of which nothing is known yet. */
  readonly assumed?: {
    readonly acceptRatio?: number;
    readonly deliveryRatio?: number;
    readonly receiptLatencyMs?: number;
  };
}

/** A carrier that may get traffic. */
export interface TableCarrier {
  /** As the settings name it. */
  readonly name: string;
  /** The carrier's currency; the table's by default. */
  readonly currency?: string;
  /** Each is true by default. */
  readonly features?: { readonly concatenation?: boolean; readonly ucs2?: boolean; readonly receipts?: boolean };
  /** How many parts it takes a second; the default weight of its routes. */
  readonly capacityPerSecond?: number;
}

/**
 * A network and the numbers that were given to it; several entries of one code are one
 * network. A table without a list of networks gets those of `data/networks.ts`.
 */
export interface TableNetwork {
  /** MCC and MNC as digits, or `GB:name` where there is none. */
  readonly code: string;
  /** ISO 3166-1 alpha-2; by default that of the code, else of its first prefix. */
  readonly country?: string;
  readonly name?: string;
  /** E.164 digits without plus. */
  readonly prefixes?: readonly string[];
}

/** Destinations that a carrier takes, on the same terms. Where no list is given it takes all. */
export interface TableRoute {
  readonly carrier: string;
  readonly prefixes?: readonly string[];
  readonly networks?: readonly string[];
  readonly countries?: readonly string[];
  /** Lower is better; 0 by default. */
  readonly priority?: number;
  /** Share among equals; by default the carrier's capacity, else 100. */
  readonly weight?: number;
  /** For each segment, in millionths of the carrier's currency; 0 by default. */
  readonly priceMicros?: number;
  /** All by default. */
  readonly senderKinds?: readonly SenderKind[];
  /** All by default. */
  readonly classes?: readonly TrafficClass[];
  /** UTC, `to` not included; over midnight where `from` is greater. All day by default. */
  readonly hours?: TableHours;
}

/** Whole hours of the day in UTC. */
export interface TableHours {
  /** 0 to 23. */
  readonly from: number;
  /** 0 to 24, not included. */
  readonly to: number;
}

/**
 * A data point of every carrier: a column of numbers. What is not named is 0. Several
 * entries of one name are one column, and have to agree in everything but the values.
 */
export interface TableInput {
  readonly name: string;
  /** Points for each unit of the values. */
  readonly weight: number;
  /** By carrier name, or in the order of the carriers with `null` for none. */
  readonly values?: Readonly<Record<string, number>> | readonly (number | null)[];
  /** By network code, then carrier name: counts instead of `values` where it is there. */
  readonly networkValues?: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly classes?: readonly TrafficClass[];
  readonly hours?: TableHours;
}

/** A whole table, or a part of one: parts are read one after the other, the head with the first. */
export interface TablePart extends Partial<TableHead> {
  readonly carriers?: readonly TableCarrier[];
  readonly networks?: readonly TableNetwork[];
  readonly inputs?: readonly TableInput[];
  readonly routes?: readonly TableRoute[];
}

/** A table in one piece. */
export interface TableDocument extends TableHead, TablePart {
  readonly format: string;
  readonly currency: string;
}
