import type { Doubles, Ints } from "./chunked-list.ts";
import type { OrderKey } from "./document.ts";
import type { PrefixIndex } from "./prefix-index.ts";

/** A carrier of a table. */
export interface CompiledCarrier {
  readonly name: string;
  readonly currency: string;
  /** How many of the table's currency one of the carrier's is worth. */
  readonly rate: number;
  readonly concatenation: boolean;
  readonly ucs2: boolean;
  readonly receipts: boolean;
  readonly capacityPerSecond: number | undefined;
  /** Hash of the name, for the shares among equals. */
  readonly nameHash: number;
}

/** Routes as columns; a route of the document is one row, whatever the number of its destinations. */
export interface Offers {
  readonly count: number;
  /** Index of the carrier. */
  readonly carrier: Ints;
  readonly priority: Ints;
  readonly weight: Doubles;
  /** For each segment, in the carrier's currency. */
  readonly priceMicros: Doubles;
  /** A bit for each of `SENDER_KINDS`. */
  readonly senderKinds: Uint8Array;
  /** A bit for each of `TRAFFIC_CLASSES`. */
  readonly classes: Uint8Array;
  /** A bit for each hour in UTC. */
  readonly hours: Ints;
  /** What the inputs over the route come to. */
  readonly score: Doubles;
}

/** Rows of offers by where they lead: those of `i` are those from `starts[i]` to before `starts[i + 1]`. */
export interface OfferLists {
  readonly starts: Ints;
  readonly offers: Ints;
}

/** A given input. */
export interface InputColumn {
  readonly name: string;
  readonly weight: number;
  readonly classes: number;
  readonly hours: number;
  /** By carrier. */
  readonly values: Float32Array;
}

/** Values of inputs for single networks; sorted by `carrier × networks + network`. */
export interface NetworkValues {
  readonly keys: Doubles;
  /** Index of the column. */
  readonly columns: Ints;
  readonly values: Doubles;
}

/** The given inputs, and what they come to in each context: the hour (one for all where it makes no difference) times the class. */
export interface Inputs {
  readonly columns: readonly InputColumn[];
  readonly networkValues: NetworkValues;
  readonly contexts: number;
  /** Whether the hour makes a difference. */
  readonly isTimed: boolean;
  /** By context, then carrier. */
  readonly scores: Float64Array;
  /** The carriers and networks with values of their own, ascending, and what these change, by row, then context. */
  readonly pairKeys: Doubles;
  readonly pairScores: Doubles;
}

/** A table, ready to decide by. Never changes. */
export interface CompiledTable {
  /** 0 for the one that follows from the settings. */
  readonly version: number;
  /** SHA-256 of the canonical JSON, in hexadecimal. */
  readonly hash: string;
  readonly currency: string;
  readonly order: readonly OrderKey[];
  readonly quantum: number;
  /** By computed input. */
  readonly weights: ReadonlyMap<string, number>;
  readonly assumed: {
    readonly acceptRatio: number;
    readonly deliveryRatio: number;
    readonly receiptLatencyMs: number;
  };
  readonly carriers: readonly CompiledCarrier[];
  readonly carrierIndex: ReadonlyMap<string, number>;
  readonly networks: readonly CompiledNetwork[];
  /** Where the networks are from when they are not the table's own; they are no part of its hash. */
  readonly networksFrom: string | undefined;
  readonly networkIndex: ReadonlyMap<string, number>;
  /** Countries that routes name. */
  readonly countryIndex: ReadonlyMap<string, number>;
  readonly offers: Offers;
  readonly prefixes: PrefixIndex;
  /** The network of each prefix, or -1. */
  readonly prefixNetworks: Ints;
  /** Of each prefix: the longest one that has a network and is or contains it, or -1; and the same for routes. */
  readonly networkAt: Ints;
  readonly routesAt: Ints;
  readonly prefixOffers: OfferLists;
  readonly networkOffers: OfferLists;
  readonly countryOffers: OfferLists;
  /** Rows that lead everywhere. */
  readonly everywhere: readonly number[];
  readonly inputs: Inputs;
  /** Whether the hour makes a difference to any route or input. */
  readonly isTimed: boolean;
  readonly size: TableSize;
}

/** A network of a table. */
export interface CompiledNetwork {
  readonly code: string;
  readonly name: string;
  readonly country: string | undefined;
}

/** How much a table holds. */
export interface TableSize {
  readonly carriers: number;
  readonly networks: number;
  readonly prefixes: number;
  readonly routes: number;
  readonly inputs: number;
  readonly octets: number;
}
