import { makeBin, rangeOf, type Bin, type Rows } from "./bin.ts";
import type { Level } from "./level.ts";
import type { Names } from "./names.ts";
import { mergeRows, usedOf, type BinRows } from "./open-rows.ts";
import { LATENCY_ROW, MESSAGE_ROW, NONE, SENDER, UNIQUES_ROW } from "./words.ts";

/** Bins that are looked at in one step, each of which may take a millisecond. */
const BINS_A_STEP = 40;
const STRIDES = { messages: MESSAGE_ROW.stride, latency: LATENCY_ROW.stride, uniques: UNIQUES_ROW.stride } as const;

/** How far it has come. */
export interface Leaving {
  /** Numbers of the accounts. */
  readonly accounts: readonly number[];
  readonly level: number;
  readonly startMs: number;
}

interface Counted {
  readonly levels: readonly Level[];
  readonly accounts: Names;
  readonly senders: Names;
}

/**
 * Takes out the rows of accounts that left this cell. Their names, and those of their senders, are forgotten at
 * once, so that nobody sees them; the rows follow some bins at a time, each time that ten seconds end, because
 * there may be thousands of bins. All of it follows from the records and their times.
 */
export class Departures {
  private readonly counted: Counted;
  private leaving: Leaving = { accounts: [], level: 0, startMs: 0 };

  constructor(counted: Counted) {
    this.counted = counted;
  }

  /** Whether rows of accounts that left are still counted in questions about everybody. */
  get isUnderWay(): boolean {
    return this.leaving.accounts.length > 0;
  }

  /** Accounts leave. */
  forget(accountSids: readonly string[]): void {
    const { accounts, senders, levels } = this.counted;
    const numbers = accountSids.flatMap((sid) => accounts.find(sid) ?? []).filter((number) => number > NONE);
    if (numbers.length === 0) return;
    const gone = new Set(numbers);
    for (const sender of sendersOf(levels, gone)) senders.forget(sender);
    for (const number of numbers) accounts.forget(number);
    for (const { open } of levels) {
      const { startMs, overflow } = open;
      const kept = without(copyOf(usedOf(open)), (account) => gone.has(account));
      open.reset(startMs);
      mergeRows(kept, open);
      open.overflow = overflow;
    }
    this.leaving = { accounts: [...this.leaving.accounts, ...numbers], level: 0, startMs: 0 };
  }

  /** One step. */
  goOn(): void {
    const { accounts } = this.leaving;
    if (accounts.length === 0) return;
    let { level: number, startMs } = this.leaving;
    for (let left = BINS_A_STEP; left > 0; left -= 1) {
      const level = this.counted.levels[number];
      if (level === undefined) {
        this.leaving = { accounts: [], level: 0, startMs: 0 };
        return;
      }
      const bin = level.bins[level.indexOf(startMs)];
      if (bin === undefined) {
        number += 1;
        startMs = 0;
        continue;
      }
      if (accounts.some((account) => isIn(bin, account))) level.put(cut(bin, new Set(accounts)));
      startMs = bin.startMs + 1;
    }
    this.leaving = { accounts, level: number, startMs };
  }

  copy(): Leaving {
    return this.leaving;
  }

  restore(leaving: Leaving): void {
    this.leaving = leaving;
  }
}

function isIn(bin: BinRows, account: number): boolean {
  return (["messages", "latency", "uniques"] as const).some((kind) => {
    const [from, to] = rangeOf(bin[kind], STRIDES[kind], account);
    return from < to;
  });
}

function cut(bin: Bin, gone: ReadonlySet<number>): Bin {
  const { startMs, overflow, coarseness } = bin;
  return makeBin({ startMs, overflow, coarseness, ...without(bin, (account) => gone.has(account)) });
}

function copyOf({ messages, latency, uniques }: BinRows): BinRows {
  return { messages: messages.slice(), latency: latency.slice(), uniques: uniques.slice() };
}

/** The rows but those of some accounts. */
export function without({ messages, latency, uniques }: BinRows, isGone: (account: number) => boolean): BinRows {
  return {
    messages: kept(messages, STRIDES.messages, isGone),
    latency: kept(latency, STRIDES.latency, isGone),
    uniques: kept(uniques, STRIDES.uniques, isGone),
  };
}

function kept(rows: Rows, stride: number, isGone: (account: number) => boolean): Rows {
  const left = new Uint32Array(rows.length);
  let length = 0;
  for (let row = 0; row < rows.length; row += stride) {
    if (isGone(rows[row] as number)) continue;
    for (let word = 0; word < stride; word += 1) left[length + word] = rows[row + word] as number;
    length += stride;
  }
  return left.slice(0, length);
}

/** The senders that no other account has. */
function sendersOf(levels: readonly Level[], gone: ReadonlySet<number>): Set<number> {
  const own = new Set<number>();
  const others = new Set<number>();
  for (const { bins, open } of levels) {
    for (const { messages } of [...bins, usedOf(open)]) {
      for (let row = 0; row < messages.length; row += STRIDES.messages) {
        (gone.has(messages[row] as number) ? own : others).add(messages[row + SENDER] as number);
      }
    }
  }
  for (const sender of others) own.delete(sender);
  return own;
}
