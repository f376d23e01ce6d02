import { INVALID_PARAMETER } from "./errors.ts";
import type { Fields } from "./fields.ts";
import { refuse, Refusal, scalar, type Parameter, type ParameterOptions, type Presence } from "./parameter.ts";

const DAY_MS = 86_400_000;
const SECOND_MS = 1_000;

/** Moments from `fromMs` (included) to `untilMs` (not included), milliseconds since the epoch. An absent end is open. */
export interface DateRange {
  readonly fromMs: number | undefined;
  readonly untilMs: number | undefined;
}

interface Moment {
  readonly ms: number;
  readonly dayOnly: boolean;
}

const MOMENT_PATTERN =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(Z|[+-]\d{2}:?\d{2})?)?$/i;

/** Reads ISO 8601 `2024-01-01`, or with a time, fraction and zone; UTC where no zone is given. */
function parseMoment(text: string): Moment | undefined {
  const match = MOMENT_PATTERN.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second = "00", fraction = "0", zone = "Z"] = match;
  const dayMs = Date.UTC(Number(year), Number(month) - 1, Number(day));
  // `Date.UTC` carries month 0 and 30 February over into their neighbours.
  if (Number(year) < 100 || new Date(dayMs).toISOString().slice(5, 10) !== `${month}-${day}`) return undefined;
  if (hour === undefined || minute === undefined) return { ms: dayMs, dayOnly: true };
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
  const offsetMs = zoneOffsetMs(zone);
  if (offsetMs === undefined) return undefined;
  const timeMs = (Number(hour) * 3_600 + Number(minute) * 60 + Number(second)) * SECOND_MS;
  return { ms: dayMs + timeMs + Math.floor(Number(`0.${fraction}`) * SECOND_MS) - offsetMs, dayOnly: false };
}

function zoneOffsetMs(zone: string): number | undefined {
  if (zone.toUpperCase() === "Z") return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(-2));
  if (hours > 14 || minutes > 59) return undefined;
  return (zone.startsWith("-") ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}

const NO_DATE = "it is no date of the form 2024-01-31 or 2024-01-31T00:00:00Z";

/** A moment in ISO 8601, as milliseconds since the epoch; a bare date is its first moment in UTC. */
export function dateTime<const O extends ParameterOptions>(options: O): Parameter<Presence<O, number>> {
  const parameter: Parameter<unknown> = scalar(options, {
    kind: "date",
    schema: { type: "string", format: "date-time" },
    convert: (value) => parseMoment(value)?.ms ?? new Refusal(NO_DATE),
  });
  return parameter as Parameter<Presence<O, number>>;
}

/**
 * A filter over dates in Twilio's spelling: `DateSent=2024-01-01` is that whole
 * day in UTC (also when a time is given, as the SDK does for a day);
 * `DateSent<=…` and `DateSent>=…` include the named day or second. On the wire
 * the names are `DateSent`, `DateSent<` and `DateSent>`. `undefined` without any.
 */
export function dateFilter(options: Omit<ParameterOptions, "required"> = {}): Parameter<DateRange | undefined> {
  const base = scalar(options, {
    kind: "date filter",
    schema: { type: "string", format: "date-time" },
    convert: (value) => value,
  });
  const invalid = options.invalid ?? INVALID_PARAMETER;
  const momentOf = (fields: Fields, name: string): Moment | undefined => {
    const value = fields.first(name);
    if (value === undefined || value === "") return undefined;
    return parseMoment(value) ?? refuse(invalid, name, value, NO_DATE);
  };
  return {
    ...base,
    suffixes: ["", "<", ">"],
    read(fields, name) {
      const on = momentOf(fields, name);
      const before = momentOf(fields, `${name}<`);
      const after = momentOf(fields, `${name}>`);
      if (on === undefined && before === undefined && after === undefined) return undefined;
      const day = on === undefined ? undefined : Math.floor(on.ms / DAY_MS) * DAY_MS;
      const untilMs = before === undefined ? undefined : before.ms + (before.dayOnly ? DAY_MS : SECOND_MS);
      return {
        fromMs: atLeast(day, after?.ms),
        untilMs: atMost(day === undefined ? undefined : day + DAY_MS, untilMs),
      };
    },
  };
}

function atLeast(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.max(a, b);
}

function atMost(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.min(a, b);
}
