/** A line of a CSV file: where it begins, counted from 1, and its fields. */
export interface CsvRecord {
  readonly line: number;
  readonly fields: readonly string[];
}

/** What is wrong with the form of a file. */
export class CsvError extends Error {
  readonly line: number;

  constructor(line: number, reason: string) {
    super(reason);
    this.name = "CsvError";
    this.line = line;
  }
}

const MAX_RECORD_CHARACTERS = 8_192;

/**
 * Reads CSV piece by piece (RFC 4180; lines may end in LF alone). Empty lines are left out.
 * Throws {@link CsvError} for a quote that is not closed, or stands where none may.
 */
export class CsvReader {
  #rest = "";
  /** The line that the rest begins with. */
  #line = 1;

  /** The records that are complete with this piece. */
  push(piece: string): CsvRecord[] {
    this.#rest += piece;
    return this.#read(false);
  }

  /** What is left at the end of the file. */
  end(): CsvRecord[] {
    if (this.#line === 1 && this.#rest === "\ufeff") this.#rest = "";
    return this.#rest === "" ? [] : this.#read(true);
  }

  #read(isEnd: boolean): CsvRecord[] {
    const text = this.#line === 1 && this.#rest.startsWith("\ufeff") ? this.#rest.slice(1) : this.#rest;
    const records: CsvRecord[] = [];
    let start = 0;
    // Looked for once, and not again for every line before it.
    let quote = text.indexOf('"');
    while (start < text.length) {
      if (quote !== -1 && quote < start) quote = text.indexOf('"', start);
      const end = this.#endOfRecord(text, start, quote);
      if (end === -1 && !isEnd) {
        if (text.length - start > MAX_RECORD_CHARACTERS) throw new CsvError(this.#line, "it is too long");
        break;
      }
      const raw = text.slice(start, end === -1 ? text.length : end).replace(/\r$/, "");
      if (raw.length > MAX_RECORD_CHARACTERS) throw new CsvError(this.#line, "it is too long");
      if (raw !== "") records.push({ line: this.#line, fields: splitRecord(raw, this.#line) });
      this.#line += 1 + (raw.includes("\n") ? raw.split("\n").length - 1 : 0);
      start = end === -1 ? text.length : end + 1;
    }
    this.#rest = text.slice(start);
    return records;
  }

  /** Where the line feed stands that ends the record; -1 where it is not there yet. `quote` is the first one from `start` on. */
  #endOfRecord(text: string, start: number, quote: number): number {
    let end = text.indexOf("\n", start);
    if (quote === -1 || (end !== -1 && quote > end)) return end;
    let quotes = 0;
    let at = start;
    for (;;) {
      end = text.indexOf("\n", at);
      const stop = end === -1 ? text.length : end;
      for (let next = text.indexOf('"', at); next !== -1 && next < stop; next = text.indexOf('"', next + 1))
        quotes += 1;
      if (end === -1 || quotes % 2 === 0) return end;
      if (end - start > MAX_RECORD_CHARACTERS) throw new CsvError(this.#line, "a quote is not closed");
      at = end + 1;
    }
  }
}

function splitRecord(raw: string, line: number): string[] {
  if (!raw.includes('"')) return raw.split(",");
  const fields: string[] = [];
  let at = 0;
  for (;;) {
    if (raw[at] === '"') {
      const { value, next } = quoted(raw, at, line);
      fields.push(value);
      at = next;
    } else {
      const comma = raw.indexOf(",", at);
      const value = raw.slice(at, comma === -1 ? raw.length : comma);
      if (value.includes('"')) throw new CsvError(line, "a quote stands inside a field that has none around it");
      fields.push(value);
      at = comma === -1 ? raw.length : comma;
    }
    if (at >= raw.length) return fields;
    at += 1;
    if (at === raw.length) return [...fields, ""];
  }
}

function quoted(raw: string, start: number, line: number): { readonly value: string; readonly next: number } {
  let value = "";
  let at = start + 1;
  for (;;) {
    const quote = raw.indexOf('"', at);
    if (quote === -1) throw new CsvError(line, "a quote is not closed");
    value += raw.slice(at, quote);
    if (raw[quote + 1] !== '"') {
      const next = quote + 1;
      if (next < raw.length && raw[next] !== ",") throw new CsvError(line, "text follows a closing quote");
      return { value, next };
    }
    value += '"';
    at = quote + 2;
  }
}

/** A field as it stands in a file. */
export function csvField(value: string | number | boolean | null): string {
  const text = value === null ? "" : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
