/** What the file can say about every carrier, whatever its type. */
import type { ScalarType } from "./schema.ts";
import { defineSettings, required, setting } from "./schema.ts";
import { integer, list, text } from "./value-types.ts";

const MAX_PREFIXES = 1000;
const MAX_MAINTENANCE_WINDOWS = 50;

/** A time of the week in UTC in which a carrier is not to be counted on. */
export interface MaintenanceWindow {
  /** 0 is Sunday. The days on which it begins. */
  readonly days: readonly number[];
  /** Minutes after midnight, 0 to 1,439. */
  readonly fromMinute: number;
  /** The first minute after it, 0 to 1,440. Where it is not above `fromMinute`, it is a minute of the next day. */
  readonly toMinute: number;
}

const DAY_NAMES = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"] as const;
const DAILY: readonly number[] = [0, 1, 2, 3, 4, 5, 6];
const WINDOW = /^([A-Za-z,-]{3,40}) (\d{2}):(\d{2})-(\d{2}):(\d{2})$/;

/** `Sun 02:00-04:00`, `Mon-Fri 23:30-00:30`, `Sat,Sun 01:00-02:00` or `daily 03:00-03:15`. */
export function maintenanceWindow(): ScalarType<MaintenanceWindow> {
  return {
    kind: "scalar",
    expected: "days and a time in UTC such as `Sun 02:00-04:00`, `Mon-Fri 23:30-00:30` or `daily 03:00-03:15`",
    read: readWindow,
    show: showMaintenanceWindow,
  };
}

function readWindow(given: string): MaintenanceWindow | undefined {
  const match = WINDOW.exec(given);
  if (match === null) return undefined;
  const days = readDays(match[1] ?? "");
  const fromMinute = readMinute(match[2], match[3]);
  const toMinute = readMinute(match[4], match[5]);
  if (days === undefined || fromMinute === undefined || toMinute === undefined) return undefined;
  if (fromMinute === 1_440 || fromMinute === toMinute) return undefined;
  return { days, fromMinute, toMinute };
}

function readDays(given: string): readonly number[] | undefined {
  if (given === "daily") return DAILY;
  const days = new Set<number>();
  for (const range of given.split(",")) {
    const [first = "", last = first, ...more] = range.split("-");
    const from = dayNumber(first);
    const to = dayNumber(last);
    if (from < 0 || to < 0 || more.length > 0) return undefined;
    for (let day = from; ; day = (day + 1) % 7) {
      days.add(day);
      if (day === to) break;
    }
  }
  return [...days].toSorted((a, b) => a - b);
}

function dayNumber(name: string): number {
  return DAY_NAMES.findIndex((day) => day === name);
}

function readMinute(hour: string | undefined, minute: string | undefined): number | undefined {
  const total = Number(hour) * 60 + Number(minute);
  return Number(minute) < 60 && total <= 1_440 ? total : undefined;
}

/** A window as the settings write it. */
export function showMaintenanceWindow({ days, fromMinute, toMinute }: MaintenanceWindow): string {
  const named = days.length === 7 ? "daily" : days.map((day) => DAY_NAMES[day]).join(",");
  return `${named} ${showMinute(fromMinute)}-${showMinute(toMinute)}`;
}

function showMinute(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
}

/** The keys that every carrier has, beside `type`. */
export const carrierFields = defineSettings({
  name: required(
    text({
      expected: "a name of small letters, digits and dashes, at most 32 characters",
      maxLength: 32,
      pattern: /^[a-z0-9][a-z0-9-]*$/,
    }),
    { group: "Carrier", description: "How the carrier is called in routes, logs and metrics. Each name once." },
  ),
  priority: setting(integer(0, 1000), {
    default: 100,
    group: "Routing",
    description: "Among carriers that reach a number, the smallest goes first.",
  }),
  prefixes: setting(
    list(text({ expected: "a prefix such as +44", maxLength: 16, pattern: /^\+[1-9]\d{0,14}$/ }), MAX_PREFIXES),
    { default: [], group: "Routing", description: "Beginnings of the numbers that it reaches. Empty: all." },
  ),
  maintenance: setting(list(maintenanceWindow(), MAX_MAINTENANCE_WINDOWS), {
    default: [],
    group: "Routing",
    description: "Times in UTC at which it is not to be counted on: others are asked first.",
  }),
});
