const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const QUARTER_MS = 15 * MINUTE_MS;
const MAX_QUARTERS = 48;

/**
 * The longest relative time that is written: days go up to 31 and the next unit
 * is months, whose length depends on the calendar of whoever reads it.
 */
export const MAX_RELATIVE_TIME_MS = 32 * DAY_MS - SECOND_MS;

const SHAPE = /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d)(\d\d)([R+-])$/;

function two(value: number): string {
  return value < 10 ? `0${value}` : String(value);
}

/**
 * Writes a duration as a relative time, `000001020304000R` for a day, two hours,
 * three minutes and four seconds (SMPP 3.4 §7.1.1.2). Rounds down to a whole
 * second, so that a validity period never grows, but not below one second.
 * Throws a RangeError for what is not above 0 or is over {@link MAX_RELATIVE_TIME_MS}.
 */
export function encodeRelativeTime(ms: number): string {
  if (!(ms > 0 && ms < MAX_RELATIVE_TIME_MS + SECOND_MS)) {
    throw new RangeError(`a relative time of ${ms} ms is not within 1 to ${MAX_RELATIVE_TIME_MS}`);
  }
  const total = Math.max(1, Math.floor(ms / SECOND_MS));
  const days = Math.floor(total / 86_400);
  const hours = Math.floor(total / 3600) % 24;
  const minutes = Math.floor(total / 60) % 60;
  return `0000${two(days)}${two(hours)}${two(minutes)}${two(total % 60)}000R`;
}

/**
 * Writes a moment (ms since 1970) as an absolute time in UTC with tenths of a
 * second, `261121012749500+` and so on (SMPP 3.4 §7.1.1.1). Throws a RangeError
 * outside the years 2000 to 2099, which two digits cannot tell apart.
 */
export function encodeAbsoluteTime(epochMs: number): string {
  const date = new Date(epochMs);
  const year = date.getUTCFullYear();
  if (!(year >= 2000 && year <= 2099)) throw new RangeError(`the year of ${epochMs} ms is not within 2000 to 2099`);
  const tenth = Math.floor(date.getUTCMilliseconds() / 100);
  return `${receiptDate(epochMs)}${two(date.getUTCSeconds())}${tenth}00+`;
}

/** Writes a moment (ms since 1970) as the `YYMMDDhhmm` of receipts, in UTC (SMPP 3.4 Appendix B). */
export function receiptDate(epochMs: number): string {
  const date = new Date(epochMs);
  const day = `${two(date.getUTCFullYear() % 100)}${two(date.getUTCMonth() + 1)}${two(date.getUTCDate())}`;
  return `${day}${two(date.getUTCHours())}${two(date.getUTCMinutes())}`;
}

/**
 * Reads a relative or absolute time (SMPP 3.4 §7.1.1) as ms since 1970, or
 * `undefined` for an empty or malformed one. Two-digit years are of this
 * century. A relative time is counted from `nowMs` on the UTC calendar: a month
 * after 31 January is 3 March, or 2 March in a leap year.
 */
export function parseSmppTime(text: string, nowMs: number): number | undefined {
  const match = SHAPE.exec(text);
  if (match === null) return undefined;
  const [year, month, day, hour, minute, second, tenth, quarters] = match.slice(1, 9).map(Number) as Digits;
  const clockMs = hour * HOUR_MS + minute * MINUTE_MS + second * SECOND_MS;
  if (match[9] === "R") {
    const from = new Date(nowMs);
    const months = from.getUTCMonth() + month;
    const dayMs = Date.UTC(from.getUTCFullYear() + year, months, from.getUTCDate() + day);
    return dayMs + (nowMs - Math.floor(nowMs / DAY_MS) * DAY_MS) + clockMs;
  }
  if (hour > 23 || minute > 59 || second > 59 || quarters > MAX_QUARTERS) return undefined;
  const dayMs = Date.UTC(2000 + year, month - 1, day);
  const date = new Date(dayMs);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  const offsetMs = quarters * QUARTER_MS;
  return dayMs + clockMs + tenth * 100 + (match[9] === "+" ? -offsetMs : offsetMs);
}

type Digits = [number, number, number, number, number, number, number, number];
