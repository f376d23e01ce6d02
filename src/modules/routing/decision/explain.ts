import type { HealthSnapshot } from "../health.ts";
import { HEALTH_INPUTS, ROUTE_INPUTS } from "../inputs/index.ts";
import type { RouteRequest } from "../request.ts";
import { holdsIn, type CompiledTable } from "../table/index.ts";
import { isUsableKey, LEFT_OUT, scoreOfKey, type Demand, type LeftOut } from "./candidates.ts";
import { conversationOf, type Decider, type Decision, type DecideOptions } from "./decider.ts";
import { Picker, rank, type Pick } from "./ranking.ts";

/** The most candidates, and the most routes left out, that an explanation describes; the others are counted. */
const MAX_DESCRIBED = 200;
/** The most given inputs of a candidate that are named, those with most points; the others are added up. */
const MAX_TERMS = 20;

/** A part of a score. */
export interface Term {
  readonly input: string;
  readonly value: number;
  readonly points: number;
}

/** A route that could take the message. */
export interface ExplainedCandidate {
  readonly carrier: string;
  /** From 1 on. */
  readonly place: number;
  /** What its route leads to: `prefix of 4 digits`, `network`, `country`, `everywhere`. */
  readonly destination: string;
  readonly usable: boolean;
  /** Why not, where it is not. */
  readonly reason: string | undefined;
  readonly excluded: boolean;
  readonly priority: number;
  readonly weight: number;
  /** For each segment, in the carrier's currency. */
  readonly priceMicros: number;
  readonly currency: string;
  /** In points; candidates that are equal after rounding to the table's quantum share the traffic. */
  readonly score: number;
  readonly quantisedScore: number;
  readonly terms: readonly Term[];
}

/** Why the ranking is what it is. A plain value. */
export interface Explanation extends Decision {
  readonly tableHash: string;
  readonly country: string | undefined;
  /** Where the networks are from when they are not the table's own. */
  readonly networksFrom: string | undefined;
  /** Whether the network is known of the number itself. */
  readonly ported: boolean;
  /** What is compared before the score. */
  readonly order: readonly string[];
  readonly quantum: number;
  readonly candidates: readonly ExplainedCandidate[];
  /** Candidates beyond those that are described. */
  readonly moreCandidates: number;
  readonly leftOut: readonly { readonly carrier: string; readonly why: string }[];
  readonly moreLeftOut: number;
}

/** Decides and says why: the same decision as {@link Decider.decide}, with every candidate and term. */
export function explain(
  decider: Decider,
  request: RouteRequest,
  health: HealthSnapshot,
  options: DecideOptions,
): Explanation {
  const { table, candidates } = decider;
  const decision = decider.decide(request, health, options);
  const demand = decider.demandOf(request, options);
  const excluded = options.excluded ?? [];
  const leftOut: { carrier: string; why: string }[] = [];
  let leftOutCount = 0;
  candidates.gather(demand, health, (row, why: LeftOut) => {
    leftOutCount += 1;
    if (leftOut.length < MAX_DESCRIBED) leftOut.push({ carrier: decider.carrierOf(row), why: LEFT_OUT[why] });
  });
  const ranking = rank(candidates, table);
  const pick: Pick = { rows: new Int32Array(candidates.count), count: 0 };
  const picker = new Picker(table);
  const conversation = conversationOf(request);
  picker.add(pick, ranking, { conversation, excluded, picksExcluded: false });
  picker.add(pick, ranking, { conversation, excluded, picksExcluded: true });
  const placeOf = new Map(Array.from(candidates.rows.subarray(0, candidates.count), (row, at) => [row, at]));
  const described = Array.from(pick.rows.subarray(0, MAX_DESCRIBED), (row, index) => {
    return describe({ decider, demand, health, excluded }, { row, at: placeOf.get(row) ?? 0, place: index + 1 });
  });
  return {
    ...decision,
    tableHash: table.hash,
    country: decider.countryOf(request.to, options.ported),
    networksFrom: table.networksFrom,
    ported: options.ported !== undefined,
    order: table.order,
    quantum: table.quantum,
    candidates: described,
    moreCandidates: pick.count - described.length,
    leftOut,
    moreLeftOut: leftOutCount - leftOut.length,
  };
}

interface Explaining {
  readonly decider: Decider;
  readonly demand: Demand;
  readonly health: HealthSnapshot;
  readonly excluded: readonly string[];
}

function describe(
  explaining: Explaining,
  { row, at, place }: { readonly row: number; readonly at: number; readonly place: number },
): ExplainedCandidate {
  const { decider, health, excluded } = explaining;
  const { table, candidates } = decider;
  const carrier = decider.carrierOf(row);
  const key = candidates.keys[at] as number;
  return {
    carrier,
    place,
    destination: destinationOf(candidates.specificities[at] as number),
    usable: isUsableKey(key),
    reason: isUsableKey(key) ? undefined : (health.carriers.get(carrier)?.reason ?? "not usable"),
    excluded: excluded.includes(carrier),
    priority: table.offers.priority.at(row),
    weight: table.offers.weight.at(row),
    priceMicros: table.offers.priceMicros.at(row),
    currency: table.carriers[table.offers.carrier.at(row)]?.currency ?? table.currency,
    score: candidates.scores[at] as number,
    quantisedScore: scoreOfKey(key),
    terms: [
      ...routeTerms(table, row),
      ...healthTerms(explaining, carrier),
      ...inputTerms(table, row, explaining.demand),
    ],
  };
}

function destinationOf(specificity: number): string {
  if (specificity > 2) return `prefix of ${specificity - 2} digits`;
  return ["everywhere", "country", "network"][specificity] ?? "";
}

function routeTerms(table: CompiledTable, row: number): Term[] {
  const { rate = 1 } = table.carriers[table.offers.carrier.at(row)] ?? {};
  const facts = {
    priceMicros: table.offers.priceMicros.at(row) * rate,
    priority: table.offers.priority.at(row),
  };
  return ROUTE_INPUTS.map((input) => termOf(table, input.name, input.value(facts)));
}

function healthTerms({ decider, demand, health }: Explaining, carrier: string): Term[] {
  const { table, candidates } = decider;
  const facts = candidates.healthFacts(health.carriers.get(carrier), demand.destination.network);
  return HEALTH_INPUTS.map((input) => termOf(table, input.name, input.value(facts)));
}

function termOf(table: CompiledTable, input: string, value: number): Term {
  return { input, value, points: (table.weights.get(input) ?? 0) * value };
}

function inputTerms(table: CompiledTable, row: number, { context, destination }: Demand): Term[] {
  const { columns, networkValues } = table.inputs;
  const carrier = table.offers.carrier.at(row);
  const own = new Map<number, number>();
  if (destination.network >= 0) {
    const key = carrier * table.networks.length + destination.network;
    for (let at = 0; at < networkValues.keys.length; at += 1) {
      if (networkValues.keys.at(at) === key) {
        own.set(networkValues.columns.at(at), networkValues.values.at(at));
      }
    }
  }
  const terms = columns.flatMap((column, index) => {
    const value = own.get(index) ?? column.values[carrier] ?? 0;
    if (value === 0 || !holdsIn(column, context)) return [];
    return [{ input: column.name, value, points: column.weight * value }];
  });
  if (terms.length <= MAX_TERMS) return terms;
  const sorted = terms.toSorted((one, other) => Math.abs(other.points) - Math.abs(one.points));
  const others = sorted.slice(MAX_TERMS).reduce((sum, { points }) => sum + points, 0);
  const rest = { input: `${sorted.length - MAX_TERMS} other inputs`, value: sorted.length - MAX_TERMS, points: others };
  return [...sorted.slice(0, MAX_TERMS), rest];
}
