import type { Slice } from "../../platform/http/index.ts";
import type { Database, Row } from "../../platform/ports.ts";
import type { Line, LineKind } from "./line.ts";
import { firstLineIdAt } from "./line-id.ts";
import type { LedgerState, PageLine } from "./state.ts";

/** What lines are asked for. */
export interface LineFilter {
  /** The accounts whose lines may be seen; `undefined` for all of the cell. */
  readonly accountSids: readonly string[] | undefined;
  /** The main account whose wallet, and with it its subaccounts' lines. */
  readonly wallet: string | undefined;
  readonly kinds: readonly LineKind[];
  /** The first millisecond that counts, and the first that does not any more. */
  readonly fromMs: number | undefined;
  readonly untilMs: number | undefined;
  readonly category: string | undefined;
  readonly carrier: string | undefined;
  readonly country: string | undefined;
  readonly network: string | undefined;
  readonly resourceSid: string | undefined;
}

/** What reads of lines work with. */
export interface LineDeps {
  readonly database: Database;
  readonly state: LedgerState;
}

interface LineRow extends Row {
  readonly id: string;
  readonly at: Date;
  readonly kind: LineKind;
  readonly account_sid: string;
  readonly wallet: string;
  readonly category: string;
  readonly amount_micros: number;
  readonly currency: string;
  readonly count: number;
  readonly usage: number;
  readonly usage_unit: string;
  readonly ref: string;
  readonly resource_sid: string | null;
  readonly country: string | null;
  readonly network: string | null;
  readonly carrier: string | null;
  readonly attempt: number | null;
  readonly sender_kind: string | null;
  readonly outcome: string | null;
  readonly grants_micros: number;
  readonly owed_micros: number;
  readonly reason: string | null;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Whether a text is the id of a line. */
export function isLineId(text: string): boolean {
  return UUID.test(text);
}

/** At most `limit` lines, newest first: rows, and what is in memory and not projected yet. */
export async function listLines(deps: LineDeps, filter: LineFilter, slice: Slice): Promise<Line[]> {
  const found = new Map<string, Line>();
  // Looked at before the rows: what is projected meanwhile is then found twice rather than not at all.
  for (const line of recentLines(deps.state)) if (matches(line, filter, slice)) found.set(line.id, line);
  for (const line of await selectLines(deps.database, filter, slice)) found.set(line.id, line);
  const merged = [...found.values()].toSorted((a, b) => (a.id < b.id ? 1 : -1));
  return slice.direction === "next" ? merged.slice(0, slice.limit) : merged.slice(-slice.limit);
}

/** What is asked for of one resource: nothing has more lines than a message in a thousand attempts. */
const MAX_RESOURCE_LINES = 200;

/** The lines of one message, call or look-up, oldest first; at most 200. Whoever asks has checked whose it is. */
export async function linesOfResource(deps: LineDeps, resourceSid: string): Promise<Line[]> {
  const filter: LineFilter = {
    accountSids: undefined,
    wallet: undefined,
    kinds: ["charge", "cost", "credit"],
    fromMs: undefined,
    untilMs: undefined,
    category: undefined,
    carrier: undefined,
    country: undefined,
    network: undefined,
    resourceSid,
  };
  const slice: Slice = { limit: MAX_RESOURCE_LINES, cursor: undefined, direction: "next" };
  return (await listLines(deps, filter, slice)).toReversed();
}

/** One line by its id. */
export async function findLine({ database, state }: LineDeps, id: string): Promise<Line | undefined> {
  for (const line of recentLines(state)) if (line.id === id) return line;
  const [row] = await database.query<LineRow>("select * from ledger_lines where id = $1::uuid", [id]);
  return row === undefined ? undefined : fromRow(row);
}

/** Lines that are not known to be in the database. */
function* recentLines(state: LedgerState): IterableIterator<Line> {
  for (const key of state.lines.unprojectedKeys()) {
    const page = state.lines.get(key);
    if (page === undefined) continue;
    for (let i = 0; i < page.lines.length; i += 1) {
      const line = page.lines[i] as PageLine;
      yield { id: state.lineId(page, i), atMs: page.atMs, ...line };
    }
  }
}

function matches(line: Line, filter: LineFilter, { cursor, direction }: Slice): boolean {
  if (cursor !== undefined && (direction === "next" ? line.id >= cursor : line.id <= cursor)) return false;
  if (filter.accountSids?.includes(line.accountSid) === false) return false;
  if (filter.wallet !== undefined && line.wallet !== filter.wallet) return false;
  if (!filter.kinds.includes(line.kind)) return false;
  if (filter.fromMs !== undefined && line.atMs < filter.fromMs) return false;
  if (filter.untilMs !== undefined && line.atMs >= filter.untilMs) return false;
  const is = (wanted: string | undefined, value: string | null): boolean => wanted === undefined || wanted === value;
  return (
    is(filter.category, line.category) &&
    is(filter.carrier, line.carrier) &&
    is(filter.country, line.country) &&
    is(filter.network, line.network) &&
    is(filter.resourceSid, line.resourceSid)
  );
}

/** The conditions of a filter, with their values after those that are there already. */
function conditionsOf(filter: LineFilter, values: unknown[]): string[] {
  const conditions: string[] = [];
  const add = (condition: string, value: unknown): void => {
    values.push(value);
    conditions.push(condition.replace("?", `$${values.length}`));
  };
  add("kind = any(?::text[])", filter.kinds);
  if (filter.accountSids !== undefined) add("account_sid = any(?::text[])", filter.accountSids);
  if (filter.wallet !== undefined) add("wallet = ?", filter.wallet);
  // Ids are in order of time, so that a stretch of time is one of the primary key.
  if (filter.fromMs !== undefined) add("id >= ?::uuid", firstLineIdAt(filter.fromMs));
  if (filter.untilMs !== undefined) add("id < ?::uuid", firstLineIdAt(filter.untilMs));
  if (filter.category !== undefined) add("category = ?", filter.category);
  if (filter.carrier !== undefined) add("carrier = ?", filter.carrier);
  if (filter.country !== undefined) add("country = ?", filter.country);
  if (filter.network !== undefined) add("network = ?", filter.network);
  if (filter.resourceSid !== undefined) add("resource_sid = ?", filter.resourceSid);
  return conditions;
}

async function selectLines(
  database: Database,
  filter: LineFilter,
  { cursor, direction, limit }: Slice,
): Promise<Line[]> {
  const values: unknown[] = [limit];
  const conditions = conditionsOf(filter, values);
  if (cursor !== undefined) {
    values.push(cursor);
    conditions.push(`id ${direction === "next" ? "<" : ">"} $${values.length}::uuid`);
  }
  const order = direction === "next" ? "desc" : "asc";
  const rows = await database.query<LineRow>(
    `select * from ledger_lines where ${conditions.join(" and ")} order by id ${order} limit $1`,
    values,
  );
  return rows.map(fromRow);
}

function fromRow(row: LineRow): Line {
  return {
    id: row.id,
    atMs: row.at.getTime(),
    kind: row.kind,
    accountSid: row.account_sid,
    wallet: row.wallet,
    category: row.category,
    amountMicros: Number(row.amount_micros),
    currency: row.currency,
    count: Number(row.count),
    usage: Number(row.usage),
    usageUnit: row.usage_unit,
    ref: row.ref,
    resourceSid: row.resource_sid,
    country: row.country,
    network: row.network,
    carrier: row.carrier,
    attempt: row.attempt,
    senderKind: row.sender_kind,
    outcome: row.outcome,
    grantsMicros: Number(row.grants_micros),
    owedMicros: Number(row.owed_micros),
    reason: row.reason,
  };
}

/** What sums can be told apart by. */
export const DIMENSIONS = ["carrier", "country", "network", "category", "account", "outcome", "attempt"] as const;
export type Dimension = (typeof DIMENSIONS)[number];

const COLUMN: Readonly<Record<Dimension, string>> = {
  carrier: "carrier",
  country: "country",
  network: "network",
  category: "category",
  account: "account_sid",
  outcome: "outcome",
  attempt: "attempt",
};

/** The lines of one value of each dimension, as sums. */
export interface Sum {
  readonly values: Readonly<Partial<Record<Dimension, string | null>>>;
  readonly kind: LineKind;
  readonly currency: string;
  readonly lines: number;
  readonly count: number;
  readonly usage: number;
  /** As text, because sums of years may leave the exact numbers. */
  readonly amountMicros: string;
}

/** More groups than this are cut off, the smallest amounts first. */
const MAX_GROUPS = 1_000;

/** The lines of a filter as sums, the largest amounts first. Of what is in the database: a second may be missing. */
export async function sumLines(database: Database, filter: LineFilter, by: readonly Dimension[]): Promise<Sum[]> {
  const values: unknown[] = [MAX_GROUPS];
  const conditions = conditionsOf(filter, values);
  const columns = by.map((dimension) => `${COLUMN[dimension]}::text as by_${dimension}`);
  const groups = [...by.map((dimension) => COLUMN[dimension]), "kind", "currency"];
  const rows = await database.query(
    `select ${[...columns, "kind", "currency"].join(", ")}, count(*)::text as lines, sum(count)::text as count,
       sum(usage) as usage, sum(amount_micros)::text as amount
     from ledger_lines where ${conditions.join(" and ")}
     group by ${groups.join(", ")} order by abs(sum(amount_micros)) desc, 1 limit $1`,
    values,
  );
  return rows.map((row) => ({
    values: Object.fromEntries(by.map((dimension) => [dimension, (row[`by_${dimension}`] ?? null) as string | null])),
    kind: row["kind"] as LineKind,
    currency: String(row["currency"]),
    lines: Number(row["lines"]),
    count: Number(row["count"]),
    usage: Number(row["usage"]),
    amountMicros: String(row["amount"]),
  }));
}
