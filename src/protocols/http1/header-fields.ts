import { Http1Error } from "./error.ts";

/** A field line of a request: name and value, in the order and case to be sent. */
export type HeaderPair = readonly [name: string, value: string];

const FIELD_NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
// The tab is the one control octet that RFC 9110 §5.5 allows.
const FIELD_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Whether `name` is a token, the only form a field name has (RFC 9110 §5.6.2). */
export function isFieldName(name: string): boolean {
  return FIELD_NAME.test(name);
}

/** Whether `value` holds octets allowed in a field value only (RFC 9110 §5.5): no CR, LF or NUL, nothing above 0xff. */
export function isFieldValue(value: string): boolean {
  return FIELD_VALUE.test(value);
}

/**
 * The field lines of a received message, in order of arrival. Names are kept in
 * lower case, values as Latin-1 text without surrounding white space.
 */
export class HeaderFields {
  /** Name, value, name, value …: one flat array costs less than an object for each line. */
  readonly #flat: string[] = [];

  /** How many field lines there are. */
  get size(): number {
    return this.#flat.length / 2;
  }

  /** Appends a line; `name` must be in lower case already. */
  append(name: string, value: string): void {
    this.#flat.push(name, value);
  }

  /** The value of the first line called `name` (lower case), or `undefined`. */
  get(name: string): string | undefined {
    const flat = this.#flat;
    for (let index = 0; index < flat.length; index += 2) if (flat[index] === name) return flat[index + 1];
    return undefined;
  }

  /** The values of all lines called `name` (lower case), in order. */
  getAll(name: string): string[] {
    const flat = this.#flat;
    const values: string[] = [];
    for (let index = 0; index < flat.length; index += 2) if (flat[index] === name) values.push(flat[index + 1] ?? "");
    return values;
  }

  /** Whether a comma-separated list such as `Connection` contains `token` (lower case), in any of its lines. */
  listContains(name: string, token: string): boolean {
    return this.getAll(name).some((value) => value.split(",").some((item) => item.trim().toLowerCase() === token));
  }

  /** Calls `visit` for each line, in order. */
  forEach(visit: (name: string, value: string) => void): void {
    const flat = this.#flat;
    for (let index = 0; index < flat.length; index += 2) visit(flat[index] as string, flat[index + 1] as string);
  }

  /** All lines as pairs, for tests and for handing on. */
  entries(): HeaderPair[] {
    const flat = this.#flat;
    const pairs: HeaderPair[] = [];
    for (let index = 0; index < flat.length; index += 2) pairs.push([flat[index] ?? "", flat[index + 1] ?? ""]);
    return pairs;
  }
}

/**
 * Splits a field line into lower-case name and trimmed value (RFC 9112 §5).
 * Throws {@link Http1Error} for folded lines, white space before the colon and
 * forbidden octets.
 */
export function parseFieldLine(line: string): HeaderPair {
  const first = line.charCodeAt(0);
  if (first === 0x20 || first === 0x09) throw new Http1Error("folded-header-field");
  const colon = line.indexOf(":");
  if (colon <= 0) throw new Http1Error("bad-header-field");
  const name = line.slice(0, colon);
  const value = trimFieldValue(line.slice(colon + 1));
  if (!isFieldName(name) || !isFieldValue(value)) throw new Http1Error("bad-header-field");
  return [name.toLowerCase(), value];
}

/** Removes spaces and tabs only: `String.trim` would also take octet 0xa0, which is part of a value. */
function trimFieldValue(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isBlank(text.charCodeAt(start))) start += 1;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}
