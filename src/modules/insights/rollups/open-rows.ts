import { addMessages, type OpenBin, type Rows } from "./bin.ts";
import { floatsOf } from "./row-table.ts";
import {
  ALL_ACCOUNTS,
  barestKind,
  barestRest,
  COUNT,
  LATENCY_COUNT,
  LATENCY_ROW,
  MESSAGE_ROW,
  OTHER,
  RANK,
  UNIQUES_ROW,
} from "./words.ts";

/** From these shares of the rows on, new senders, and new accounts, are not kept apart. */
const SENDER_SHARE = 0.8;
const ACCOUNT_SHARE = 0.95;
/** Recipients of one bin, for each row that it may have. */
const UNIQUES_A_ROW = 4;

export type MessageKey = readonly [account: number, sender: number, kind: number, rest: number];

/** A row of messages for a key that has none, as exact as there is room for. Its first two words say what it is. */
export function makeRow({ messages, maxRows }: OpenBin, [account, sender, kind, rest]: MessageKey): number {
  if (messages.rows < maxRows * SENDER_SHARE) return messages.insert(account, sender, kind, rest);
  const found = messages.find(account, OTHER, kind, rest);
  if (found >= 0) return found;
  if (messages.rows < maxRows * ACCOUNT_SHARE) return messages.insert(account, OTHER, kind, rest);
  const anybody = messages.find(OTHER, OTHER, kind, rest);
  if (anybody >= 0) return anybody;
  if (messages.rows < maxRows) return messages.insert(OTHER, OTHER, kind, rest);
  // There are some hundred such rows at most, whatever happens.
  return messages.at(OTHER, OTHER, barestKind(kind), barestRest(rest));
}

/** Counts a duration, as exactly as there is room for. */
export function addLatency(bin: OpenBin, account: number, where: number, what: number): void {
  const at = latencyRow(bin, account, where, what) + LATENCY_COUNT;
  const { words } = bin.latency;
  words[at] = (words[at] as number) + 1;
}

function latencyRow({ latency, maxRows }: OpenBin, account: number, where: number, what: number): number {
  const found = latency.find(account, where, what, 0);
  if (found >= 0) return found;
  if (latency.rows < maxRows * ACCOUNT_SHARE) return latency.insert(account, where, what, 0);
  const anybody = latency.find(OTHER, where, what, 0);
  if (anybody >= 0) return anybody;
  return latency.rows < maxRows ? latency.insert(OTHER, where, what, 0) : latency.at(OTHER, OTHER, what, 0);
}

/** Notes a recipient. There is always room for those of all accounts together; one account's may be left out. */
export function raise({ uniques, maxRows }: OpenBin, account: number, register: number, rank: number): void {
  let at = uniques.find(account, register, 0, 0);
  if (at < 0) {
    if (uniques.rows >= maxRows * UNIQUES_A_ROW && account !== ALL_ACCOUNTS) return;
    at = uniques.insert(account, register, 0, 0);
  }
  if (rank > (uniques.words[at + RANK] as number)) uniques.words[at + RANK] = rank;
}

/** Rows of a bin. */
export interface BinRows {
  readonly messages: Rows;
  readonly latency: Rows;
  readonly uniques: Rows;
}

/** The rows of a bin that is counted in, as they are now. They change with it. */
export function usedOf({ messages, latency, uniques }: OpenBin): BinRows {
  return { messages: messages.used(), latency: latency.used(), uniques: uniques.used() };
}

/** Adds rows to those of a bin. Gives what found no room there of its own, which counts as overflow of the bin. */
export function mergeRows({ messages, latency, uniques }: BinRows, to: OpenBin): number {
  let overflow = 0;
  const from = { rows: messages, floats: floatsOf(messages) };
  for (let row = 0; row < messages.length; row += MESSAGE_ROW.stride) {
    const account = messages[row] as number;
    const sender = messages[row + 1] as number;
    const kind = messages[row + 2] as number;
    const rest = messages[row + 3] as number;
    let at = to.messages.find(account, sender, kind, rest);
    if (at < 0) {
      at = makeRow(to, [account, sender, kind, rest]);
      const { words } = to.messages;
      if (words[at] !== account || words[at + 1] !== sender) overflow += messages[row + COUNT] as number;
    }
    addMessages(to.messages, at, from, row);
  }
  for (let row = 0; row < latency.length; row += LATENCY_ROW.stride) {
    const where = latency[row + 1] as number;
    const at = latencyRow(to, latency[row] as number, where, latency[row + 2] as number) + LATENCY_COUNT;
    to.latency.words[at] = (to.latency.words[at] as number) + (latency[row + LATENCY_COUNT] as number);
  }
  for (let row = 0; row < uniques.length; row += UNIQUES_ROW.stride) {
    raise(to, uniques[row] as number, uniques[row + 1] as number, uniques[row + RANK] as number);
  }
  to.overflow += overflow;
  return overflow;
}

/** {@link mergeRows} of a bin that has ended, into the coarser one that it is in. */
export function mergeOpen(from: OpenBin, to: OpenBin): number {
  to.overflow += from.overflow;
  return mergeRows(usedOf(from), to);
}
