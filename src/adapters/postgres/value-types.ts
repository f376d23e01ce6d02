import pg from "pg";

/** Decimal digits that every `number` holds exactly. */
const EXACT_DIGITS = 15;

const INT8 = 20;
const NUMERIC = 1700;
const DATE = 1082;
const TIMESTAMP = 1114;
const INT8_ARRAY = 1016;
const NUMERIC_ARRAY = 1231;
const DATE_ARRAY = 1182;
const TIMESTAMP_ARRAY = 1115;

type Parse = (text: string) => unknown;

/** Works because these arrays have one dimension, no text that needs quotes, and `NULL` for what is missing. */
const eachOf = (parse: Parse): Parse => {
  return (text) => {
    const inner = text.slice(1, -1);
    return inner === ""
      ? []
      : inner.split(",").map((item) => (item === "NULL" ? null : parse(item.replaceAll('"', ""))));
  };
};

const parsers = new Map<number, Parse>([
  [INT8, parseInt8],
  [NUMERIC, parseNumeric],
  [DATE, (text) => text],
  [TIMESTAMP, parseTimestamp],
  [INT8_ARRAY, eachOf(parseInt8)],
  [NUMERIC_ARRAY, eachOf(parseNumeric)],
  [DATE_ARRAY, eachOf((text) => text)],
  [TIMESTAMP_ARRAY, eachOf(parseTimestamp)],
]);

/**
 * How columns arrive, where it differs from what `pg` does:
 *
 * - `int8`: a `number` when it is a safe integer, else a `bigint`;
 * - `numeric`: a `number` with up to 15 digits, which is exact, else its text;
 * - `date`: its text, `2025-01-31`, because it names no moment;
 * - `timestamp`: a `Date`, read as UTC (as `timestamptz`, whatever the machine's zone is).
 */
export const columnTypes: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: "text" | "binary") =>
    (format === "binary" ? undefined : parsers.get(oid)) ??
    pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser,
};

function parseInt8(text: string): number | bigint {
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : BigInt(text);
}

function parseNumeric(text: string): number | string {
  const digits = text.replace(/^-?0*|\D/g, "").length;
  return digits <= EXACT_DIGITS && /^-?\d/.test(text) ? Number(text) : text;
}

function parseTimestamp(text: string): Date | number | string {
  return /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?$/.test(text) ? new Date(`${text.replace(" ", "T")}Z`) : text;
}
