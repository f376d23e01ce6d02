import { AppError } from "../../kernel/errors.ts";
import type { PricingDeps } from "./deps.ts";
import { pricingErrors } from "./errors.ts";
import type { PriceTable } from "./price-table.ts";
import { completeTable, findTable, insertDraft, insertPart, readParts } from "./price-table.store.ts";
import {
  compilePrices,
  jsonOfRow,
  PRICE_LIMITS,
  readCsv,
  readRow,
  refusePrice,
  valuesOfJson,
  type CompiledPrices,
  type PlacedRow,
  type PriceHead,
  type PriceRow,
} from "./table/index.ts";

type TableDeps = Pick<PricingDeps, "database" | "clock" | "hash" | "pause">;

/** Rows that stand in one part in the database. */
const PART_ROWS = 2_000;
/** Rows that are read before everything else may run. */
const SLICE_ROWS = 500;
/** Rows in one part that is sent: a body has at most some megabytes. */
const MAX_SENT_ROWS = 200_000;

/** The rows of a request: a list, or CSV. */
export type GivenRows = { readonly rows: readonly unknown[] } | { readonly csv: string };

/** Who makes a table, and what holds for it as a whole. */
export interface TableInput {
  readonly head: PriceHead;
  readonly note: string;
  readonly createdBy: string;
}

/** Reads what was given, row by row, each with the place that an error names. */
function* readGiven(given: GivenRows): Generator<PlacedRow> {
  if ("csv" in given) {
    for (const { line, values } of readCsv(given.csv))
      yield { row: readRow(values, `line ${line}`), path: `line ${line}` };
    return;
  }
  for (const [index, value] of given.rows.entries()) {
    const path = `rows[${index}]`;
    yield { row: readRow(valuesOfJson(value, path), path), path };
  }
}

/** Starts a table that is given in parts. */
export function createDraft({ database, clock }: TableDeps, input: TableInput): Promise<PriceTable> {
  return insertDraft(database, { ...input, atMs: clock.nowMs() });
}

/** Makes a table in one piece: read, checked and complete. Throws `tableInvalid`; then nothing is stored. */
export async function createTable(deps: TableDeps, input: TableInput, given: GivenRows): Promise<PriceTable> {
  const { database, clock, hash, pause } = deps;
  const read: PriceRow[] = [];
  const keep = function* (): Generator<PlacedRow> {
    for (const placed of readGiven(given)) {
      read.push(placed.row);
      yield placed;
    }
  };
  const compiled = await compilePrices(keep(), { version: 0, head: input.head, hash: hash(), pause });
  requireRows(compiled.rowCount);
  return database.transaction(async (tx) => {
    const { version } = await insertDraft(tx, { ...input, atMs: clock.nowMs() });
    const parts = await storeRows(tx, { version, part: 0, firstRow: 0 }, read);
    const table = await completeTable(tx, { version, parts, hash: compiled.hash });
    if (table === undefined) throw new AppError(pricingErrors.tableIsDraft, { version });
    return table;
  });
}

type Begin = { readonly version: number; readonly part: number; readonly firstRow: number };

/** Stores rows as the next parts. Resolves to the number of the part after them. */
async function storeRows(
  tx: Parameters<typeof insertPart>[0],
  { version, part, firstRow }: Begin,
  rows: readonly PriceRow[],
): Promise<number> {
  let next = part;
  for (let at = 0; at < rows.length; at += PART_ROWS) {
    const piece = rows.slice(at, at + PART_ROWS).map(jsonOfRow);
    await insertPart(tx, { version, part: next, firstRow: firstRow + at, rows: piece });
    next += 1;
  }
  return next;
}

/** Adds rows to a draft. `count` is how many it has: what was sent twice is refused. Throws 404, 409 and `tableInvalid`. */
export async function addRows(
  deps: TableDeps,
  added: { readonly version: number; readonly count: number; readonly given: GivenRows },
): Promise<PriceTable> {
  const { version, count, given } = added;
  const read: PriceRow[] = [];
  for (const { row, path } of readGiven(given)) {
    if (read.length >= MAX_SENT_ROWS) refusePrice(path, `a part has at most ${MAX_SENT_ROWS} rows`);
    read.push(row);
    if (read.length % SLICE_ROWS === 0) await deps.pause();
  }
  return deps.database.transaction(async (tx) => {
    const draft = await findTable(tx, version, true);
    if (draft === undefined) throw new AppError(pricingErrors.tableUnknown, { version });
    if (draft.status !== "draft") throw new AppError(pricingErrors.tableIsComplete, { version });
    if (draft.rows !== count) throw new AppError(pricingErrors.rowsTaken, { version, count: draft.rows });
    if (draft.rows + read.length > PRICE_LIMITS.rows) refusePrice("rows", `there are more than ${PRICE_LIMITS.rows}`);
    const parts = await storeRows(tx, { version, part: draft.parts, firstRow: draft.rows }, read);
    return { ...draft, parts, rows: draft.rows + read.length };
  });
}

/** Reads and checks a draft as a whole; from then on it never changes. Throws 404, 409 and `tableInvalid`. */
export async function completeDraft(deps: TableDeps, version: number): Promise<PriceTable> {
  const draft = await findTable(deps.database, version);
  if (draft === undefined) throw new AppError(pricingErrors.tableUnknown, { version });
  if (draft.status === "complete") return draft;
  const compiled = await compileStored(deps, draft);
  requireRows(compiled.rowCount);
  const table = await completeTable(deps.database, { version, parts: draft.parts, hash: compiled.hash });
  if (table === undefined) throw new AppError(pricingErrors.tableIsDraft, { version });
  return table;
}

/** The rows of a stored table, from one on. */
export async function* readRows(
  { database }: Pick<TableDeps, "database">,
  version: number,
  fromRow = 0,
): AsyncGenerator<PlacedRow> {
  for await (const { firstRow, rows } of readParts(database, version, fromRow)) {
    for (const [index, value] of rows.entries()) {
      if (firstRow + index < fromRow) continue;
      const path = `rows[${firstRow + index}]`;
      yield { row: readRow(valuesOfJson(value, path), path), path };
    }
  }
}

/** A stored table, compiled. */
export function compileStored(deps: TableDeps, table: PriceTable): Promise<CompiledPrices> {
  const { version, list, currency, rates } = table;
  const head = { list, currency, rates };
  return compilePrices(readRows(deps, version), { version, head, hash: deps.hash(), pause: deps.pause });
}

function requireRows(count: number): void {
  if (count === 0) refusePrice("rows", "there is none");
}

/** The longest note and reason. */
export const MAX_NOTE_CHARACTERS = 1_000;
