/** Public holidays on which marketing is not sent. */

const DAY_MS = 86_400_000;
/** Days of the month that are holidays in France every year (Code du travail, art. L3133-1). */
const FRANCE_FIXED = new Set(["01-01", "05-01", "05-08", "07-14", "08-15", "11-01", "11-11", "12-25"]);
const EASTER_MONDAY = 1;
const ASCENSION = 39;
const WHIT_MONDAY = 50;

/** Whether a date (`2026-05-14`) is a public holiday in metropolitan France. */
export function isFrenchHoliday(date: string): boolean {
  if (FRANCE_FIXED.has(date.slice(5))) return true;
  const since = Math.round((Date.parse(date) - easterMs(Number(date.slice(0, 4)))) / DAY_MS);
  return since === EASTER_MONDAY || since === ASCENSION || since === WHIT_MONDAY;
}

/** Easter Sunday of the Gregorian calendar, by the algorithm of Meeus, Jones and Butcher. */
function easterMs(year: number): number {
  const a = year % 19;
  const b = Math.floor(year / 100);
  const c = year % 100;
  const d = Math.floor(b / 4);
  const f = Math.floor((b + 8) / 25);
  const g = Math.floor((b - f + 1) / 3);
  const h = (19 * a + b - d - g + 15) % 30;
  const i = Math.floor(c / 4);
  const l = (32 + 2 * (b % 4) + 2 * i - h - (c % 4)) % 7;
  const m = Math.floor((a + 11 * h + 22 * l) / 451);
  const month = Math.floor((h + l - 7 * m + 114) / 31);
  const day = ((h + l - 7 * m + 114) % 31) + 1;
  return Date.UTC(year, month - 1, day);
}
