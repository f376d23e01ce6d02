import { microsToDecimal } from "../../../kernel/money.ts";
import { COLUMNS, PRICE_LIMITS, type PriceRow } from "./document.ts";
import { refusePrice, type RowValues } from "./read-row.ts";

const MAX_FIELD_CHARACTERS = 500;

/**
 * The rows of a table as CSV (RFC 4180), with the line that each begins in. The first line
 * names the columns, in any order; lines may end in CRLF or LF; a byte order mark is passed
 * over, and so are empty lines. Throws `tableInvalid` with the line.
 */
export function* readCsv(csv: string): Generator<{ readonly line: number; readonly values: RowValues }> {
  const records = splitCsv(csv);
  const first = records.next();
  if (first.done === true) refusePrice("line 1", "the names of the columns are expected");
  const names = first.value.fields.map((name) => name.trim().toLowerCase());
  for (const [index, name] of names.entries()) {
    if (!COLUMNS.includes(name as (typeof COLUMNS)[number])) refusePrice("line 1", `there is no column ${name}`);
    if (names.indexOf(name) !== index) refusePrice("line 1", `the column ${name} is there twice`);
  }
  for (const needed of ["item", "price"]) {
    if (!names.includes(needed)) refusePrice("line 1", `the column ${needed} is missing`);
  }
  let count = 0;
  for (const { line, fields } of records) {
    count += 1;
    if (count > PRICE_LIMITS.rows) refusePrice(`line ${line}`, `there are more than ${PRICE_LIMITS.rows} rows`);
    if (fields.length !== names.length) {
      refusePrice(`line ${line}`, `it has ${fields.length} fields, and there are ${names.length} columns`);
    }
    const values: Record<string, string> = {};
    for (const [index, name] of names.entries()) values[name] = (fields[index] ?? "").trim();
    yield { line, values };
  }
}

interface CsvRecord {
  readonly line: number;
  readonly fields: readonly string[];
}

/** Where a field ends, and what it holds. */
interface Field {
  readonly text: string;
  readonly end: number;
}

function* splitCsv(csv: string): Generator<CsvRecord, void> {
  let at = csv.startsWith("\ufeff") ? 1 : 0;
  let line = 1;
  while (at < csv.length) {
    const begun = line;
    const fields: string[] = [];
    for (;;) {
      const field: Field = csv[at] === '"' ? quotedField(csv, at, line) : plainField(csv, at);
      if (field.text.length > MAX_FIELD_CHARACTERS) refusePrice(`line ${line}`, "a field is too long");
      for (const character of field.text) if (character === "\n") line += 1;
      fields.push(field.text);
      at = field.end;
      if (csv[at] !== ",") break;
      at += 1;
      if (fields.length > COLUMNS.length) refusePrice(`line ${line}`, "it has too many fields");
    }
    if (csv[at] === "\r") at += 1;
    if (at < csv.length && csv[at] !== "\n") refusePrice(`line ${line}`, "a quoted field is followed by text");
    at += 1;
    line += 1;
    if (fields.length > 1 || fields[0] !== "") yield { line: begun, fields };
  }
}

function plainField(csv: string, start: number): Field {
  let end = start;
  for (; end < csv.length; end += 1) {
    const character = csv[end];
    if (character === "," || character === "\n" || character === "\r") break;
  }
  return { text: csv.slice(start, end), end };
}

function quotedField(csv: string, start: number, line: number): Field {
  let text = "";
  let at = start + 1;
  for (;;) {
    const quote = csv.indexOf('"', at);
    if (quote < 0) refusePrice(`line ${line}`, "a quote is not closed");
    text += csv.slice(at, quote);
    if (csv[quote + 1] !== '"') return { text, end: quote + 1 };
    text += '"';
    at = quote + 2;
  }
}

/** The first line of a table as CSV. */
export const CSV_HEAD = `${COLUMNS.join(",")}\r\n`;

/** One row as a line of CSV. Nothing in a row begins like a formula: the reader of rows allows no such text. */
export function csvOfRow(row: PriceRow): string {
  const fields = COLUMNS.map((column) => {
    const text = column === "price" ? microsToDecimal(row.priceMicros) : (row[column] ?? "");
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  });
  return `${fields.join(",")}\r\n`;
}
