import type { TableDocument } from "../../../src/modules/routing/index.ts";
import { TABLE_FORMAT } from "../../../src/modules/routing/index.ts";

/** Calling codes that are no beginning of one another: about 200 countries. */
const CALLING_CODES = (
  "20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 7 81 82 84 86 " +
  "90 91 92 93 94 95 98 211 212 213 216 218 220 221 222 223 224 225 226 227 228 229 230 231 232 233 234 235 236 237 " +
  "238 239 240 241 242 243 244 245 246 248 249 250 251 252 253 254 255 256 257 258 260 261 262 263 264 265 266 267 " +
  "268 269 290 291 297 298 299 350 351 352 353 354 355 356 357 358 359 370 371 372 373 374 375 376 377 378 380 381 " +
  "382 383 385 386 387 389 420 421 423 500 501 502 503 504 505 506 507 508 509 590 591 592 593 594 595 596 597 598 " +
  "599 670 672 673 674 675 676 677 678 679 680 681 682 683 685 686 687 688 689 690 691 692 850 852 853 855 856 880 " +
  "886 960 961 962 963 964 965 966 967 968 970 971 972 973 974 975 976 977 992 993 994 995 996 998"
).split(" ");
/** As many as there are at most. */
export const COUNTRIES = 200;
const NETWORKS_A_COUNTRY = 2;
/** Countries differ by this power of their rank: the first has about 6 % of the traffic. */
const SKEW = 0.6;

/** Share of the traffic that goes to countries in which its cell has no carrier of the country's own. */
export const FOREIGN_SHARE = 0.05;
/** How full the carriers of a country are when the largest of them is lost. */
const FULL_WITHOUT_ONE = 0.8;
/** How full the carriers for the whole world are while nothing is wrong. */
const WORLD_FULL = 0.2;

/** What a fleet has. */
export interface FleetSize {
  readonly cells: number;
  readonly carriers: number;
  readonly worldCarriers: number;
  readonly countries: number;
  /** Messages a second, over all cells. */
  readonly rate: number;
}

export interface Country {
  readonly index: number;
  readonly prefix: string;
  /** Share of all traffic. */
  readonly share: number;
  /** The two cells that have its carriers. */
  readonly cells: readonly number[];
  /** Indexes of its carriers. */
  readonly carriers: readonly number[];
}

/** A carrier as it is planned. */
export interface PlannedCarrier {
  readonly index: number;
  readonly name: string;
  /** `undefined` for a carrier that takes messages to everywhere. */
  readonly country: number | undefined;
  readonly perSecond: number;
  readonly cells: readonly number[];
}

export interface Plan {
  readonly size: FleetSize;
  readonly countries: readonly Country[];
  readonly carriers: readonly PlannedCarrier[];
  /** Countries by cell. */
  readonly homes: readonly (readonly Country[])[];
}

/**
 * Countries by Zipf's law, dealt to pairs of cells so that all cells carry about the same;
 * two to five carriers a country, any one of which can be missed; and a few for the world.
 */
export function planFleet(size: FleetSize): Plan {
  const weights = Array.from({ length: size.countries }, (_, rank) => (rank + 1) ** -SKEW);
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const counts = dealCarriers(weights, size.carriers - size.worldCarriers);
  const load = Array.from({ length: size.cells }, () => 0);
  const countries: Country[] = [];
  const carriers: PlannedCarrier[] = [];
  const homes: Country[][] = load.map(() => []);
  for (let index = 0; index < size.countries; index += 1) {
    const share = (weights[index] as number) / sum;
    const cells = load
      .map((_, cell) => cell)
      .toSorted((a, b) => (load[a] as number) - (load[b] as number) || a - b)
      .slice(0, 2);
    for (const cell of cells) load[cell] = (load[cell] as number) + share / 2;
    const count = counts[index] as number;
    const perSecond = (share * size.rate * (1 - FOREIGN_SHARE)) / FULL_WITHOUT_ONE / (count - 1);
    const own: number[] = [];
    for (let at = 0; at < count; at += 1) {
      own.push(carriers.length);
      carriers.push({ index: carriers.length, name: `c${index}-${at}`, country: index, perSecond, cells });
    }
    const country = { index, prefix: CALLING_CODES[index] as string, share, cells, carriers: own };
    countries.push(country);
    for (const cell of cells) (homes[cell] as Country[]).push(country);
  }
  const everywhere = load.map((_, cell) => cell);
  const perSecond = (size.rate * FOREIGN_SHARE) / WORLD_FULL / size.worldCarriers;
  for (let at = 0; at < size.worldCarriers; at += 1) {
    carriers.push({ index: carriers.length, name: `world-${at}`, country: undefined, perSecond, cells: everywhere });
  }
  return { size, countries, carriers, homes };
}

/** At least two carriers for each country, and the rest where one carries most. */
function dealCarriers(weights: readonly number[], count: number): number[] {
  const counts = weights.map(() => 2);
  for (let left = count - 2 * weights.length; left > 0; left -= 1) {
    let most = 0;
    for (let at = 1; at < counts.length; at += 1) {
      const isMore =
        (weights[at] as number) / (counts[at] as number) > (weights[most] as number) / (counts[most] as number);
      if (isMore) most = at;
    }
    counts[most] = (counts[most] as number) + 1;
  }
  return counts;
}

const OWN_PRICE = 3_000;
const WORLD_PRICE = 9_000;
/** What each further carrier of a country asks more where they are ranked and not equals. */
const PRICE_STEP = 1_500;

/**
 * How a country's carriers stand to each other. `equals` share by capacity until one is
 * clearly worse; of `measured` ones the receipts' latency counts too, with the usual
 * weights; `ranked` ones differ in price.
 */
export type Terms = "equals" | "measured" | "ranked";

/** What makes small differences of quality count for nothing, and a carrier that was not measured yet as good as one that was. */
const EQUALS = {
  weights: { receiptLatency: 0 },
  quantum: 2,
  assumed: { acceptRatio: 1, deliveryRatio: 1 },
} as const;

/** The routing table of a fleet. */
export function tableOf(plan: Plan, terms: Terms): TableDocument {
  return {
    format: TABLE_FORMAT,
    currency: "USD",
    ...(terms === "equals" ? EQUALS : {}),
    networks: plan.countries.flatMap(({ index, prefix }) =>
      Array.from({ length: NETWORKS_A_COUNTRY }, (_, at) => ({
        code: `${200 + index}0${at + 1}`,
        prefixes: [`${prefix}${2 + at}`],
      })),
    ),
    carriers: plan.carriers.map(({ name, perSecond }) => ({
      name,
      capacityPerSecond: Math.max(1, Math.round(perSecond)),
    })),
    routes: plan.carriers.map(({ index, name, country }) => {
      const home = country === undefined ? undefined : (plan.countries[country] as Country);
      if (home === undefined) return { carrier: name, priceMicros: WORLD_PRICE };
      const at = home.carriers.indexOf(index);
      return {
        carrier: name,
        prefixes: [home.prefix],
        priceMicros: OWN_PRICE + (terms === "ranked" ? at * PRICE_STEP : 0),
      };
    }),
  };
}

/** A number in a country, a new one for each message. */
export function phoneIn(country: Country, serial: number): string {
  const network = 2 + (serial % NETWORKS_A_COUNTRY);
  return `+${country.prefix}${network}${String(serial).padStart(11 - country.prefix.length, "0")}`;
}
