import { AppError } from "../../../kernel/errors.ts";
import {
  headerOf,
  INVALID_PARAMETER,
  NOT_FOUND,
  parseFields,
  UNSUPPORTED_MEDIA_TYPE,
  type Fields,
  type HttpRequest,
  type HttpResponse,
  type Mount,
  type MountCall,
} from "../../../platform/http/index.ts";
import type { Database, Row } from "../../../platform/ports.ts";
import type { NumbersDeps } from "../deps.ts";
import { FACT_COLUMNS } from "../number-facts.ts";
import { importNumbers, type ImportOutcome } from "./import-numbers.ts";
import { COLUMNS, NumberLines } from "./number-lines.ts";
import { csvField, CsvError, CsvReader } from "./parse-csv.ts";

/** Room for 250,000 lines of more than a hundred octets. */
const MAX_BODY_OCTETS = 32 * 1024 * 1024;
const BATCH_ROWS = 5_000;
/** 100,000 lines in one answer; it names where the rest begins. */
const MAX_EXPORT_BATCHES = 20;
const PATH = "/trunkline/v1/Numbers";

/** What takes numbers that were read from a file: `undefined` where a line turned out to be wrong. */
export type TakeNumbers = (lines: NumberLines, options: ImportRequest) => Promise<ImportOutcome | undefined>;

/** What a request says of a file. */
export interface ImportRequest {
  readonly isDryRun: boolean;
  /** Of the shared inventory: the pool that the numbers go to. */
  readonly pool: string;
}

/** `Numbers/Import` and `Numbers/Export` of a cell: its inventory as CSV. For the operator. */
export function numberFileMounts(deps: NumbersDeps): Mount[] {
  return [
    importMount(`${PATH}/Import`, deps.isOperator, (lines, { isDryRun }) => {
      return importNumbers(deps, lines, isDryRun);
    }),
    {
      method: "GET",
      path: `${PATH}/Export`,
      access: "main",
      run: async (call): Promise<HttpResponse> => {
        operatorOnly(deps.isOperator, call);
        const { body, last } = await exportLines(deps.database, parseFields(call.query).first("After") ?? "");
        const headers = ["Content-Type", "text/csv; charset=utf-8", "Cache-Control", "no-store"];
        if (last !== undefined) headers.push("Link", `<${PATH}/Export?After=${encodeURIComponent(last)}>; rel="next"`);
        return { status: 200, headers, body };
      },
    },
  ];
}

/** A mount that takes a CSV file of numbers. */
export function importMount(path: string, isOperator: (accountSid: string) => boolean, take: TakeNumbers): Mount {
  return {
    method: "POST",
    path,
    access: "main",
    run: async (call) => {
      operatorOnly(isOperator, call);
      const fields = parseFields(call.query);
      const request = { isDryRun: readFlag(fields, "DryRun"), pool: readPool(fields) };
      const lines = await readLines(call.request);
      const outcome = await take(lines, request);
      return outcome === undefined ? refused(lines) : done(outcome, request.isDryRun);
    },
  };
}

function operatorOnly(isOperator: (accountSid: string) => boolean, { principal, request }: MountCall): void {
  if (!isOperator(principal?.accountSid ?? "")) throw new AppError(NOT_FOUND, { resource: request.target });
}

function readFlag(fields: Fields, name: string): boolean {
  const value = fields.first(name)?.toLowerCase() ?? "";
  if (value === "" || value === "false") return false;
  if (value === "true") return true;
  throw new AppError(INVALID_PARAMETER, { parameter: name, reason: "it is neither true nor false" });
}

function readPool(fields: Fields): string {
  const pool = fields.first("Pool") ?? "";
  if (/^[a-z0-9-]{0,32}$/.test(pool)) return pool;
  throw new AppError(INVALID_PARAMETER, { parameter: "Pool", reason: "it is no name of a region" });
}

async function readLines(request: HttpRequest): Promise<NumberLines> {
  const type = headerOf(request.headers, "content-type")?.split(";")[0]?.trim().toLowerCase();
  if (type !== "text/csv") throw new AppError(UNSUPPORTED_MEDIA_TYPE, { expected: "text/csv in UTF-8" });
  const lines = new NumberLines();
  const reader = new CsvReader();
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const body = request.streamBody?.(MAX_BODY_OCTETS) ?? [await request.readBody(MAX_BODY_OCTETS)];
  try {
    for await (const piece of body as AsyncIterable<Uint8Array>) {
      for (const record of reader.push(decoder.decode(piece, { stream: true }))) lines.take(record);
    }
    for (const record of reader.push(decoder.decode())) lines.take(record);
    for (const record of reader.end()) lines.take(record);
  } catch (error) {
    if (error instanceof CsvError) lines.fail(error.line, error.message);
    else if (error instanceof TypeError) lines.fail(0, "the file is not UTF-8");
    else throw error;
  }
  return lines;
}

const CODE = 20001;

function refused({ errors, wrong }: NumberLines): HttpResponse {
  const message = `${wrong} lines are wrong; nothing was imported.`;
  return answer(400, { code: CODE, message, more_info: "", status: 400, errors });
}

function done(outcome: ImportOutcome, isDryRun: boolean): HttpResponse {
  return answer(200, { dry_run: isDryRun, ...outcome });
}

function answer(status: number, body: object): HttpResponse {
  const headers = ["Content-Type", "application/json", "Cache-Control", "no-store"];
  return { status, headers, body: `${JSON.stringify(body)}\n` };
}

/**
 * A part of the inventory of a cell, as the lines of a file that can be imported again.
 * `last` is the number after which it goes on, where it does.
 */
async function exportLines(
  database: Database,
  after: string,
): Promise<{ readonly body: string; readonly last: string | undefined }> {
  const columns = COLUMNS.map((column) => (column === "phone_number" ? "number" : column === "type" ? "kind" : column));
  const parts = [`${COLUMNS.join(",")}\n`];
  let last = after;
  for (let batch = 0; batch < MAX_EXPORT_BATCHES; batch += 1) {
    const rows = await database.query<Row & { number: string }>(
      `select ${FACT_COLUMNS}, account_sid from phone_numbers where configured and number > $1
       order by number limit ${BATCH_ROWS}`,
      [last],
    );
    for (const row of rows) {
      parts.push(`${columns.map((column) => csvField((row[column] ?? null) as string | null)).join(",")}\n`);
    }
    last = rows.at(-1)?.number ?? last;
    if (rows.length < BATCH_ROWS) return { body: parts.join(""), last: undefined };
  }
  return { body: parts.join(""), last };
}
