import type { CarrierHealth, HealthSnapshot } from "../health.ts";
import { TRAFFIC_CLASSES } from "../request.ts";
import { HEALTH_INPUTS, type HealthFacts } from "../inputs/index.ts";
import type { CompiledTable } from "../table/index.ts";
import type { Destination } from "./locate.ts";

/** Why a route is not among the candidates, for people. */
export const LEFT_OUT = {
  notConfigured: "there is no such carrier, or it is switched off",
  class: "the route is not for this class of traffic",
  senderKind: "the route is not for this kind of sender",
  hours: "the route is closed at this hour",
  concatenation: "the carrier takes single segments only",
  ucs2: "the carrier takes no UCS-2",
  lessSpecific: "a more specific route of the carrier counts",
  worse: "another route of the carrier scores better",
} as const;

export type LeftOut = keyof typeof LEFT_OUT;

/** What candidates are chosen for. */
export interface Demand {
  readonly destination: Destination;
  readonly classIndex: number;
  readonly senderKindIndex: number;
  readonly isLong: boolean;
  readonly isUcs2: boolean;
  /** 0 to 23. */
  readonly hour: number;
  /** Of the inputs, see `contextOf`. */
  readonly context: number;
}

const NETWORK_SPECIFICITY = 2;
const COUNTRY_SPECIFICITY = 1;
const PRIORITIES = 2 ** 20;
const SPECIFICITIES = 2 ** 5;
const TIERS = 2 ** 25;
const MARKETING = TRAFFIC_CLASSES.indexOf("marketing");
const SCORES = 2 ** 26;
const MAX_SCORE = SCORES / 2 - 1;

/**
 * Gathers the routes that could take a message: of each carrier those to the most specific
 * destination, and of these the best. Holds its arrays, so that gathering allocates nothing.
 */
export class Candidates {
  /** How many there are. The arrays hold one in each of the first places. */
  count = 0;
  /** Row of the route. */
  readonly rows: Int32Array;
  /** 0 for all numbers, 1 country, 2 network, 2 + digits for a prefix. */
  readonly specificities: Uint8Array;
  /** Greater is better: usable ones with room, then saturated ones, then the others; then the order of the table, then the quantised score. */
  readonly keys: Float64Array;
  /** In points, not quantised. */
  readonly scores: Float64Array;
  private readonly table: CompiledTable;
  /** By carrier: 1 where the settings have it. */
  private readonly configured: Uint8Array;
  private readonly seenIn: Int32Array;
  private readonly seenAs: Uint8Array;
  private readonly places: Int32Array;
  private run = 0;
  /** What the snapshot says of each carrier, worked out when it is first asked for. */
  private readonly known: {
    snapshot: HealthSnapshot | undefined;
    run: number;
    readonly runs: Int32Array;
    /** 3 for a usable one with room, 2 for one that has none for marketing, 1 for one that has none, 0 for others. */
    readonly usable: Uint8Array;
    readonly scores: Float64Array;
    readonly healths: (CarrierHealth | undefined)[];
  };
  private readonly facts: { -readonly [K in keyof HealthFacts]: HealthFacts[K] };
  private readonly healthWeights: readonly number[];
  private readonly tierOf: (specificity: number, priority: number) => number;

  constructor(table: CompiledTable, configured: ReadonlySet<string> | undefined) {
    const { carriers } = table;
    this.table = table;
    this.configured = Uint8Array.from(carriers, ({ name }) =>
      configured === undefined || configured.has(name) ? 1 : 0,
    );
    this.rows = new Int32Array(carriers.length);
    this.specificities = new Uint8Array(carriers.length);
    this.keys = new Float64Array(carriers.length);
    this.scores = new Float64Array(carriers.length);
    this.seenIn = new Int32Array(carriers.length);
    this.seenAs = new Uint8Array(carriers.length);
    this.places = new Int32Array(carriers.length);
    this.known = {
      snapshot: undefined,
      run: 0,
      runs: new Int32Array(carriers.length),
      usable: new Uint8Array(carriers.length),
      scores: new Float64Array(carriers.length),
      healths: carriers.map(() => undefined),
    };
    this.facts = { ...table.assumed };
    this.healthWeights = HEALTH_INPUTS.map(({ name }) => table.weights.get(name) ?? 0);
    this.tierOf = tiersBy(table.order);
  }

  /** Whether the settings have the carrier. */
  isConfigured(carrier: number): boolean {
    return this.configured[carrier] === 1;
  }

  /** Gathers for a demand; tells of every route that is left out where that is asked for. */
  gather(demand: Demand, health: HealthSnapshot, onLeftOut?: (row: number, why: LeftOut) => void): void {
    const { table } = this;
    const { routes, network, country } = demand.destination;
    this.run += 1;
    this.count = 0;
    if (this.known.snapshot !== health) {
      this.known.snapshot = health;
      this.known.run += 1;
    }
    for (let at = routes; at >= 0;) {
      const specificity = NETWORK_SPECIFICITY + (table.prefixes.lengths[at] as number);
      this.takeList(table.prefixOffers, at, { specificity, demand, health, onLeftOut });
      const parent = table.prefixes.parents.at(at);
      at = parent < 0 ? -1 : table.routesAt.at(parent);
    }
    if (network >= 0) {
      this.takeList(table.networkOffers, network, { specificity: NETWORK_SPECIFICITY, demand, health, onLeftOut });
    }
    if (country >= 0) {
      this.takeList(table.countryOffers, country, { specificity: COUNTRY_SPECIFICITY, demand, health, onLeftOut });
    }
    const all = { specificity: 0, demand, health, onLeftOut };
    for (let at = 0; at < table.everywhere.length; at += 1) this.take(table.everywhere[at] as number, all);
  }

  private takeList(lists: CompiledTable["networkOffers"], index: number, level: Level): void {
    const end = lists.starts.at(index + 1);
    for (let at = lists.starts.at(index); at < end; at += 1) this.take(lists.offers.at(at), level);
  }

  private take(row: number, level: Level): void {
    const { specificity, demand, health, onLeftOut } = level;
    const { offers } = this.table;
    const carrier = offers.carrier.at(row);
    const isSeen = this.seenIn[carrier] === this.run;
    if (isSeen && this.seenAs[carrier] !== specificity) {
      onLeftOut?.(row, "lessSpecific");
      return;
    }
    if (!isSeen) {
      this.seenIn[carrier] = this.run;
      this.seenAs[carrier] = specificity;
      this.places[carrier] = -1;
    }
    const why = this.whyNot(row, carrier, demand);
    if (why !== undefined) {
      onLeftOut?.(row, why);
      return;
    }
    this.learn(carrier, health);
    const score = this.scoreOf(row, carrier, demand) + this.healthScore(carrier, demand.destination.network);
    const tier = this.tierOf(specificity, offers.priority.at(row));
    const key = (this.standingOf(carrier, demand) * TIERS + tier) * SCORES + this.quantise(score) + SCORES / 2;
    const known = this.places[carrier] as number;
    if (known >= 0 && (this.keys[known] as number) >= key) {
      onLeftOut?.(row, "worse");
      return;
    }
    const place = known >= 0 ? known : this.count;
    if (known >= 0) onLeftOut?.(this.rows[known] as number, "worse");
    else this.count += 1;
    this.places[carrier] = place;
    this.rows[place] = row;
    this.specificities[place] = specificity;
    this.scores[place] = score;
    this.keys[place] = key;
  }

  /** 2 for a usable carrier with room, 1 for one without, 0 for one that is not usable. */
  private standingOf(carrier: number, { classIndex }: Demand): number {
    const usable = this.known.usable[carrier] as number;
    if (usable < 2) return usable;
    return usable === 3 || classIndex !== MARKETING ? 2 : 1;
  }

  private whyNot(row: number, carrier: number, demand: Demand): LeftOut | undefined {
    const { offers, carriers } = this.table;
    if (this.configured[carrier] === 0) return "notConfigured";
    if (((offers.classes[row] as number) & (1 << demand.classIndex)) === 0) return "class";
    if (((offers.senderKinds[row] as number) & (1 << demand.senderKindIndex)) === 0) return "senderKind";
    if ((offers.hours.at(row) & (1 << demand.hour)) === 0) return "hours";
    const features = carriers[carrier];
    if (demand.isLong && features?.concatenation === false) return "concatenation";
    if (demand.isUcs2 && features?.ucs2 === false) return "ucs2";
    return undefined;
  }

  /** The part of the score that follows from the table. */
  private scoreOf(row: number, carrier: number, { context, destination }: Demand): number {
    const { offers, inputs, carriers } = this.table;
    const fixed = offers.score.at(row) + (inputs.scores[context * carriers.length + carrier] as number);
    if (inputs.pairKeys.length === 0 || destination.network < 0) return fixed;
    return fixed + this.pairScore(carrier * this.table.networks.length + destination.network, context);
  }

  private pairScore(key: number, context: number): number {
    const { pairKeys, pairScores, contexts } = this.table.inputs;
    let low = 0;
    let high = pairKeys.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (pairKeys.at(middle) < key) low = middle + 1;
      else high = middle;
    }
    return low < pairKeys.length && pairKeys.at(low) === key ? pairScores.at(low * contexts + context) : 0;
  }

  /** Works out what the snapshot says of a carrier, once. */
  private learn(carrier: number, snapshot: HealthSnapshot): void {
    const { known } = this;
    if (known.runs[carrier] === known.run) return;
    const health = snapshot.carriers.get(this.table.carriers[carrier]?.name ?? "");
    known.runs[carrier] = known.run;
    known.usable[carrier] = standing(health);
    known.healths[carrier] = health;
    known.scores[carrier] = this.pointsOf(this.healthFacts(health, -1));
  }

  /** The part of the score that follows from the snapshot. */
  private healthScore(carrier: number, network: number): number {
    const health = this.known.healths[carrier];
    const code = health?.networks === undefined || network < 0 ? undefined : this.table.networks[network]?.code;
    if (code === undefined || health?.networks?.has(code) !== true) return this.known.scores[carrier] as number;
    return this.pointsOf(this.healthFacts(health, network));
  }

  private pointsOf(facts: HealthFacts): number {
    let points = 0;
    for (let at = 0; at < HEALTH_INPUTS.length; at += 1) {
      const weight = this.healthWeights[at] as number;
      if (weight !== 0) points += weight * (HEALTH_INPUTS[at]?.value(facts) ?? 0);
    }
    return points;
  }

  /** What is known of a carrier towards a network, else overall, else assumed. The same object every time. */
  healthFacts(health: CarrierHealth | undefined, network: number): HealthFacts {
    const { facts, table } = this;
    const { assumed } = table;
    const overall = health?.quality;
    const code = network < 0 ? undefined : table.networks[network]?.code;
    const towards = code === undefined ? undefined : health?.networks?.get(code);
    facts.acceptRatio = towards?.acceptRatio ?? overall?.acceptRatio ?? assumed.acceptRatio;
    facts.deliveryRatio = towards?.deliveryRatio ?? overall?.deliveryRatio ?? assumed.deliveryRatio;
    facts.receiptLatencyMs = towards?.receiptLatencyMs ?? overall?.receiptLatencyMs ?? assumed.receiptLatencyMs;
    return facts;
  }

  private quantise(score: number): number {
    return Math.max(-MAX_SCORE, Math.min(MAX_SCORE, Math.round(score / this.table.quantum)));
  }
}

function standing(health: CarrierHealth | undefined): number {
  if (health === undefined) return 3;
  if (!health.usable) return 0;
  return health.saturated === undefined ? 3 : health.saturated === "marketing" ? 2 : 1;
}

/** Routes to one destination, and what they are wanted for. */
interface Level {
  readonly specificity: number;
  readonly demand: Demand;
  readonly health: HealthSnapshot;
  readonly onLeftOut: ((row: number, why: LeftOut) => void) | undefined;
}

/** Whether the key is that of a carrier that is usable. */
export function isUsableKey(key: number): boolean {
  return key >= TIERS * SCORES;
}

/** The quantised score that a key holds. */
export function scoreOfKey(key: number): number {
  return (key % SCORES) - SCORES / 2;
}

function tiersBy(order: CompiledTable["order"]): (specificity: number, priority: number) => number {
  const priorityTier = (priority: number): number => PRIORITIES - 1 - priority;
  const [first, second] = order;
  if (first === undefined) return () => 0;
  if (second === undefined)
    return first === "specificity" ? (specificity) => specificity : (_, priority) => priorityTier(priority);
  if (first === "specificity") return (specificity, priority) => specificity * PRIORITIES + priorityTier(priority);
  return (specificity, priority) => priorityTier(priority) * SPECIFICITIES + specificity;
}
