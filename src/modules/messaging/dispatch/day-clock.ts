const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
/** Time zones that are known at once; there are about 400. */
const MAX_ZONES = 500;

/** A day somewhere, and when it ends. */
export interface LocalDay {
  /** `2025-01-31`. */
  readonly day: string;
  readonly endsMs: number;
}

/** Which day it is in a time zone (IANA name), and when the next one begins; the zones' rules are the platform's. */
export class DayClock {
  private readonly formats = new Map<string, Intl.DateTimeFormat>();
  private readonly known = new Map<string, LocalDay & { readonly beganMs: number }>();

  /** The day of a moment. A zone that nobody knows is UTC. */
  at(zone: string, nowMs: number): LocalDay {
    const known = this.known.get(zone);
    if (known !== undefined && nowMs >= known.beganMs && nowMs < known.endsMs) return known;
    const day = { ...this.find(zone, nowMs), beganMs: nowMs };
    if (this.known.size >= MAX_ZONES) this.known.clear();
    this.known.set(zone, day);
    return day;
  }

  private find(zone: string, nowMs: number): LocalDay {
    const format = this.formatOf(zone);
    const { day, sinceMidnightMs } = partsOf(format, nowMs);
    let endsMs = nowMs + DAY_MS - sinceMidnightMs;
    // Where clocks are set in between, midnight is an hour off; half hours are rarer than this deserves.
    while (partsOf(format, endsMs - 1).day !== day) endsMs -= HOUR_MS;
    while (partsOf(format, endsMs).day === day) endsMs += HOUR_MS;
    return { day, endsMs };
  }

  private formatOf(zone: string): Intl.DateTimeFormat {
    const known = this.formats.get(zone);
    if (known !== undefined) return known;
    if (this.formats.size >= MAX_ZONES) this.formats.clear();
    const made = formatFor(zone);
    this.formats.set(zone, made);
    return made;
  }
}

function formatFor(zone: string): Intl.DateTimeFormat {
  const parts = { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit" } as const;
  const options = { ...parts, second: "2-digit", hourCycle: "h23", calendar: "gregory" } as const;
  try {
    return new Intl.DateTimeFormat("en-US", { ...options, timeZone: zone });
  } catch {
    return new Intl.DateTimeFormat("en-US", { ...options, timeZone: "UTC" });
  }
}

function partsOf(format: Intl.DateTimeFormat, ms: number): { readonly day: string; readonly sinceMidnightMs: number } {
  const found: Partial<Record<Intl.DateTimeFormatPartTypes, string>> = {};
  for (const { type, value } of format.formatToParts(ms)) found[type] = value;
  const { year = "0", month = "0", day = "0", hour = "0", minute = "0", second = "0" } = found;
  const seconds = Number(hour) * 3_600 + Number(minute) * 60 + Number(second);
  return { day: `${year}-${month}-${day}`, sinceMidnightMs: seconds * 1_000 + (((ms % 1_000) + 1_000) % 1_000) };
}
