import type { MaintenanceWindow } from "../../../platform/config/index.ts";

const MINUTE_MS = 60_000;
const DAY_MINUTES = 1_440;
/** 1970-01-01 was a Thursday; 0 is Sunday. */
const EPOCH_DAY = 4;

/** Whether a moment lies in one of the windows. They are in UTC; one that begins late may end the next day. */
export function isInMaintenance(windows: readonly MaintenanceWindow[], nowMs: number): boolean {
  if (windows.length === 0) return false;
  const minutes = Math.floor(nowMs / MINUTE_MS);
  const minute = minutes % DAY_MINUTES;
  const day = (Math.floor(minutes / DAY_MINUTES) + EPOCH_DAY) % 7;
  const yesterday = (day + 6) % 7;
  return windows.some(({ days, fromMinute, toMinute }) => {
    if (fromMinute < toMinute) return days.includes(day) && minute >= fromMinute && minute < toMinute;
    return (days.includes(day) && minute >= fromMinute) || (days.includes(yesterday) && minute < toMinute);
  });
}
