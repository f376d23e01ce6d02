import { isUtf8 } from "node:buffer";
import { AppError } from "../../kernel/errors.ts";
import { BAD_ENCODING, TOO_MANY_FIELDS } from "./errors.ts";

/** The most names and values a form or query may hold. */
export const MAX_FIELDS = 1_000;

/**
 * The decoded fields of a form body or a query, in the order sent. Looked up by
 * scanning: requests carry a handful, and a scan of few beats a map.
 */
export class Fields {
  /** Names and values by turns. */
  readonly pairs: readonly string[];

  constructor(pairs: readonly string[]) {
    this.pairs = pairs;
  }

  /** The first value of `name`, or `undefined`. */
  first(name: string): string | undefined {
    const { pairs } = this;
    for (let i = 0; i < pairs.length; i += 2) if (pairs[i] === name) return pairs[i + 1];
    return undefined;
  }

  /** Every value of `name` in the order sent. */
  all(name: string): string[] {
    const found: string[] = [];
    const { pairs } = this;
    for (let i = 0; i < pairs.length; i += 2) if (pairs[i] === name) found.push(pairs[i + 1] as string);
    return found;
  }
}

/** No fields at all. */
export const NO_FIELDS = new Fields([]);

/**
 * Reads `application/x-www-form-urlencoded` text (WHATWG URL §5.1), but refuses
 * what that reads leniently: throws `BAD_ENCODING` for a bad percent-encoding or
 * octets that are not UTF-8, `TOO_MANY_FIELDS` above {@link MAX_FIELDS}.
 */
export function parseFields(text: string): Fields {
  if (text.length === 0) return NO_FIELDS;
  const pairs: string[] = [];
  let start = 0;
  // The next "=" is looked for once, not once for each field: text without any must not be scanned again and again.
  let equals = text.indexOf("=");
  while (start <= text.length) {
    let end = text.indexOf("&", start);
    if (end === -1) end = text.length;
    if (equals !== -1 && equals < start) equals = text.indexOf("=", start);
    if (end > start) {
      if (pairs.length >= MAX_FIELDS * 2) throw new AppError(TOO_MANY_FIELDS, { max: MAX_FIELDS });
      if (equals === -1 || equals > end) pairs.push(decodeField(text.slice(start, end)), "");
      else pairs.push(decodeField(text.slice(start, equals)), decodeField(text.slice(equals + 1, end)));
    }
    start = end + 1;
  }
  return new Fields(pairs);
}

/** {@link parseFields} for a body; also throws `BAD_ENCODING` when the octets are not UTF-8. */
export function parseFormBody(body: Buffer): Fields {
  if (!isUtf8(body)) throw new AppError(BAD_ENCODING);
  return parseFields(body.toString("utf8"));
}

function decodeField(text: string): string {
  const plain = text.includes("+") ? text.replaceAll("+", " ") : text;
  return plain.includes("%") ? decodePercent(plain) : plain;
}

/** Undoes percent-encoding (RFC 3986 §2.1). Throws `BAD_ENCODING` unless the result is UTF-8. */
export function decodePercent(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new AppError(BAD_ENCODING);
  }
}
