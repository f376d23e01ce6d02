import type { Dimension } from "../query.ts";
import {
  rangeOf,
  usedOf,
  words,
  type Bin,
  type Level,
  type Rollups,
  type Rows,
  type RowTable,
} from "../rollups/index.ts";
import { numberOf } from "./dimension-texts.ts";
import type { Plan } from "./plan.ts";

type Field = words.Field;

/** One kind of rows: where its dimensions stand. */
export interface RowKind {
  readonly rows: "messages" | "latency" | "uniques";
  readonly stride: number;
  readonly fields: Partial<Readonly<Record<Dimension, Field>>>;
}

export const MESSAGES: RowKind = { rows: "messages", stride: words.MESSAGE_ROW.stride, fields: words.FIELDS };
export const LATENCY: RowKind = { rows: "latency", stride: words.LATENCY_ROW.stride, fields: words.LATENCY_FIELDS };
export const UNIQUES: RowKind = {
  rows: "uniques",
  stride: words.UNIQUES_ROW.stride,
  fields: { account: words.FIELDS.account },
};

/** Only rows whose field has one of these values. */
interface Wanted {
  readonly field: Field;
  readonly values: ReadonlySet<number>;
}

/** Some rows of a bin, and the point that they belong to. */
export interface Slice {
  readonly rows: Rows;
  readonly from: number;
  readonly to: number;
  readonly point: number;
}

/** What of the rollups a question is about. */
export class Scan {
  readonly kind: RowKind;
  /** What is filtered on beside the accounts. */
  readonly wanted: readonly Wanted[];
  /** The fields that it is grouped by, in the order of the dimensions that are fields. */
  readonly by: readonly Field[];
  private readonly plan: Plan;
  private readonly rollups: Rollups;
  /** Numbers of the accounts; `undefined` for everybody's. */
  private readonly accounts: ReadonlySet<number> | undefined;
  /** Where everything is that the question needs. */
  private readonly source: Source;

  constructor(rollups: Rollups, plan: Plan, kind: RowKind) {
    this.rollups = rollups;
    this.plan = plan;
    this.kind = kind;
    this.by = plan.by.flatMap((dimension) => kind.fields[dimension] ?? []);
    const isOfAll = kind.rows === "uniques" && !plan.by.includes("account");
    this.accounts = accountsOf(rollups, plan) ?? (isOfAll ? new Set([words.ALL_ACCOUNTS]) : undefined);
    const filtered = plan.filter.filter(([dimension]) => dimension !== "account" && dimension in kind.fields);
    this.wanted = filtered.map(([dimension, texts]) => ({
      field: kind.fields[dimension] as Field,
      values: new Set(texts.map((text) => numberOf(rollups, dimension, text))),
    }));
    const isOfOne = this.accounts !== undefined || kind.rows === "uniques";
    this.source = isOfOne
      ? "detail"
      : sourceOf([...plan.by, ...plan.filter.map(([dimension]) => dimension)], kind.rows);
  }

  /** All rows that the question is about, bin by bin; {@link wanted} is for the reader to look at. */
  *slices(): IterableIterator<Slice> {
    const { plan, rollups } = this;
    const level = rollups.level(plan.level);
    yield* this.closed(level);
    for (let number = plan.level; number >= 0; number -= 1) yield* this.open(rollups.level(number));
  }

  /** Beyond every value of a field. */
  valuesOf(field: Field): number {
    if (field.word === words.ACCOUNT) return this.rollups.accounts.end;
    if (field.word === words.SENDER) return this.rollups.senders.end;
    return field.mask + 1;
  }

  private *closed(level: Level): IterableIterator<Slice> {
    const { startMs, endMs, stepMs } = this.plan;
    for (let at = level.indexOf(startMs); at < level.bins.length; at += 1) {
      const bin = level.bins[at] as Bin;
      if (bin.startMs >= endMs) return;
      yield* this.of(bin, Math.floor((bin.startMs - startMs) / stepMs));
    }
  }

  private *of(bin: Bin, point: number): IterableIterator<Slice> {
    const { accounts, kind, source } = this;
    const rows = source === "detail" || kind.rows === "uniques" ? bin[kind.rows] : bin[source][kind.rows];
    if (accounts === undefined) {
      if (rows.length > 0) yield { rows, from: 0, to: rows.length, point };
      return;
    }
    for (const account of accounts) {
      const [from, to] = rangeOf(rows, kind.stride, account);
      if (from < to) yield { rows, from, to, point };
    }
  }

  private *open({ open }: Level): IterableIterator<Slice> {
    const { startMs, endMs, stepMs } = this.plan;
    if (open.isEmpty || open.startMs < startMs || open.startMs >= endMs) return;
    const point = Math.floor((open.startMs - startMs) / stepMs);
    const rows = usedOf(open)[this.kind.rows];
    const { accounts, kind } = this;
    if (accounts === undefined) {
      yield { rows, from: 0, to: rows.length, point };
      return;
    }
    const { stride } = kind;
    for (let row = 0; row < rows.length; row += stride) {
      if (!accounts.has(rows[row] as number)) continue;
      let to = row + stride;
      while (to < rows.length && rows[to] === rows[row]) to += stride;
      yield { rows, from: row, to, point };
      row = to - stride;
    }
  }
}

type Source = "detail" | "everybody" | "byCarrier" | "byCountry" | "byError";

/** The smallest rows that have all these dimensions. */
function sourceOf(named: readonly Dimension[], rows: RowKind["rows"]): Source {
  const lacks = (...dimensions: Dimension[]): boolean => !dimensions.some((dimension) => named.includes(dimension));
  if (!lacks("account", "sender")) return "detail";
  if (lacks("carrier", "country") && !lacks("error")) return "byError";
  if (lacks("carrier", "error") && (rows === "messages" || lacks("country"))) return "byCountry";
  return lacks("country", "error") ? "byCarrier" : "everybody";
}

/** Whether a row passes the filters. */
export function passes(wanted: readonly Wanted[], rows: Rows, row: number): boolean {
  for (let at = 0; at < wanted.length; at += 1) {
    const { field, values } = wanted[at] as Wanted;
    if (!values.has(((rows[row + field.word] as number) >>> field.shift) & field.mask)) return false;
  }
  return true;
}

/** The number of the group of a row in a table of groups, which grows. */
export function groupOf(groups: RowTable, by: readonly Field[], rows: Rows, row: number): number {
  const at = groups.at(valueAt(by, 0, rows, row), valueAt(by, 1, rows, row), valueAt(by, 2, rows, row), 0);
  return at / groups.stride;
}

function valueAt(by: readonly Field[], at: number, rows: Rows, row: number): number {
  const field = by[at];
  return field === undefined ? 0 : (((rows[row + field.word] as number) >>> field.shift) & field.mask) >>> 0;
}

function accountsOf(rollups: Rollups, { accounts, filter }: Plan): ReadonlySet<number> | undefined {
  const only = filter.find(([dimension]) => dimension === "account")?.[1];
  if (accounts === "all" && only === undefined) return undefined;
  const mine = accounts === "all" ? (only ?? []) : accounts.filter((sid) => only === undefined || only.includes(sid));
  return new Set(mine.flatMap((sid) => rollups.accounts.find(sid) ?? []));
}
