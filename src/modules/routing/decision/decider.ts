import type { HealthSnapshot } from "../health.ts";
import { UNKNOWN_HEALTH } from "../health.ts";
import { SENDER_KINDS, TRAFFIC_CLASSES, type RouteRequest } from "../request.ts";
import { contextOf, hashText, stir, type CompiledTable } from "../table/index.ts";
import { Candidates, type Demand } from "./candidates.ts";
import { countryOfDestination, locate } from "./locate.ts";
import { Picker, rank, type Pick, type Ranking } from "./ranking.ts";

/** The most carriers that a decision names. */
export const MAX_RANKING = 8;

/** What was decided for a message. */
export interface Decision {
  readonly tableVersion: number;
  readonly healthVersion: number;
  /** Names of carriers, the best first, at most 8. Usable ones before the others, excluded ones last. */
  readonly ranking: readonly string[];
  /** How many of them, from the first on, are usable and not excluded. */
  readonly usable: number;
  /** Code of the network that was decided for; `undefined` where it is not known. */
  readonly network: string | undefined;
}

/** What a decision may depend on beside message and health. */
export interface DecideOptions {
  /** Carriers that have refused the message: they come after all others. */
  readonly excluded?: readonly string[] | undefined;
  /** For routes with hours; the same moment always leads to the same decision. */
  readonly atMs?: number | undefined;
  /** The recipient's network where it is known of the number itself. */
  readonly ported?: string | undefined;
}

/** What a segment costs with a carrier. */
export interface Price {
  /** In millionths. */
  readonly priceMicros: number;
  readonly currency: string;
}

const SLOTS = 2 ** 14;
/** 16 MiB of rows. */
const MAX_KEPT_ROWS = 4_000_000;
const HOUR_MS = 3_600_000;
const HOURS = 24;
const NOBODY: readonly string[] = [];

/**
 * Decides by one table. What does not depend on the conversation is kept, while the health
 * snapshot is the same, for the 16,384 kinds of demand that came last.
 */
export class Decider {
  readonly table: CompiledTable;
  readonly candidates: Candidates;
  private readonly picker: Picker;
  private readonly kept: (Ranking | undefined)[] = Array.from({ length: SLOTS }, () => undefined);
  private readonly keptRoutes = new Int32Array(SLOTS);
  private readonly keptDemands = new Int32Array(SLOTS);
  private keptRows = 0;
  private keptFor: HealthSnapshot = UNKNOWN_HEALTH;
  private readonly pick: Pick = { rows: new Int32Array(MAX_RANKING), count: 0 };

  /** `configured` are the carriers that there are; without it, all of the table's. */
  constructor(table: CompiledTable, configured?: ReadonlySet<string>) {
    this.table = table;
    this.candidates = new Candidates(table, configured);
    this.picker = new Picker(table);
  }

  /** Decides. The same arguments always give the same decision. */
  decide(request: RouteRequest, health: HealthSnapshot, options: DecideOptions): Decision {
    const { table, pick } = this;
    const excluded = options.excluded ?? NOBODY;
    const demand = this.demandOf(request, options);
    const ranking = this.rankingOf(demand, health);
    const conversation = conversationOf(request);
    pick.count = 0;
    this.picker.add(pick, ranking, { conversation, excluded, picksExcluded: false });
    const fresh = pick.count;
    if (excluded.length > 0) this.picker.add(pick, ranking, { conversation, excluded, picksExcluded: true });
    const names: string[] = [];
    let usable = 0;
    for (let at = 0; at < pick.count; at += 1) {
      const name = this.carrierOf(pick.rows[at] as number);
      names.push(name);
      if (at < fresh && usable === at && health.carriers.get(name)?.usable !== false) usable += 1;
    }
    const { network } = demand.destination;
    return {
      tableVersion: table.version,
      healthVersion: health.version,
      ranking: names,
      usable,
      network: network < 0 ? undefined : table.networks[network]?.code,
    };
  }

  /** What each segment costs with a carrier; `undefined` where the carrier is no candidate for it. */
  priceOf(carrier: string, request: RouteRequest, options: DecideOptions): Price | undefined {
    const { table } = this;
    const index = table.carrierIndex.get(carrier);
    if (index === undefined) return undefined;
    const { rows } = this.rankingOf(this.demandOf(request, options), this.keptFor);
    for (const row of rows) {
      if (table.offers.carrier.at(row) !== index) continue;
      const { currency = table.currency } = table.carriers[index] ?? {};
      return { priceMicros: table.offers.priceMicros.at(row), currency };
    }
    return undefined;
  }

  /** Whether any carrier has a route to the number, for whatever traffic. */
  serves(to: string, ported: string | undefined): boolean {
    const { table } = this;
    const { routes, network, country } = locate(table, to, ported);
    for (let at = routes; at >= 0;) {
      if (this.anyOf(table.prefixOffers, at)) return true;
      const parent = table.prefixes.parents.at(at);
      at = parent < 0 ? -1 : table.routesAt.at(parent);
    }
    if (network >= 0 && this.anyOf(table.networkOffers, network)) return true;
    if (country >= 0 && this.anyOf(table.countryOffers, country)) return true;
    return table.everywhere.some((row) => this.isOpen(row));
  }

  /** The code of the number's network, as far as the table knows it. */
  networkOf(to: string, ported: string | undefined): string | undefined {
    const { network } = locate(this.table, to, ported);
    return network < 0 ? undefined : this.table.networks[network]?.code;
  }

  /** The country of the number, as far as table or numbering plan know it. */
  countryOf(to: string, ported: string | undefined): string | undefined {
    return countryOfDestination(this.table, locate(this.table, to, ported).network, to);
  }

  /** What a request asks of a carrier. */
  demandOf(request: RouteRequest, { atMs = 0, ported }: DecideOptions): Demand {
    const { table } = this;
    const hour = table.isTimed ? Math.floor(atMs / HOUR_MS) % HOURS : 0;
    const classIndex = TRAFFIC_CLASSES.indexOf(request.trafficClass);
    return {
      destination: locate(table, request.to, ported),
      classIndex,
      senderKindIndex: SENDER_KINDS.indexOf(request.senderKind),
      isLong: request.segments > 1,
      isUcs2: request.encoding === "UCS-2",
      hour,
      context: contextOf(table.inputs, classIndex, hour),
    };
  }

  carrierOf(row: number): string {
    return this.table.carriers[this.table.offers.carrier.at(row)]?.name ?? "";
  }

  /** The order of the candidates, from what is kept if it is there. */
  rankingOf(demand: Demand, health: HealthSnapshot): Ranking {
    if (health !== this.keptFor) this.forget(health);
    const { destination } = demand;
    const routes = destination.routes + 1;
    const wanted = this.demandKey(demand);
    const slot = stir(routes, wanted) & (SLOTS - 1);
    const known = this.kept[slot];
    if (known !== undefined && this.keptRoutes[slot] === routes && this.keptDemands[slot] === wanted) return known;
    this.candidates.gather(demand, health);
    const ranking = rank(this.candidates, this.table);
    if (this.keptRows > MAX_KEPT_ROWS) this.forget(health);
    this.keptRows += ranking.rows.length - (this.kept[slot]?.rows.length ?? 0);
    this.kept[slot] = ranking;
    this.keptRoutes[slot] = routes;
    this.keptDemands[slot] = wanted;
    return ranking;
  }

  /** All that candidates depend on beside the routes of the prefix, as one number. */
  private demandKey({ destination, classIndex, senderKindIndex, isLong, isUcs2, hour }: Demand): number {
    const { network, country } = destination;
    const place = network >= 0 ? network : this.table.networks.length + 1 + country;
    const kind = (classIndex * SENDER_KINDS.length + senderKindIndex) * 4 + (isLong ? 2 : 0) + (isUcs2 ? 1 : 0);
    return (place * HOURS + hour) * TRAFFIC_CLASSES.length * SENDER_KINDS.length * 4 + kind;
  }

  private forget(health: HealthSnapshot): void {
    this.kept.fill(undefined);
    this.keptRows = 0;
    this.keptFor = health;
  }

  private anyOf(lists: CompiledTable["networkOffers"], index: number): boolean {
    const end = lists.starts.at(index + 1);
    for (let at = lists.starts.at(index); at < end; at += 1) if (this.isOpen(lists.offers.at(at))) return true;
    return false;
  }

  private isOpen(row: number): boolean {
    return this.candidates.isConfigured(this.table.offers.carrier.at(row));
  }
}

/** What makes a conversation: account, sender and recipient. */
export function conversationOf({ accountSid, from, to }: RouteRequest): number {
  return hashText(to, hashText(from, hashText(accountSid, 0)));
}
