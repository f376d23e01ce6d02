/** Turns one log record into one line of text. */

/** How much a line matters. */
export type LogLevel = "debug" | "info" | "warn" | "error";

/** The order of levels. */
export const LEVEL_RANK: Readonly<Record<LogLevel, number>> = { debug: 10, info: 20, warn: 30, error: 40 };

/** Field values that reach a formatter. */
export type SafeFields = Readonly<Record<string, string | number | boolean | null>>;

/** One thing that happened. */
export interface LogRecord {
  readonly timeMs: number;
  readonly level: LogLevel;
  readonly event: string;
  readonly fields: SafeFields;
}

/** Makes a line without its newline. */
export type LineFormat = (record: LogRecord) => string;

/** One JSON object: `time` (ISO 8601), `level`, `event`, then the fields. A field of one of those names gets a `_` appended. */
export function formatJson({ timeMs, level, event, fields }: LogRecord): string {
  const record: Record<string, unknown> = { time: new Date(timeMs).toISOString(), level, event };
  for (const [name, value] of Object.entries(fields)) record[Object.hasOwn(record, name) ? `${name}_` : name] = value;
  return JSON.stringify(record);
}

const COLOURS: Readonly<Record<LogLevel, string>> = { debug: "90", info: "36", warn: "33", error: "31" };

/** For people: `12:03:04.567 warn  carrier.lost  carrier=north reason="timed out"`. */
export function formatPretty(colour: boolean): LineFormat {
  const paint = (code: string, text: string): string => (colour ? `\u001b[${code}m${text}\u001b[0m` : text);
  return ({ timeMs, level, event, fields }) => {
    const time = paint("90", new Date(timeMs).toISOString().slice(11, 23));
    const shown = Object.entries(fields).map(
      ([name, value]) => `${paint("90", `${plain(name)}=`)}${plainValue(value)}`,
    );
    return [time, paint(COLOURS[level], level.padEnd(5)), plain(event), ...shown].join(" ");
  };
}

function plainValue(value: string | number | boolean | null): string {
  if (typeof value !== "string") return String(value);
  return /^[\w./:@+-]+$/.test(value) ? value : plain(JSON.stringify(value));
}

/** Control characters could move a terminal's cursor or forge a line: they are shown as escapes. */
function plain(text: string): string {
  return text.replace(/\p{Cc}|\p{Cf}|[\u2028\u2029]/gu, (character) => {
    return `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`;
  });
}
