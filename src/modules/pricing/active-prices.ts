import { AppError } from "../../kernel/errors.ts";
import { countryOf } from "../../protocols/e164/index.ts";
import { readAssignments, readMarks, readTimeline } from "./activation.store.ts";
import { compileStored } from "./create-table.ts";
import type { PricingOptions } from "./deps.ts";
import { pricingErrors } from "./errors.ts";
import { PriceLayer, type PricePlan } from "./price-plan.ts";
import { findTable } from "./price-table.store.ts";
import type { PriceBook, Quote, QuoteInput } from "./quote.ts";
import {
  compilePrices,
  DEFAULT_HEAD,
  defaultRows,
  SENDERS,
  STANDARD_LIST,
  type CompiledPrices,
  type Place,
} from "./table/index.ts";
import { categoryOf } from "./usage-category.ts";

interface TimelineEntry {
  readonly list: string;
  readonly currency: string;
  readonly fromMs: number;
  readonly table: CompiledPrices;
}

/** What assignments come to, in memory. */
interface Assigned {
  readonly list: string;
  readonly discountBasisPoints: number;
}

const STANDARD: Assigned = { list: STANDARD_LIST, discountBasisPoints: 0 };

/**
 * The prices that hold now, in memory. Which tables these are is read from the database at
 * the start, after every change, and every few seconds for changes of other processes; a
 * table takes over at its moment by itself. Goes on answering while the database is down.
 */
export class ActivePrices implements PriceBook {
  private readonly options: PricingOptions;
  private readonly compiled = new Map<number, CompiledPrices>();
  private timeline: readonly TimelineEntry[] = [];
  private assignments: ReadonlyMap<string, Assigned> = new Map();
  private lists = new Map<string, CompiledPrices[]>();
  /** By list, discount and currency. */
  private plans = new Map<string, PricePlan>();
  private nextChangeMs = Infinity;
  private marks = "";
  private loading: Promise<void> = Promise.resolve();

  constructor(options: PricingOptions) {
    this.options = options;
  }

  /** Reads everything anew. Rejects when the database does not answer, and then what was known stays. */
  reload(): Promise<void> {
    const load = this.loading.then(() => this.load());
    this.loading = load.catch(() => undefined);
    return load;
  }

  /** As {@link reload}, where something has changed since. */
  async follow(): Promise<void> {
    if ((await readMarks(this.options.database)) !== this.marks) await this.reload();
  }

  private async load(): Promise<void> {
    const { database, clock } = this.options;
    const marks = await readMarks(database);
    const timeline: TimelineEntry[] = [];
    const used = new Set([0]);
    for (const { list, currency, version, fromMs } of await readTimeline(database, clock.nowMs())) {
      used.add(version);
      timeline.push({ list, currency, fromMs, table: await this.table(version) });
    }
    // Until the operator says otherwise the built-in table holds; where they do, it never comes back by itself.
    const [first] = timeline.filter(({ list }) => list === STANDARD_LIST);
    if (first === undefined || first.fromMs > clock.nowMs()) {
      timeline.unshift({ list: STANDARD_LIST, currency: DEFAULT_HEAD.currency, fromMs: 0, table: await this.table(0) });
    }
    const assignments = new Map<string, Assigned>();
    for await (const batch of readAssignments(database)) {
      for (const { accountSid, list, discountBasisPoints } of batch) {
        assignments.set(accountSid, { list, discountBasisPoints });
      }
    }
    this.timeline = timeline;
    this.assignments = assignments;
    this.marks = marks;
    for (const version of this.compiled.keys()) if (!used.has(version)) this.compiled.delete(version);
    this.turn();
  }

  /** A version, compiled. Throws where it is not there, or is not what was stored. */
  async table(version: number): Promise<CompiledPrices> {
    let table = this.compiled.get(version);
    if (table === undefined) {
      table = version === 0 ? await this.builtIn() : await this.loadTable(version);
      this.compiled.set(version, table);
    }
    return table;
  }

  private builtIn(): Promise<CompiledPrices> {
    const { hash, pause } = this.options;
    const rows = defaultRows().map((row, index) => ({ row, path: `rows[${index}]` }));
    return compilePrices(rows, { version: 0, head: DEFAULT_HEAD, hash: hash(), pause });
  }

  private async loadTable(version: number): Promise<CompiledPrices> {
    const stored = await findTable(this.options.database, version);
    if (stored?.status !== "complete") throw new AppError(pricingErrors.tableBroken, { version });
    const compiled = await compileStored(this.options, stored);
    if (compiled.hash !== stored.hash) {
      const internal = `the hash of price table ${version} is ${compiled.hash}, stored is ${stored.hash}`;
      throw new AppError(pricingErrors.tableBroken, { version }, { internal });
    }
    return compiled;
  }

  /** Makes what holds at this moment what quotes are made of. */
  private turn(): void {
    const nowMs = this.options.clock.nowMs();
    const holding = new Map<string, TimelineEntry>();
    this.nextChangeMs = Infinity;
    for (const entry of this.timeline) {
      if (entry.fromMs <= nowMs) holding.set(`${entry.list} ${entry.currency}`, entry);
      else this.nextChangeMs = Math.min(this.nextChangeMs, entry.fromMs);
    }
    // The operator's first table of the standard list ends the built-in one, whatever its currency.
    const own = [...holding.values()].filter(({ list, table }) => list === STANDARD_LIST && table.version !== 0);
    const lists = new Map<string, CompiledPrices[]>();
    for (const { list, table, fromMs } of holding.values()) {
      if (table.version === 0 && fromMs === 0 && own.length > 0) continue;
      lists.set(list, [...(lists.get(list) ?? []), table]);
    }
    for (const tables of lists.values()) tables.sort((a, b) => (a.head.currency < b.head.currency ? -1 : 1));
    this.lists = lists;
    this.plans = new Map();
  }

  /** The prices that an account pays in a currency. */
  planOf(accountSid: string, currency: string): PricePlan {
    if (this.options.clock.nowMs() >= this.nextChangeMs) this.turn();
    const { list, discountBasisPoints } = this.assignedTo(accountSid);
    const key = `${list} ${discountBasisPoints} ${currency}`;
    let plan = this.plans.get(key);
    if (plan === undefined) {
      plan = this.makePlan(list, discountBasisPoints, currency);
      this.plans.set(key, plan);
    }
    return plan;
  }

  private assignedTo(accountSid: string): Assigned {
    const own = this.assignments.get(accountSid);
    if (own !== undefined || this.assignments.size === 0) return own ?? STANDARD;
    const payer = this.options.payerOf?.(accountSid);
    return (payer === undefined ? undefined : this.assignments.get(payer)) ?? STANDARD;
  }

  private makePlan(list: string, discountBasisPoints: number, currency: string): PricePlan {
    const layers: PriceLayer[] = [];
    const own = list === STANDARD_LIST ? undefined : this.layerOf(list, currency, 0);
    if (own !== undefined) layers.push(own);
    const standard = this.layerOf(STANDARD_LIST, currency, discountBasisPoints);
    if (standard !== undefined) layers.push(standard);
    return { currency, layers, listed: this.layerOf(STANDARD_LIST, currency, 0) };
  }

  /** The table of a list in a currency: its own, else the first one, by its currency's name, that has a rate for it. */
  private layerOf(list: string, currency: string, discountBasisPoints: number): PriceLayer | undefined {
    const tables = this.lists.get(list) ?? [];
    const own = tables.find(({ head }) => head.currency === currency);
    if (own !== undefined) return new PriceLayer(own, 1_000_000, discountBasisPoints);
    const other = tables.find(({ head }) => head.rates[currency] !== undefined);
    if (other === undefined) return undefined;
    return new PriceLayer(other, other.head.rates[currency] ?? 0, discountBasisPoints);
  }

  quote(input: QuoteInput): Quote | undefined {
    const { layers } = this.planOf(input.accountSid, input.currency);
    const { channel, direction, network } = input;
    const outbound = direction === "outbound";
    const other = outbound ? input.to : input.from;
    const country = countryOf(other);
    const place: Place = {
      network,
      number: input.to,
      country: outbound ? country : ownCountry(input.to, country),
      sender: SENDERS.indexOf(input.senderKind),
    };
    const slot = SLOTS[channel][direction];
    for (let index = 0; index < layers.length; index += 1) {
      const layer = layers[index] as PriceLayer;
      const unitMicros = layer.unit(slot, place);
      if (unitMicros === undefined) continue;
      const carrierFees = feesOf(layers, slot, place);
      const quote = {
        currency: input.currency,
        version: layer.version,
        unitMicros,
        attemptMicros: firstOf(layers, "attempt", slot, place),
        failedMicros: firstOf(layers, "failed", slot, place),
        category: categoryOf(channel, direction, input.senderKind),
      };
      return withPlace(quote, carrierFees, country, network);
    }
    return undefined;
  }

  priceOf(accountSid: string, category: string): number {
    const { layers } = this.planOf(accountSid, this.options.currencyOf(accountSid));
    for (const layer of layers) {
      const micros = layer.category(category);
      if (micros !== undefined) return micros;
    }
    return 0;
  }

  numberMonth(accountSid: string, country: string, kind: QuoteInput["senderKind"]): number | undefined {
    const { layers } = this.planOf(accountSid, this.options.currencyOf(accountSid));
    const place: Place = { network: undefined, number: "", country, sender: SENDERS.indexOf(kind) };
    for (const layer of layers) {
      const micros = layer.number(place);
      if (micros !== undefined) return micros;
    }
    return undefined;
  }
}

const SLOTS = {
  sms: { outbound: "sms outbound", inbound: "sms inbound" },
  mms: { outbound: "mms outbound", inbound: "mms inbound" },
} as const;

/** A short code is of no country by its digits: it is taken to be of the other end's. */
function ownCountry(number: string, other: string | undefined): string | undefined {
  return number.startsWith("+") ? countryOf(number) : other;
}

function firstOf(layers: readonly PriceLayer[], what: "attempt" | "failed", slot: string, place: Place): number {
  for (let index = 0; index < layers.length; index += 1) {
    const micros = (layers[index] as PriceLayer)[what](slot, place);
    if (micros !== undefined) return micros;
  }
  return 0;
}

function feesOf(layers: readonly PriceLayer[], slot: string, place: Place): Quote["carrierFees"] {
  for (let index = 0; index < layers.length; index += 1) {
    const fees = (layers[index] as PriceLayer).fees(slot, place);
    if (fees !== undefined) return fees;
  }
  return undefined;
}

/** Absent members are left out rather than undefined: the quote goes into the log as JSON. */
function withPlace(
  quote: Omit<Quote, "carrierFees" | "country" | "network">,
  carrierFees: Quote["carrierFees"],
  country: string | undefined,
  network: string | undefined,
): Quote {
  const made = quote as { -readonly [Name in keyof Quote]: Quote[Name] };
  if (carrierFees !== undefined) made.carrierFees = carrierFees;
  if (country !== undefined) made.country = country;
  if (network !== undefined) made.network = network;
  return made;
}
