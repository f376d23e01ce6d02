import type { MaintenanceWindow } from "../../../platform/config/index.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** 1 January 1970 was a Thursday. */
const FIRST_WEEKDAY = 4;

/** Whether one of the windows runs, and when that can change next; infinite where there are none. */
export function maintenanceAt(
  windows: readonly MaintenanceWindow[],
  nowMs: number,
): { readonly isRunning: boolean; readonly nextMs: number } {
  let isRunning = false;
  let nextMs = Infinity;
  const today = Math.floor(nowMs / DAY_MS);
  for (const { days, fromMinute, toMinute } of windows) {
    const lengthMs = (toMinute > fromMinute ? toMinute - fromMinute : toMinute - fromMinute + 1_440) * MINUTE_MS;
    for (let day = today - 1; day <= today + 7; day += 1) {
      if (!days.includes((day + FIRST_WEEKDAY) % 7)) continue;
      const fromMs = day * DAY_MS + fromMinute * MINUTE_MS;
      const toMs = fromMs + lengthMs;
      if (fromMs <= nowMs && nowMs < toMs) isRunning = true;
      if (fromMs > nowMs) nextMs = Math.min(nextMs, fromMs);
      if (toMs > nowMs) nextMs = Math.min(nextMs, toMs);
    }
  }
  return { isRunning, nextMs };
}
