import type { MarketingHours } from "./country-rule.ts";
import { isFrenchHoliday } from "./holidays.ts";
import { localTime, untilMinute, type LocalTime } from "./local-time.ts";

/** The farthest that is looked ahead; every week has hours in it. */
const MAX_DAYS = 14;
/** Each step goes to the next beginning in some zone; with all zones of a country they meet within days. */
const MAX_STEPS = 100;

/**
 * The first moment from `atMs` on at which the hours allow marketing in every one of the zones:
 * `atMs` itself where they do now. `undefined` where there is none within two weeks.
 */
export function nextAllowed(hours: MarketingHours, zones: readonly string[], atMs: number): number | undefined {
  let moment = atMs;
  for (let step = 0; step < MAX_STEPS; step += 1) {
    let later = moment;
    for (const zone of zones) {
      const next = nextIn(hours, zone, moment);
      if (next === undefined) return undefined;
      if (next > later) later = next;
    }
    if (later === moment) return moment;
    moment = later;
  }
  return undefined;
}

function nextIn(hours: MarketingHours, zone: string, atMs: number): number | undefined {
  const now = localTime(zone, atMs);
  const today = windowOf(hours, now);
  if (today !== undefined && now.minute >= today[0] && now.minute < today[1]) return atMs;
  for (let days = 0; days <= MAX_DAYS; days += 1) {
    const noon = localTime(zone, atMs + untilMinute(now, days, 12 * 60));
    const window = windowOf(hours, noon);
    if (window === undefined || (days === 0 && now.minute >= window[0])) continue;
    const moment = atMs + untilMinute(now, days, window[0]);
    // The clocks may have been changed between the two.
    const found = localTime(zone, moment);
    return moment + (window[0] - found.minute) * 60_000;
  }
  return undefined;
}

function windowOf(hours: MarketingHours, time: LocalTime) {
  if (hours.holidays === "FR" && isFrenchHoliday(time.date)) return undefined;
  return hours.days[time.day];
}
