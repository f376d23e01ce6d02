/** Days as usage records count them: in UTC, as a number since the epoch. */

const DAY_MS = 86_400_000;

export const dayOf = (ms: number): number => Math.floor(ms / DAY_MS);
export const startOfDayMs = (day: number): number => day * DAY_MS;

/** `2024-01-31`. */
export function formatDay(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

/** How usage is cut into records. */
export type Interval = "whole" | "day" | "month" | "year";

/** The first day of the interval that a day is in. */
export function startOfInterval(day: number, interval: Interval): number {
  if (interval === "day" || interval === "whole") return day;
  const date = new Date(day * DAY_MS);
  return dayOf(Date.UTC(date.getUTCFullYear(), interval === "month" ? date.getUTCMonth() : 0, 1));
}

const MAX_OFFSET_DAYS = 36_500;

/** A day from `2024-01-31`, or from an offset to today such as `-30days`; `undefined` for anything else. */
export function parseDay(text: string, today: number): number | undefined {
  const offset = /^([+-]\d{1,5})(days?|months?|years?)$/i.exec(text.trim());
  if (offset !== null) return shiftDay(today, Number(offset[1]), (offset[2] ?? "").toLowerCase());
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (match === null) return undefined;
  const day = dayOf(Date.UTC(Number(match[1]), Number(match[2]) - 1, Number(match[3])));
  return formatDay(day) === text ? day : undefined;
}

function shiftDay(today: number, count: number, unit: string): number | undefined {
  if (Math.abs(count) > MAX_OFFSET_DAYS) return undefined;
  if (unit.startsWith("day")) return today + count;
  const date = new Date(startOfDayMs(today));
  const months = unit.startsWith("month") ? count : count * 12;
  const first = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months, 1));
  // The 31st of a month without one is its last day.
  const last = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate();
  if (Math.abs(first.getUTCFullYear() - date.getUTCFullYear()) > 100) return undefined;
  return dayOf(first.getTime()) + Math.min(date.getUTCDate(), last) - 1;
}
