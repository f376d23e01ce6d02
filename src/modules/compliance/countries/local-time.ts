/** Local time of IANA zones by ICU's data, which Node carries. */

const MINUTE_MS = 60_000;
const DAY_MINUTES = 24 * 60;
/** Zones change their offset on quarters of an hour of UTC only. */
const SLOT_MS = 15 * MINUTE_MS;
/** Offsets of zones at moments that are remembered; there are about 400 zones, asked for now and for what is scheduled. */
const MAX_REMEMBERED = 2_000;

/** What a clock on a wall there shows. */
export interface LocalTime {
  /** 0 is Sunday. */
  readonly day: number;
  /** Of the day. */
  readonly minute: number;
  /** `2026-11-21`. */
  readonly date: string;
  /** The moment as if the zone were UTC. */
  readonly wallMs: number;
}

const formats = new Map<string, Intl.DateTimeFormat>();
const offsets = new Map<string, number>();

/** The time of a zone at a moment. Throws a `RangeError` for a zone that ICU does not know. */
export function localTime(zone: string, atMs: number): LocalTime {
  const wallMs = atMs + offsetMs(zone, atMs);
  const wall = new Date(wallMs);
  return {
    day: wall.getUTCDay(),
    minute: wall.getUTCHours() * 60 + wall.getUTCMinutes(),
    date: wall.toISOString().slice(0, 10),
    wallMs,
  };
}

function offsetMs(zone: string, atMs: number): number {
  const slot = Math.floor(atMs / SLOT_MS);
  const key = `${zone} ${slot}`;
  const known = offsets.get(key);
  if (known !== undefined) return known;
  const offset = readOffset(zone, slot * SLOT_MS);
  if (offsets.size >= MAX_REMEMBERED) offsets.clear();
  offsets.set(key, offset);
  return offset;
}

function readOffset(zone: string, atMs: number): number {
  let format = formats.get(zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      calendar: "gregory",
      numberingSystem: "latn",
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
    });
    formats.set(zone, format);
  }
  const parts = new Map(format.formatToParts(atMs).map(({ type, value }) => [type, Number(value)]));
  const part = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
  const wall = Date.UTC(part("year"), part("month") - 1, part("day"), part("hour"), part("minute"));
  return wall - atMs;
}

/** Milliseconds from a local time to a minute of a day that many days later, by a wall clock that does not change. */
export function untilMinute(from: LocalTime, daysLater: number, minute: number): number {
  const startMs = from.wallMs - (from.wallMs % (DAY_MINUTES * MINUTE_MS));
  return startMs + (daysLater * DAY_MINUTES + minute) * MINUTE_MS - from.wallMs;
}
