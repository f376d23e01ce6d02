import { floatsOf, RowTable } from "./row-table.ts";
import {
  ACCOUNT,
  ALL_ACCOUNTS,
  COUNT,
  FIELDS,
  LATENCY_COUNT,
  LATENCY_FIELDS,
  LATENCY_ROW,
  MESSAGE_ROW,
  OTHER,
  PRICE_FLOAT,
  SEGMENTS,
  UNIQUES_ROW,
  type Field,
} from "./words.ts";

/** Rows that do not change any more, those of one account together, accounts by their numbers. */
export type Rows = Uint32Array<ArrayBuffer>;

/** Rows of messages and durations with less in them, for questions that need no more. */
export interface Summary {
  readonly messages: Rows;
  readonly latency: Rows;
}

/** What happened in one interval. Its arrays never change; the bin of an interval may be replaced. */
export interface Bin {
  readonly startMs: number;
  readonly messages: Rows;
  readonly latency: Rows;
  /** Empty where they are not kept any more. */
  readonly uniques: Rows;
  /** What was counted as “other” for want of room. */
  readonly overflow: number;
  /** What is not kept apart any more: 0 nothing, 1 senders, 2 accounts, 3 countries and errors, 4 carriers. */
  readonly coarseness: number;
  /** Without accounts and senders. */
  readonly everybody: Summary;
  /** Without countries and errors, too. */
  readonly byCarrier: Summary;
  /** Without carriers and errors, too; durations also without countries. */
  readonly byCountry: Summary;
  /** Without carriers and countries, too. */
  readonly byError: Summary;
}

/** A bin that is counted in. */
export class OpenBin {
  startMs: number;
  readonly messages = new RowTable(MESSAGE_ROW);
  readonly latency = new RowTable(LATENCY_ROW);
  readonly uniques = new RowTable(UNIQUES_ROW);
  overflow = 0;
  /** How many rows of messages, and of durations, are made at most, but for some hundred. */
  readonly maxRows: number;

  constructor(startMs: number, maxRows: number) {
    this.startMs = startMs;
    this.maxRows = maxRows;
  }

  get isEmpty(): boolean {
    return this.messages.rows + this.latency.rows + this.uniques.rows === 0;
  }

  /** Begins again, with another interval. */
  reset(startMs: number): void {
    this.startMs = startMs;
    this.messages.clear();
    this.latency.clear();
    this.uniques.clear();
    this.overflow = 0;
  }

  close(): Bin {
    return makeBin({
      startMs: this.startMs,
      messages: sortByAccount(this.messages.used(), MESSAGE_ROW.stride),
      latency: sortByAccount(this.latency.used(), LATENCY_ROW.stride),
      uniques: sortByAccount(this.uniques.used(), UNIQUES_ROW.stride),
      overflow: this.overflow,
      coarseness: 0,
    });
  }

  get octets(): number {
    return this.messages.octets + this.latency.octets + this.uniques.octets;
  }
}

/** A bin of its rows. */
export function makeBin(
  parts: Pick<Bin, "startMs" | "messages" | "latency" | "uniques" | "overflow" | "coarseness">,
): Bin {
  const { startMs, messages, latency, uniques, overflow, coarseness } = parts;
  const everybody = smaller(parts, EVERYBODY);
  const byCarrier = smaller(everybody, BY_CARRIER);
  const byCountry = smaller(everybody, BY_COUNTRY);
  const byError = smaller(everybody, BY_ERROR);
  return { startMs, messages, latency, uniques, overflow, coarseness, everybody, byCarrier, byCountry, byError };
}

/** Octets that a bin takes. */
export function octetsOf({ messages, latency, uniques, ...summaries }: Bin): number {
  const all = new Set<Rows>([messages, latency, uniques]);
  const { everybody, byCarrier, byCountry, byError } = summaries;
  for (const summary of [everybody, byCarrier, byCountry, byError]) all.add(summary.messages).add(summary.latency);
  let octets = 0;
  for (const rows of all) octets += rows.byteLength;
  return octets;
}

/** Numbers of rows and of accounts are below 2^23, and both together a whole number that a float can hold. */
const ROW_FACTOR = 2 ** 23;

/** A copy with the rows of one account together, by the accounts' numbers. */
export function sortByAccount(rows: Rows, stride: number): Rows {
  const count = rows.length / stride;
  const order = new Float64Array(count);
  for (let row = 0; row < count; row += 1) order[row] = (rows[row * stride + ACCOUNT] as number) * ROW_FACTOR + row;
  order.sort();
  const sorted = new Uint32Array(rows.length);
  for (let row = 0; row < count; row += 1) {
    const from = ((order[row] as number) % ROW_FACTOR) * stride;
    const to = row * stride;
    for (let word = 0; word < stride; word += 1) sorted[to + word] = rows[from + word] as number;
  }
  return sorted;
}

/** Where the rows of an account begin and end, in words. */
export function rangeOf(rows: Rows, stride: number, account: number): readonly [from: number, to: number] {
  return [firstAt(rows, stride, account), firstAt(rows, stride, account + 1)];
}

function firstAt(rows: Rows, stride: number, account: number): number {
  let low = 0;
  let high = rows.length / stride;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((rows[middle * stride + ACCOUNT] as number) < account) low = middle + 1;
    else high = middle;
  }
  return low * stride;
}

/** Rows of messages, and the same words as floats. */
export interface RowsAndFloats {
  readonly rows: Rows;
  readonly floats: Float64Array;
}

/** Adds the numbers of a row of messages to those of another one. */
export function addMessages(to: RowTable, at: number, from: RowsAndFloats, row: number): void {
  const { words } = to;
  const { rows, floats } = from;
  words[at + COUNT] = (words[at + COUNT] as number) + (rows[row + COUNT] as number);
  words[at + SEGMENTS] = (words[at + SEGMENTS] as number) + (rows[row + SEGMENTS] as number);
  const price = (at >> 1) + PRICE_FLOAT;
  to.floats[price] = (to.floats[price] as number) + (floats[(row >> 1) + PRICE_FLOAT] as number);
}

/** Which words and bits are kept, and which are set. */
interface Kept {
  readonly account: boolean;
  readonly sender: boolean;
  readonly kind: number;
  readonly rest: number;
  readonly restSet: number;
  /** Of the word of durations that has carrier and country. */
  readonly where: number;
}

const ALL_BITS = 0xffff_ffff;
const bitsOf = ({ shift, mask }: Field): number => (mask << shift) >>> 0;
const COUNTRY_BITS = bitsOf(FIELDS.country);
const CARRIER_BITS = bitsOf(FIELDS.carrier);
const ERROR_BITS = bitsOf(FIELDS.error);
const LATENCY_COUNTRY_BITS = bitsOf(LATENCY_FIELDS.country);
const nothing = { account: false, sender: false };
const EVERYBODY: Kept = { ...nothing, kind: ALL_BITS, rest: ALL_BITS, restSet: 0, where: ALL_BITS };
const BY_CARRIER: Kept = {
  ...nothing,
  kind: ALL_BITS ^ COUNTRY_BITS,
  rest: ALL_BITS,
  restSet: ERROR_BITS,
  where: ALL_BITS ^ LATENCY_COUNTRY_BITS,
};
const BY_COUNTRY: Kept = { ...nothing, kind: ALL_BITS, rest: ALL_BITS ^ CARRIER_BITS, restSet: ERROR_BITS, where: 0 };
/** Durations know no errors: theirs are those by country. */
const BY_ERROR: Kept = {
  ...nothing,
  kind: ALL_BITS ^ COUNTRY_BITS,
  rest: ALL_BITS ^ CARRIER_BITS,
  restSet: 0,
  where: ALL_BITS,
};
/** What is kept from one coarseness to the next. */
const COARSER: readonly Kept[] = [
  { ...EVERYBODY, account: true },
  EVERYBODY,
  BY_CARRIER,
  { ...BY_CARRIER, rest: ALL_BITS ^ CARRIER_BITS, where: 0 },
];
export const COARSEST = COARSER.length;

const scratch = { messages: new RowTable(MESSAGE_ROW), latency: new RowTable(LATENCY_ROW) };

function collapseMessages(rows: Rows, kept: Kept): Rows {
  const { messages: table } = scratch;
  const { stride } = MESSAGE_ROW;
  const from = { rows, floats: floatsOf(rows) };
  table.clear();
  for (let row = 0; row < rows.length; row += stride) {
    const account = kept.account ? (rows[row] as number) : OTHER;
    const sender = kept.sender ? (rows[row + 1] as number) : OTHER;
    const rest = (((rows[row + 3] as number) & kept.rest) | kept.restSet) >>> 0;
    const at = table.at(account, sender, ((rows[row + 2] as number) & kept.kind) >>> 0, rest);
    addMessages(table, at, from, row);
  }
  return table.used().slice();
}

function collapseLatency(rows: Rows, kept: Kept): Rows {
  const { latency: table } = scratch;
  table.clear();
  for (let row = 0; row < rows.length; row += LATENCY_ROW.stride) {
    const account = kept.account ? (rows[row] as number) : OTHER;
    const where = ((rows[row + 1] as number) & kept.where) >>> 0;
    const at = table.at(account, where, rows[row + 2] as number, 0) + LATENCY_COUNT;
    table.words[at] = (table.words[at] as number) + (rows[row + LATENCY_COUNT] as number);
  }
  return table.used().slice();
}

/** A summary that is not much smaller is not worth its room. */
function smaller(rows: Summary, kept: Kept): Summary {
  const messages = collapseMessages(rows.messages, kept);
  const latency = collapseLatency(rows.latency, kept);
  return {
    messages: messages.length > rows.messages.length / 2 ? rows.messages : messages,
    latency: latency.length > rows.latency.length / 2 ? rows.latency : latency,
  };
}

/** A coarser bin for the same interval. */
export function coarsen(bin: Bin): Bin {
  const { startMs, overflow, coarseness } = bin;
  const kept = COARSER[coarseness] ?? EVERYBODY;
  let { uniques } = bin;
  if (!kept.account) uniques = uniques.slice(...rangeOf(uniques, UNIQUES_ROW.stride, ALL_ACCOUNTS));
  return makeBin({
    startMs,
    messages: collapseMessages(bin.messages, kept),
    latency: kept.account ? bin.latency : collapseLatency(bin.latency, kept),
    uniques,
    overflow,
    coarseness: coarseness + 1,
  });
}
