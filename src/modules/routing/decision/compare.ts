import { UNKNOWN_HEALTH, type HealthSnapshot } from "../health.ts";
import type { RouteRequest } from "../request.ts";
import { Slices, type CompiledTable } from "../table/index.ts";
import { Decider } from "./decider.ts";
import { countryOfDestination } from "./locate.ts";

/** A message of the past, and the carrier that took it. */
export interface PastRequest extends RouteRequest {
  readonly sid?: string | undefined;
  readonly carrier?: string | undefined;
  readonly atMs?: number | undefined;
}

/** What comparing two tables needs. */
export interface Comparing {
  readonly traffic: AsyncIterable<PastRequest>;
  readonly from: CompiledTable;
  readonly to: CompiledTable;
  /** The carriers that there are; without it, all of the tables'. */
  readonly configured?: ReadonlySet<string> | undefined;
  /** Expected delivery is as in this snapshot. */
  readonly health?: HealthSnapshot | undefined;
  readonly networkOf?: ((e164: string) => string | undefined) | undefined;
  readonly pause: () => Promise<void>;
  /** At most so many messages; 1,000,000 by default. */
  readonly maxMessages?: number | undefined;
}

/** One side of a comparison. Money is in millionths of that side's table currency. */
export interface Side {
  readonly messages: number;
  readonly segments: number;
  readonly costMicros: number;
  /** Mean over the messages; `undefined` without any. */
  readonly deliveryRatio: number | undefined;
}

/** What changes for one carrier in one country. */
export interface ComparedRow {
  readonly carrier: string;
  /** ISO 3166-1, or `??`. */
  readonly country: string;
  readonly before: Side;
  readonly after: Side;
  /** Messages that leave the carrier, and that come to it. */
  readonly movedAway: number;
  readonly movedHere: number;
}

/** A message whose carrier changes. */
export interface ChangedDecision {
  readonly sid: string | undefined;
  readonly to: string;
  /** The carrier that took it in fact. */
  readonly carrier: string | undefined;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** What a table would have changed. */
export interface Comparison {
  readonly from: { readonly version: number; readonly hash: string; readonly currency: string };
  readonly to: { readonly version: number; readonly hash: string; readonly currency: string };
  readonly messages: number;
  /** Whether there was more traffic than the maximum. */
  readonly isCut: boolean;
  readonly moved: number;
  readonly unroutableBefore: number;
  readonly unroutableAfter: number;
  readonly before: Side;
  readonly after: Side;
  /** The rows with most moved messages first. */
  readonly rows: readonly ComparedRow[];
  readonly sample: readonly ChangedDecision[];
}

const MAX_MESSAGES = 1_000_000;
const MAX_ROWS = 20_000;
const MAX_SAMPLE = 50;
/** Steps of a message, so that a slice holds about a millisecond of them. */
const MESSAGE_STEPS = 40;

/** Decides past traffic by two tables and adds up what would change. Memory is bounded, and everything else runs in between. */
export async function compareTables(comparing: Comparing): Promise<Comparison> {
  const { traffic, health = UNKNOWN_HEALTH, pause, maxMessages = MAX_MESSAGES } = comparing;
  const sums = new Sums(comparing, health);
  const slices = new Slices(pause);
  let isCut = false;
  for await (const request of traffic) {
    if (sums.messages >= maxMessages) {
      isCut = true;
      break;
    }
    sums.add(request);
    if (slices.due(MESSAGE_STEPS)) await slices.rest();
  }
  return sums.result(isCut);
}

/** A sum that grows. */
class Tally {
  messages = 0;
  segments = 0;
  costMicros = 0;
  delivered = 0;

  add(segments: number, outcome: Outcome): void {
    this.messages += 1;
    this.segments += segments;
    this.costMicros += outcome.costMicros;
    this.delivered += outcome.deliveryRatio;
  }

  side(): Side {
    const { messages, segments, costMicros, delivered } = this;
    return {
      messages,
      segments,
      costMicros: Math.round(costMicros),
      deliveryRatio: messages === 0 ? undefined : delivered / messages,
    };
  }
}

/** What one table makes of a message. */
interface Outcome {
  readonly carrier: string | undefined;
  readonly country: string;
  readonly costMicros: number;
  readonly deliveryRatio: number;
}

class RowSums {
  readonly carrier: string;
  readonly country: string;
  readonly before = new Tally();
  readonly after = new Tally();
  movedAway = 0;
  movedHere = 0;

  constructor(carrier: string, country: string) {
    this.carrier = carrier;
    this.country = country;
  }
}

class Sums {
  messages = 0;
  private moved = 0;
  private unroutableBefore = 0;
  private unroutableAfter = 0;
  private readonly before = new Tally();
  private readonly after = new Tally();
  private readonly rows = new Map<string, RowSums>();
  private readonly sample: ChangedDecision[] = [];
  private readonly comparing: Comparing;
  private readonly health: HealthSnapshot;
  private readonly old: Decider;
  private readonly next: Decider;

  constructor(comparing: Comparing, health: HealthSnapshot) {
    this.comparing = comparing;
    this.health = health;
    this.old = new Decider(comparing.from, comparing.configured);
    this.next = new Decider(comparing.to, comparing.configured);
  }

  add(request: PastRequest): void {
    const before = this.outcome(this.old, request);
    const after = this.outcome(this.next, request);
    const { segments } = request;
    this.messages += 1;
    if (before.carrier === undefined) this.unroutableBefore += 1;
    else {
      this.before.add(segments, before);
      this.row(before.carrier, before.country).before.add(segments, before);
    }
    if (after.carrier === undefined) this.unroutableAfter += 1;
    else {
      this.after.add(segments, after);
      this.row(after.carrier, after.country).after.add(segments, after);
    }
    if (before.carrier === after.carrier) return;
    this.moved += 1;
    if (before.carrier !== undefined) this.row(before.carrier, before.country).movedAway += 1;
    if (after.carrier !== undefined) this.row(after.carrier, after.country).movedHere += 1;
    if (this.sample.length >= MAX_SAMPLE) return;
    const { sid, to, carrier } = request;
    this.sample.push({ sid, to, carrier, before: before.carrier, after: after.carrier });
  }

  result(isCut: boolean): Comparison {
    const { messages, moved, unroutableBefore, unroutableAfter, sample } = this;
    const rows = [...this.rows.values()].map(
      ({ carrier, country, before, after, movedAway, movedHere }): ComparedRow => {
        return { carrier, country, before: before.side(), after: after.side(), movedAway, movedHere };
      },
    );
    rows.sort((one, other) => other.movedAway + other.movedHere - one.movedAway - one.movedHere);
    return {
      from: nameOf(this.old.table),
      to: nameOf(this.next.table),
      messages,
      isCut,
      moved,
      unroutableBefore,
      unroutableAfter,
      before: this.before.side(),
      after: this.after.side(),
      rows,
      sample,
    };
  }

  private outcome(decider: Decider, request: PastRequest): Outcome {
    const ported = this.comparing.networkOf?.(request.to);
    const options = { ported, atMs: request.atMs };
    const { table } = decider;
    const demand = decider.demandOf(request, options);
    const { network } = demand.destination;
    const country = countryOfDestination(table, network, request.to) ?? "??";
    const [carrier] = decider.decide(request, this.health, options).ranking;
    if (carrier === undefined) return { carrier, country, costMicros: 0, deliveryRatio: 0 };
    const price = decider.priceOf(carrier, request, options)?.priceMicros ?? 0;
    const { rate = 1 } = table.carriers[table.carrierIndex.get(carrier) ?? -1] ?? {};
    const { deliveryRatio } = decider.candidates.healthFacts(this.health.carriers.get(carrier), network);
    return { carrier, country, costMicros: price * rate * request.segments, deliveryRatio };
  }

  private row(carrier: string, country: string): RowSums {
    const full = this.rows.size >= MAX_ROWS;
    const key = `${country} ${carrier}`;
    const known = this.rows.get(key);
    if (known !== undefined) return known;
    const name = full ? "(others)" : carrier;
    const place = full ? "??" : country;
    const shared = full ? this.rows.get("?? (others)") : undefined;
    const row = shared ?? new RowSums(name, place);
    this.rows.set(`${place} ${name}`, row);
    return row;
  }
}

function nameOf({ version, hash, currency }: CompiledTable): Comparison["from"] {
  return { version, hash, currency };
}
