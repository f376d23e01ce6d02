/** A calendar day somewhere, in epoch milliseconds: from its first moment to the first of the next. */
export interface ZoneDay {
  readonly startMs: number;
  readonly endMs: number;
}

const DAY_MS = 86_400_000;

const formats = new Map<string, Intl.DateTimeFormat>();
/** Zones come from tables of this module; a caller that makes them up shall not fill memory. */
const MAX_FORMATS = 1_000;

/** The day of `zone` (an IANA name) that a moment lies in. Throws `RangeError` where there is no such zone. */
export function zoneDay(zone: string, atMs: number): ZoneDay {
  const local = localTime(zone, atMs);
  const midnight = Math.floor(local / DAY_MS) * DAY_MS;
  return { startMs: momentOf(zone, midnight), endMs: momentOf(zone, midnight + DAY_MS) };
}

/** What clocks of the zone show, as if it were UTC. */
function localTime(zone: string, atMs: number): number {
  const parts: Record<string, number> = {};
  for (const { type, value } of formatOf(zone).formatToParts(atMs)) parts[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second) + (((atMs % 1_000) + 1_000) % 1_000);
}

/**
 * The moment at which clocks of the zone show `local`, the first where they show it twice.
 * Where they never do, because they were put forward, the moment at which that was done.
 */
function momentOf(zone: string, local: number): number {
  const before = local - offsetMs(zone, local - DAY_MS);
  const after = local - offsetMs(zone, local + DAY_MS);
  const shown = [before, after].filter((atMs) => localTime(zone, atMs) === local);
  return shown.length === 0 ? before : Math.min(...shown);
}

const offsetMs = (zone: string, atMs: number): number => localTime(zone, atMs) - atMs;

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  if (formats.size >= MAX_FORMATS) formats.clear();
  formats.set(zone, made);
  return made;
}
