const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** A time in any form that the API gives, in epoch milliseconds; NaN where it is none. */
export function toMs(at: number | string | Date): number {
  if (typeof at === "number") return at;
  return at instanceof Date ? at.getTime() : Date.parse(at);
}

/** `14:03:07.120` */
export function formatTime(ms: number): string {
  const date = new Date(ms);
  const clock = [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => String(part).padStart(2, "0"));
  return `${clock.join(":")}.${String(date.getMilliseconds()).padStart(3, "0")}`;
}

/** How much later: `+12 ms`, `+3.41 s`, `+2 min 5 s`. */
export function formatGap(ms: number): string {
  return `${ms < 0 ? "−" : "+"}${formatDuration(Math.abs(ms))}`;
}

/** A length of time: `12 ms`, `3.41 s`, `2 min 5 s`, `3 h 20 min`, `4 d 2 h`. */
export function formatDuration(ms: number): string {
  if (ms < SECOND_MS) return `${ms < 10 && !Number.isInteger(ms) ? ms.toFixed(1) : Math.round(ms)} ms`;
  if (ms < MINUTE_MS) return `${(ms / SECOND_MS).toFixed(ms < 10 * SECOND_MS ? 2 : 1)} s`;
  const [size, unit, next, nextUnit] =
    ms < HOUR_MS
      ? ([MINUTE_MS, "min", SECOND_MS, "s"] as const)
      : ms < DAY_MS
        ? ([HOUR_MS, "h", MINUTE_MS, "min"] as const)
        : ([DAY_MS, "d", HOUR_MS, "h"] as const);
  const rest = Math.floor((ms % size) / next);
  return `${Math.floor(ms / size)} ${unit}${rest === 0 ? "" : ` ${rest} ${nextUnit}`}`;
}

/** Clocks of cells may be so much ahead of the browser's: what just was is no time to come. */
const AHEAD_MS = 5 * SECOND_MS;

/** How long ago or in how long, coarsely: `now`, `12 s ago`, `in 3 min`; a date after a week. */
export function formatRelative(ms: number, nowMs: number): string {
  if (Number.isNaN(ms)) return "–";
  const ago = nowMs - ms;
  const size = Math.abs(ago);
  if (ago < 2 * SECOND_MS && ago > -AHEAD_MS) return "now";
  if (size >= 7 * DAY_MS) return new Date(ms).toLocaleDateString(undefined, { dateStyle: "medium" });
  const [unit, name] =
    size < MINUTE_MS
      ? ([SECOND_MS, "s"] as const)
      : size < HOUR_MS
        ? ([MINUTE_MS, "min"] as const)
        : size < DAY_MS
          ? ([HOUR_MS, "h"] as const)
          : ([DAY_MS, "d"] as const);
  return ago > 0 ? `${Math.floor(size / unit)} ${name} ago` : `in ${Math.round(size / unit)} ${name}`;
}
