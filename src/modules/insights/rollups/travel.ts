import { makeBin, rangeOf, sortByAccount, type Bin, type Rows } from "./bin.ts";
import { LEVELS } from "./level.ts";
import { mergeRows, usedOf, type BinRows } from "./open-rows.ts";
import type { Rollups } from "./rollups.ts";
import { without } from "./departures.ts";
import {
  ACCOUNT,
  FIELDS,
  LATENCY_FIELDS,
  LATENCY_ROW,
  MESSAGE_ROW,
  NONE,
  OTHER,
  REST,
  SENDER,
  UNIQUES_ROW,
} from "./words.ts";
import { decodeRows, encodeRows, joinRows } from "./row-text.ts";

/** What accounts counted in one hour, as it travels to another cell, where names have other numbers. */
export interface TravellingHour {
  readonly startMs: number;
  readonly accounts: readonly [number: number, text: string][];
  readonly senders: readonly [number: number, text: string][];
  readonly carriers: readonly [number: number, text: string][];
  /** Rows in base64, with the numbers of the cell that they come from. */
  readonly messages: string;
  readonly latency: string;
  readonly uniques: string;
}

const HOURS = LEVELS.length - 1;
/** So many rows of messages travel, the newest: the account waits while they do. */
const MAX_ROWS = 200_000;
/** Hours that will soon be too old stay. */
const MARGIN_MS = 6 * 3_600_000;

/** The hours of some accounts, the newest first. What is counted in now is part of its hour. */
export function hoursOf(rollups: Rollups, accountSids: readonly string[], nowMs: number): TravellingHour[] {
  const numbers = accountSids.flatMap((sid) => rollups.accounts.find(sid) ?? []);
  const own = new Set(numbers);
  const level = rollups.level(HOURS);
  const hours: TravellingHour[] = [];
  let rows = 0;
  const add = (startMs: number, part: BinRows): void => {
    rows += part.messages.length / MESSAGE_ROW.stride;
    if (part.messages.length + part.uniques.length > 0 && rows <= MAX_ROWS) hours.push(pack(rollups, startMs, part));
  };
  const open = rollups.levels.map((each) => without(copyOf(usedOf(each.open)), (account) => !own.has(account)));
  add(level.open.startMs, joined(open));
  const fromMs = nowMs - level.terms.keepMs + MARGIN_MS;
  for (const bin of level.bins.toReversed()) {
    if (bin.startMs < fromMs || rows > MAX_ROWS) break;
    add(bin.startMs, partOf(bin, numbers));
  }
  return hours;
}

function partOf(bin: Bin, numbers: readonly number[]): BinRows {
  const of = (rows: Rows, stride: number): Rows => {
    return joinRows(numbers.map((number) => rows.subarray(...rangeOf(rows, stride, number))));
  };
  return {
    messages: of(bin.messages, MESSAGE_ROW.stride),
    latency: of(bin.latency, LATENCY_ROW.stride),
    uniques: of(bin.uniques, UNIQUES_ROW.stride),
  };
}

function pack(rollups: Rollups, startMs: number, { messages, latency, uniques }: BinRows): TravellingHour {
  const accounts = new Set<number>();
  const senders = new Set<number>();
  const carriers = new Set<number>();
  for (let row = 0; row < messages.length; row += MESSAGE_ROW.stride) {
    accounts.add(messages[row + ACCOUNT] as number);
    senders.add(messages[row + SENDER] as number);
    carriers.add(((messages[row + REST] as number) >>> FIELDS.carrier.shift) & FIELDS.carrier.mask);
  }
  for (let row = 0; row < latency.length; row += LATENCY_ROW.stride) {
    accounts.add(latency[row] as number);
    carriers.add((latency[row + 1] as number) >>> LATENCY_FIELDS.carrier.shift);
  }
  for (let row = 0; row < uniques.length; row += UNIQUES_ROW.stride) accounts.add(uniques[row] as number);
  const texts = (numbers: ReadonlySet<number>, names: Rollups["accounts"]): [number, string][] =>
    [...numbers].flatMap((number): [number, string][] => {
      const text = names.textOf(number);
      return number <= NONE || text === null ? [] : [[number, text]];
    });
  return {
    startMs,
    accounts: texts(accounts, rollups.accounts),
    senders: texts(senders, rollups.senders),
    carriers: texts(carriers, rollups.carriers),
    messages: encodeRows(messages),
    latency: encodeRows(latency),
    uniques: encodeRows(uniques),
  };
}

/** Adds an hour that came from another cell. For reducers. */
export function adopt(rollups: Rollups, hour: TravellingHour): void {
  const { startMs } = hour;
  const rows = renumbered(rollups, hour);
  const level = rollups.level(HOURS);
  if (startMs === level.open.startMs) {
    rollups.overflow += mergeRows(rows, level.open);
    return;
  }
  const known = level.find(startMs);
  const all = known === undefined ? rows : joined([known, rows]);
  level.put(
    makeBin({
      startMs,
      messages: sortByAccount(all.messages, MESSAGE_ROW.stride),
      latency: sortByAccount(all.latency, LATENCY_ROW.stride),
      uniques: sortByAccount(all.uniques, UNIQUES_ROW.stride),
      overflow: known?.overflow ?? 0,
      coarseness: known?.coarseness ?? 0,
    }),
  );
}

/** The rows with the numbers of this cell. */
function renumbered(rollups: Rollups, hour: TravellingHour): BinRows {
  const accounts = new Map(hour.accounts.map(([number, text]) => [number, rollups.accounts.numberOf(text)]));
  const senders = new Map(hour.senders.map(([number, text]) => [number, rollups.senders.numberOf(text)]));
  const carriers = new Map(hour.carriers.map(([number, text]) => [number, rollups.carriers.numberOf(text)]));
  const to = (map: ReadonlyMap<number, number>, number: number): number =>
    number === NONE ? NONE : (map.get(number) ?? OTHER);
  const [messages, latency, uniques] = [decodeRows(hour.messages), decodeRows(hour.latency), decodeRows(hour.uniques)];
  const { shift, mask } = FIELDS.carrier;
  for (let row = 0; row < messages.length; row += MESSAGE_ROW.stride) {
    const rest = messages[row + REST] as number;
    messages[row + ACCOUNT] = to(accounts, messages[row + ACCOUNT] as number);
    messages[row + SENDER] = to(senders, messages[row + SENDER] as number);
    messages[row + REST] = (rest & ~(mask << shift)) | (to(carriers, (rest >>> shift) & mask) << shift);
  }
  for (let row = 0; row < latency.length; row += LATENCY_ROW.stride) {
    const where = latency[row + 1] as number;
    latency[row] = to(accounts, latency[row] as number);
    latency[row + 1] =
      (where & LATENCY_FIELDS.country.mask) |
      (to(carriers, where >>> LATENCY_FIELDS.carrier.shift) << LATENCY_FIELDS.carrier.shift);
  }
  for (let row = 0; row < uniques.length; row += UNIQUES_ROW.stride)
    uniques[row] = to(accounts, uniques[row] as number);
  return { messages, latency, uniques };
}

function joined(parts: readonly BinRows[]): BinRows {
  return {
    messages: joinRows(parts.map(({ messages }) => messages)),
    latency: joinRows(parts.map(({ latency }) => latency)),
    uniques: joinRows(parts.map(({ uniques }) => uniques)),
  };
}

function copyOf({ messages, latency, uniques }: BinRows): BinRows {
  return { messages: messages.slice(), latency: latency.slice(), uniques: uniques.slice() };
}
