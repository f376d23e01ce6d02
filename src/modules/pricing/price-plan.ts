import type { CompiledPrices, Fees, Place } from "./table/index.ts";

const MILLION = 1_000_000;
const ALL_BASIS_POINTS = 10_000;

/** The most that a price may be once it is converted: what a whole message can cost then stays far below what is exact. */
const MAX_PRICE_MICROS = 20_000_000_000_000;

function converted(micros: number, factor: number): number {
  return Math.min(MAX_PRICE_MICROS, Math.round(micros * factor));
}

/** A table as one kind of account pays it: in a currency, with a discount. */
export class PriceLayer {
  readonly table: CompiledPrices;
  private readonly factor: number;
  private readonly feeFactor: number;
  private readonly convertedFees = new Map<Fees, Fees>();

  /** `rate` is in millionths of the currency wanted for one unit of the table's. */
  constructor(table: CompiledPrices, rate: number, discountBasisPoints: number) {
    this.table = table;
    this.feeFactor = rate / MILLION;
    this.factor = (this.feeFactor * (ALL_BASIS_POINTS - discountBasisPoints)) / ALL_BASIS_POINTS;
  }

  get version(): number {
    return this.table.version;
  }

  /** A price of the table, converted and discounted, to the nearest micro. */
  charge(micros: number): number;
  charge(micros: number | undefined): number | undefined;
  charge(micros: number | undefined): number | undefined {
    return micros === undefined || this.factor === 1 ? micros : converted(micros, this.factor);
  }

  unit(slot: string, place: Place): number | undefined {
    return this.charge(this.table.messages[slot]?.unit.find(place));
  }

  attempt(slot: string, place: Place): number | undefined {
    return this.charge(this.table.messages[slot]?.attempt.find(place));
  }

  failed(slot: string, place: Place): number | undefined {
    return this.charge(this.table.messages[slot]?.failed.find(place));
  }

  category(category: string): number | undefined {
    return this.charge(this.table.categories.get(category));
  }

  number(place: Place): number | undefined {
    return this.charge(this.table.numbers.find(place));
  }

  /** Fees are a network's, handed on: converted, never discounted. */
  fees(slot: string, place: Place): Fees | undefined {
    const fees = this.table.messages[slot]?.fees.find(place);
    if (fees === undefined || this.feeFactor === 1) return fees;
    let known = this.convertedFees.get(fees);
    if (known === undefined) {
      const made: Record<string, number> = {};
      for (const name of Object.keys(fees)) made[name] = converted(fees[name] ?? 0, this.feeFactor);
      known = made;
      this.convertedFees.set(fees, known);
    }
    return known;
  }
}

/** What an account pays in a currency: the first layer that has a price counts. */
export interface PricePlan {
  readonly currency: string;
  /** The account's own list where it has one, then the standard list with its discount. */
  readonly layers: readonly PriceLayer[];
  /** The standard list without discount. */
  readonly listed: PriceLayer | undefined;
}
