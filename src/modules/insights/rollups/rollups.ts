import type { MessageChanged } from "../../../platform/insight/index.ts";
import { bucketOf, KeyedHash, rankOf, registerOf, type HashKey } from "../../../protocols/sketches/index.ts";
import type { OpenBin } from "./bin.ts";
import { Departures } from "./departures.ts";
import { Level, LEVELS } from "./level.ts";
import { Names } from "./names.ts";
import { addLatency, makeRow, mergeOpen, raise, usedOf } from "./open-rows.ts";
import {
  ALL_ACCOUNTS,
  BEGUN,
  BUCKET_BITS,
  CANCELED,
  COUNT,
  COUNTRY_BITS,
  countryNumber,
  currencyNumber,
  DELIVERED,
  errorNumber,
  FAST,
  FAST_MS,
  FIELDS,
  INBOUND,
  LATENCY_ROW,
  LEFT,
  LEFT_STATUSES,
  MAX_CARRIERS,
  MESSAGE_ROW,
  NONE,
  OTHER,
  OUTBOUND,
  PRICE_FLOAT,
  SCHEDULED,
  SEGMENTS,
  SENT,
  statusNumber,
  TO_DELIVERED,
  TO_SENT,
  UNIQUES_ROW,
} from "./words.ts";

/** What bounds the rollups, and by what recipients are hashed. */
export interface RollupOptions {
  /** Rows of one bin; at most a million. */
  readonly maxRows: number;
  /** The same in all cells of a system and for ever, so that their sets of recipients can be united. */
  readonly hashKey: HashKey;
}

const NAMES_A_ROW = 8;
/** Numbers of accounts and senders are looked through once so many more have one. */
const SWEEP_NAMES = 65_536;
/**
 * The counts of one cell. Everything here follows from the facts and the times of their records, in their
 * order: folding them again gives the same.
 */
export class Rollups {
  readonly levels: readonly Level[];
  readonly accounts: Names;
  readonly senders: Names;
  readonly carriers = new Names(MAX_CARRIERS);
  /** Facts that were counted, ever. */
  folds = 0;
  /** Facts that were counted as “other” in some dimension, ever. */
  overflow = 0;
  /** Accounts that left this cell, while their rows are taken out. */
  readonly departures: Departures;
  private readonly hash: KeyedHash;
  private readonly open: OpenBin;
  /** When the open bin ends; a record from then on begins another one. */
  private openEndMs = 0;
  /** When the names are looked through: once there are so many. */
  sweepAt = SWEEP_NAMES;

  constructor({ maxRows, hashKey }: RollupOptions) {
    this.hash = new KeyedHash(hashKey);
    this.levels = LEVELS.map((terms) => new Level(terms, maxRows));
    this.accounts = new Names(maxRows * NAMES_A_ROW);
    this.senders = new Names(maxRows * NAMES_A_ROW);
    this.open = this.level(0).open;
    this.departures = new Departures(this);
  }

  level(number: number): Level {
    return this.levels[number] as Level;
  }

  /** Counts a change, at the time of its record. */
  fold(fact: MessageChanged, atMs: number): void {
    if (atMs >= this.openEndMs) this.advance(atMs);
    this.folds += 1;
    const isOutbound = fact.direction === "outbound";
    const status = statusNumber(fact.status);
    const account = this.accounts.numberOf(fact.accountSid);
    const carrier = fact.carrier === undefined ? NONE : this.carriers.numberOf(fact.carrier);
    const country = countryNumber(fact.country);
    const phase = phaseOf(fact, status);
    const sinceMs = fact.dueMs !== undefined && fact.dueMs > fact.acceptedMs ? fact.dueMs : fact.acceptedMs;
    const tookMs = atMs - sinceMs;
    const fast = status === DELIVERED && tookMs <= FAST_MS ? FAST : 0;
    this.addMessage(
      fact,
      account,
      ((isOutbound ? OUTBOUND : INBOUND) |
        (status << FIELDS.status.shift) |
        (country << FIELDS.country.shift) |
        (currencyNumber(fact.currency) << FIELDS.currency.shift)) >>>
        0,
      (phase | fast | (carrier << FIELDS.carrier.shift) | (errorNumber(fact.errorCode) << FIELDS.error.shift)) >>> 0,
    );
    if (!isOutbound) return;
    const where = (carrier << COUNTRY_BITS) | country;
    const bucket = bucketOf(tookMs);
    if (status === DELIVERED) addLatency(this.open, account, where, (TO_DELIVERED << BUCKET_BITS) | bucket);
    if ((phase & LEFT) !== 0 && (status === SENT || status === DELIVERED)) {
      addLatency(this.open, account, where, (TO_SENT << BUCKET_BITS) | bucket);
    }
    if ((phase & BEGUN) !== 0) this.addRecipient(account, fact.to);
  }

  private addMessage(fact: MessageChanged, account: number, kind: number, rest: number): void {
    const { open } = this;
    const { messages } = open;
    const sender = this.senders.numberOf(fact.direction === "outbound" ? fact.from : fact.to);
    let at = messages.find(account, sender, kind, rest);
    if (at < 0) at = makeRow(open, [account, sender, kind, rest]);
    const { words, floats } = messages;
    if (words[at] === OTHER || words[at + 1] === OTHER) {
      this.overflow += 1;
      open.overflow += 1;
    }
    words[at + COUNT] = (words[at + COUNT] as number) + 1;
    words[at + SEGMENTS] = (words[at + SEGMENTS] as number) + fact.segments;
    if (fact.priceMicros === undefined) return;
    const price = (at >> 1) + PRICE_FLOAT;
    floats[price] = (floats[price] as number) + fact.priceMicros;
  }

  private addRecipient(account: number, to: string): void {
    const { hash } = this;
    hash.run(to);
    const register = registerOf(hash.high);
    const rank = rankOf(hash.high, hash.low);
    const { open } = this.level(1);
    raise(open, ALL_ACCOUNTS, register, rank);
    raise(open, account, register, rank);
  }

  /** Closes what has ended by the time of a record, from the finest level up. */
  advance(atMs: number): void {
    for (let number = 0; number < this.levels.length; number += 1) {
      const level = this.level(number);
      const startMs = level.startOf(atMs);
      if (startMs <= level.open.startMs) break;
      const coarser = this.levels[number + 1];
      if (coarser !== undefined) this.overflow += mergeOpen(level.open, coarser.open);
      level.turn(startMs);
    }
    const first = this.level(0);
    this.openEndMs = first.open.startMs + first.terms.binMs;
    this.departures.goOn();
    if (Math.max(this.accounts.size, this.senders.size) >= this.sweepAt) this.sweep();
  }

  /** After a restore: where the open bin ends. */
  resume(): void {
    const { open, terms } = this.level(0);
    this.openEndMs = open.startMs === 0 ? 0 : open.startMs + terms.binMs;
  }

  /** Forgets accounts and senders that no row names any more. */
  private sweep(): void {
    const accounts = new Uint8Array(this.accounts.end);
    const senders = new Uint8Array(this.senders.end);
    const mark = (rows: Uint32Array, stride: number): void => {
      for (let row = 0; row < rows.length; row += stride) accounts[rows[row] as number] = 1;
    };
    const markMessages = (rows: Uint32Array): void => {
      mark(rows, MESSAGE_ROW.stride);
      for (let row = 1; row < rows.length; row += MESSAGE_ROW.stride) senders[rows[row] as number] = 1;
    };
    for (const { bins, open } of this.levels) {
      for (const { messages, latency, uniques } of [...bins, usedOf(open)]) {
        markMessages(messages);
        mark(latency, LATENCY_ROW.stride);
        mark(uniques, UNIQUES_ROW.stride);
      }
    }
    this.accounts.keepOnly(accounts);
    this.senders.keepOnly(senders);
    this.sweepAt = Math.max(this.accounts.size, this.senders.size) + SWEEP_NAMES;
  }
}

/** Which of the moments of a message that are counted once this change is. */
function phaseOf({ before }: MessageChanged, status: number): number {
  const wasStatus = before === undefined ? OTHER : statusNumber(before);
  const isNew = before === undefined || wasStatus === SCHEDULED;
  const begun = isNew && status !== SCHEDULED && status !== CANCELED ? BEGUN : 0;
  const hasLeft = before !== undefined && ((LEFT_STATUSES >>> wasStatus) & 1) === 1;
  return begun | (!hasLeft && ((LEFT_STATUSES >>> status) & 1) === 1 ? LEFT : 0);
}
