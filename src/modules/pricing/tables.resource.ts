import { AppError } from "../../kernel/errors.ts";
import { iso8601 } from "../../kernel/time.ts";
import {
  BAD_PAGE_TOKEN,
  defineContentRoute,
  defineListRoute,
  defineRoute,
  enumeration,
  integer,
  text,
  type JsonObject,
  type JsonValue,
  type Page,
  type Route,
  type Slice,
} from "../../platform/http/index.ts";
import {
  addRows,
  completeDraft,
  createDraft,
  createTable,
  MAX_NOTE_CHARACTERS,
  readRows,
  type GivenRows,
} from "./create-table.ts";
import type { PricingDeps } from "./deps.ts";
import { pricingErrors } from "./errors.ts";
import { BASE_PATH, operatorOnly, pageById, readId } from "./operator.ts";
import type { PriceTable } from "./price-table.ts";
import { findTable, listTables } from "./price-table.store.ts";
import {
  comparePrices,
  CSV_HEAD,
  csvOfRow,
  DEFAULT_HEAD,
  defaultRows,
  jsonOfRow,
  readHead,
  STANDARD_LIST,
  type PriceRow,
} from "./table/index.ts";

const common = { product: "api", tag: "Prices", access: "main" } as const;
const TABLES = `${BASE_PATH}/Tables` as const;
/** A body with 100,000 rows of CSV. */
const MAX_TABLE_OCTETS = 12 * 1024 * 1024;
const MAX_LIST_CHARACTERS = 64;

/** `Prices/Tables`: the versions of price lists. For the operator. */
export function tableRoutes(deps: PricingDeps): Route[] {
  return [
    listRoute(deps),
    createRoute(deps),
    fetchRoute(deps),
    completeRoute(deps),
    addRowsRoute(deps),
    rowsRoute(deps),
    csvRoute(deps),
    compareRoute(deps),
  ];
}

/** A version, the built-in one too. Throws the 404 of the call. */
async function requireTable(
  { database, prices }: PricingDeps,
  call: { notFound(): AppError },
  text: string,
): Promise<PriceTable> {
  const version = readId(text);
  if (version === 0) {
    const { hash, rowCount } = await prices.table(0);
    const base = { version: 0, status: "complete", note: "built in", createdBy: "", createdMs: 0, parts: 0 } as const;
    return { ...DEFAULT_HEAD, ...base, hash, rows: rowCount };
  }
  const table = version === undefined ? undefined : await findTable(database, version);
  if (table === undefined) throw call.notFound();
  return table;
}

async function* rowsOf(deps: PricingDeps, version: number, fromRow = 0): AsyncGenerator<PriceRow> {
  if (version === 0) yield* defaultRows().slice(fromRow);
  else for await (const { row } of readRows(deps, version, fromRow)) yield row;
}

function viewTable(table: PriceTable, baseUrl: string): JsonObject {
  const { version, list, currency, rates, status, hash, note, createdBy, createdMs, parts, rows } = table;
  return {
    version,
    list,
    currency,
    rates: Object.fromEntries(Object.entries(rates).map(([name, rate]) => [name, rate / 1_000_000])),
    status,
    hash: hash ?? null,
    note,
    created_by: createdBy === "" ? null : createdBy,
    date_created: createdMs === 0 ? null : iso8601(createdMs),
    parts,
    rows,
    url: `${baseUrl}${TABLES}/${version}`,
  };
}

function listRoute(deps: PricingDeps): Route {
  return defineListRoute({
    ...common,
    path: TABLES,
    operationId: "ListPriceTable",
    summary: "List the versions of price lists, newest first; for the operator",
    collection: "tables",
    parameters: { List: text({ maxCharacters: MAX_LIST_CHARACTERS, summary: "Only versions of this list." }) },
    page: ({ call, ...asked }) => {
      operatorOnly(deps, call);
      const list = call.params.List === "" ? undefined : call.params.List;
      return pageById(
        asked,
        (slice) => listTables(deps.database, list, slice),
        ({ version }) => version,
      );
    },
    view: (table, call) => viewTable(table, call.baseUrl),
  });
}

function createRoute(deps: PricingDeps): Route {
  return defineRoute({
    ...common,
    method: "POST",
    path: TABLES,
    operationId: "CreatePriceTable",
    summary: "Make a version of a price list: `rows`, `csv`, or neither for a draft that takes parts; for the operator",
    body: "json",
    maxBodyOctets: MAX_TABLE_OCTETS,
    success: 201,
    creates: true,
    errors: [pricingErrors.tableInvalid, pricingErrors.bodyInvalid],
    run: (call) => {
      operatorOnly(deps, call);
      const body = readBody(call.json, ["list", "currency", "rates", "note", "rows", "csv"]);
      const { list = STANDARD_LIST, currency, rates } = body;
      const input = {
        head: readHead({ list, currency, rates }),
        note: readNote(body["note"]),
        createdBy: call.accountSid,
      };
      const given = readGiven(body);
      return given === undefined ? createDraft(deps, input) : createTable(deps, input, given);
    },
    view: (table, call) => viewTable(table, call.baseUrl),
  });
}

function fetchRoute(deps: PricingDeps): Route {
  return defineRoute({
    ...common,
    method: "GET",
    path: `${TABLES}/{Version}`,
    operationId: "FetchPriceTable",
    summary: "Fetch what is known of a version of a price list; 0 is the built-in one; for the operator",
    success: 200,
    run: (call) => {
      operatorOnly(deps, call);
      return requireTable(deps, call, call.path.Version);
    },
    view: (table, call) => viewTable(table, call.baseUrl),
  });
}

function completeRoute(deps: PricingDeps): Route {
  return defineRoute({
    ...common,
    method: "POST",
    path: `${TABLES}/{Version}`,
    operationId: "UpdatePriceTable",
    summary: "Complete a draft: it is read as a whole, and never changes from then on; for the operator",
    parameters: { Status: enumeration({ values: ["complete"], required: true, summary: "The new status." }) },
    success: 200,
    errors: [pricingErrors.tableInvalid, pricingErrors.tableUnknown, pricingErrors.tableIsDraft],
    run: (call) => {
      operatorOnly(deps, call);
      const version = readId(call.path.Version);
      if (version === undefined) throw call.notFound();
      return completeDraft(deps, version);
    },
    view: (table, call) => viewTable(table, call.baseUrl),
  });
}

function addRowsRoute(deps: PricingDeps): Route {
  return defineRoute({
    ...common,
    method: "POST",
    path: `${TABLES}/{Version}/Rows`,
    operationId: "CreatePriceTableRows",
    summary: "Add `rows` or `csv` to a draft that has `count` rows so far; for the operator",
    body: "json",
    maxBodyOctets: MAX_TABLE_OCTETS,
    success: 201,
    creates: true,
    errors: [
      pricingErrors.tableInvalid,
      pricingErrors.tableUnknown,
      pricingErrors.tableIsComplete,
      pricingErrors.rowsTaken,
    ],
    run: (call) => {
      operatorOnly(deps, call);
      const version = readId(call.path.Version);
      if (version === undefined) throw call.notFound();
      const body = readBody(call.json, ["count", "rows", "csv"]);
      const given = readGiven(body);
      const { count } = body;
      if (given === undefined) throw new AppError(pricingErrors.bodyInvalid, { reason: "rows or csv is expected" });
      if (typeof count !== "number") throw new AppError(pricingErrors.bodyInvalid, { reason: "count is a number" });
      return addRows(deps, { version, count, given });
    },
    view: (table, call) => viewTable(table, call.baseUrl),
  });
}

interface NumberedRow {
  readonly index: number;
  readonly row: PriceRow;
}

function rowsRoute(deps: PricingDeps): Route {
  return defineListRoute({
    ...common,
    path: `${TABLES}/{Version}/Rows`,
    operationId: "ListPriceTableRow",
    summary: "List the rows of a version of a price list as they were given; for the operator",
    collection: "rows",
    page: async ({ call, ...asked }): Promise<Page<NumberedRow>> => {
      operatorOnly(deps, call);
      const { version } = await requireTable(deps, call, call.path.Version);
      return pageOfRows(asked, (fromRow) => rowsOf(deps, version, fromRow));
    },
    view: ({ row }) => jsonOfRow(row),
  });
}

/** Rows are found by their index, which never changes. */
async function pageOfRows(
  { cursor, direction, limit }: Slice,
  read: (fromRow: number) => AsyncIterable<PriceRow>,
): Promise<Page<NumberedRow>> {
  const at = cursor === undefined ? -1 : readId(cursor);
  if (at === undefined) throw new AppError(BAD_PAGE_TOKEN);
  const first = direction === "next" ? at + 1 : Math.max(0, at - limit);
  const wanted = direction === "next" ? limit : Math.min(limit, at);
  const records: NumberedRow[] = [];
  let isMore = false;
  for await (const row of read(first)) {
    if (records.length >= wanted) {
      isMore = true;
      break;
    }
    records.push({ index: first + records.length, row });
  }
  return {
    records,
    nextCursor: isMore ? String(first + records.length - 1) : undefined,
    previousCursor: first > 0 ? String(first) : undefined,
  };
}

function csvRoute(deps: PricingDeps): Route {
  return defineContentRoute({
    ...common,
    method: "GET",
    path: `${TABLES}/{Version}/Rows.csv`,
    operationId: "FetchPriceTableCsv",
    summary: "Fetch the rows of a version of a price list as CSV; for the operator",
    run: async (call) => {
      operatorOnly(deps, call);
      const { version, list } = await requireTable(deps, call, call.path.Version);
      const lines = [CSV_HEAD];
      for await (const row of rowsOf(deps, version)) lines.push(csvOfRow(row));
      const disposition = `attachment; filename="prices-${list}-${version}.csv"`;
      return {
        status: 200,
        headers: ["Content-Type", "text/csv; charset=utf-8", "Content-Disposition", disposition],
        body: lines.join(""),
      };
    },
  });
}

function compareRoute(deps: PricingDeps): Route {
  return defineRoute({
    ...common,
    method: "GET",
    path: `${TABLES}/{Version}/Comparison`,
    operationId: "FetchPriceTableComparison",
    summary: "What a version of a price list changes against another one; for the operator",
    success: 200,
    parameters: {
      Against: integer({ required: true, min: 0, max: Number.MAX_SAFE_INTEGER, summary: "The version before." }),
    },
    run: async (call) => {
      operatorOnly(deps, call);
      const after = await requireTable(deps, call, call.path.Version);
      const before = await requireTable(deps, call, String(call.params.Against));
      const found = await comparePrices(rowsOf(deps, before.version), rowsOf(deps, after.version), deps.pause);
      return { before, after, found };
    },
    view: ({ before, after, found }) => ({
      version: after.version,
      against: before.version,
      same_currency: before.currency === after.currency,
      added_count: found.addedCount,
      removed_count: found.removedCount,
      changed_count: found.changedCount,
      unchanged_count: found.sameCount,
      added: found.added.map(jsonOfRow),
      removed: found.removed.map(jsonOfRow),
      changed: found.changed.map((row) => ({
        ...jsonOfRow(row.after),
        previous_price: jsonOfRow(row.before)["price"] ?? null,
      })),
    }),
  });
}

function readBody(json: JsonValue, allowed: readonly string[]): JsonObject {
  if (typeof json !== "object" || json === null || Array.isArray(json)) {
    throw new AppError(pricingErrors.bodyInvalid, { reason: "an object is expected" });
  }
  const body = json as JsonObject;
  const unknown = Object.keys(body).find((name) => !allowed.includes(name));
  if (unknown !== undefined) {
    throw new AppError(pricingErrors.bodyInvalid, { reason: `it has the member ${unknown.slice(0, 64)}` });
  }
  return body;
}

function readNote(note: JsonValue | undefined): string {
  if (note === undefined) return "";
  if (typeof note !== "string" || note.length > MAX_NOTE_CHARACTERS || note.includes("\0")) {
    throw new AppError(pricingErrors.bodyInvalid, { reason: `note is a text of at most ${MAX_NOTE_CHARACTERS}` });
  }
  return note;
}

function readGiven({ rows, csv }: JsonObject): GivenRows | undefined {
  if (rows !== undefined && csv !== undefined) {
    throw new AppError(pricingErrors.bodyInvalid, { reason: "rows or csv is expected, not both" });
  }
  if (csv !== undefined) {
    if (typeof csv !== "string") throw new AppError(pricingErrors.bodyInvalid, { reason: "csv is a text" });
    return { csv };
  }
  if (rows === undefined) return undefined;
  if (!Array.isArray(rows)) throw new AppError(pricingErrors.bodyInvalid, { reason: "rows is a list" });
  return { rows };
}
