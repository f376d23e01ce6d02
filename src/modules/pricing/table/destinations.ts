import { SENDERS, type PriceRow } from "./document.ts";

/** By the index of the sender in `SENDERS`; the last one is for all others. */
export type BySender<T> = (T | undefined)[];

const ANY = SENDERS.length;

/** What is asked for: resolved once for a message, used for each of its prices. */
export interface Place {
  readonly network: string | undefined;
  /** E.164 or a short code. */
  readonly number: string;
  readonly country: string | undefined;
  /** Its index in `SENDERS`. */
  readonly sender: number;
}

const PLUS = 0x2b;
const ZERO = 0x30;
const MAX_PREFIX_DIGITS = 15;

/**
 * Values by network, prefix, country, or everywhere, and within each by sender. The most
 * specific place that has a value for the sender counts: network before longest prefix
 * before country before everywhere, and within a place the sender before all senders.
 */
export class Destinations<T> {
  private readonly networks = new Map<string, BySender<T>>();
  /** By the number of digits; the digits are the key as a number. */
  private readonly prefixes: (Map<number, BySender<T>> | undefined)[] = [];
  private readonly countries = new Map<string, BySender<T>>();
  private everywhere: BySender<T> | undefined;
  private longestPrefix = 0;
  /** Whether there is any value. */
  isEmpty = true;

  /** The cell of a row's place, made where there is none. */
  private cellOf({ network, prefix, country }: PriceRow): BySender<T> {
    this.isEmpty = false;
    if (network !== undefined) return cellIn(this.networks, network);
    if (prefix !== undefined) {
      this.longestPrefix = Math.max(this.longestPrefix, prefix.length);
      return cellIn((this.prefixes[prefix.length] ??= new Map()), Number(prefix));
    }
    if (country !== undefined) return cellIn(this.countries, country);
    return (this.everywhere ??= []);
  }

  /** Sets the value of a row. */
  set(row: PriceRow, value: T): void {
    this.cellOf(row)[senderIndex(row)] = value;
  }

  /** Changes the value of a row, which may not be there yet. */
  change(row: PriceRow, change: (value: T | undefined) => T): void {
    const cell = this.cellOf(row);
    const index = senderIndex(row);
    cell[index] = change(cell[index]);
  }

  find(place: Place): T | undefined {
    if (this.isEmpty) return undefined;
    const { network, country, sender } = place;
    if (network !== undefined && this.networks.size > 0) {
      const found = pick(this.networks.get(network), sender);
      if (found !== undefined) return found;
    }
    if (this.longestPrefix > 0) {
      const found = this.byPrefix(place);
      if (found !== undefined) return found;
    }
    if (country !== undefined) {
      const found = pick(this.countries.get(country), sender);
      if (found !== undefined) return found;
    }
    return pick(this.everywhere, sender);
  }

  private byPrefix({ number, sender }: Place): T | undefined {
    if (number.charCodeAt(0) !== PLUS) return undefined;
    const digits = Math.min(number.length - 1, this.longestPrefix, MAX_PREFIX_DIGITS);
    let key = 0;
    let found: T | undefined;
    for (let length = 1; length <= digits; length += 1) {
      key = key * 10 + number.charCodeAt(length) - ZERO;
      const prefixes = this.prefixes[length];
      if (prefixes !== undefined) found = pick(prefixes.get(key), sender) ?? found;
    }
    return found;
  }
}

function senderIndex({ sender }: PriceRow): number {
  return sender === undefined ? ANY : SENDERS.indexOf(sender);
}

function cellIn<K, T>(cells: Map<K, BySender<T>>, key: K): BySender<T> {
  let cell = cells.get(key);
  if (cell === undefined) cells.set(key, (cell = []));
  return cell;
}

function pick<T>(cell: BySender<T> | undefined, sender: number): T | undefined {
  return cell === undefined ? undefined : (cell[sender] ?? cell[ANY]);
}
