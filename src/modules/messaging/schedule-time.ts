import { AppError } from "../../kernel/errors.ts";
import { messageErrors } from "./errors.ts";

const MIN_AHEAD_MS = 300_000;
const MAX_AHEAD_MS = 35 * 86_400_000;

/** When a message is wanted to go, as the customer asked. */
export interface ScheduleWanted {
  readonly type?: string | undefined;
  readonly sendAtMs?: number | undefined;
}

/** The time at which a message goes; `undefined` for at once. Throws what the API says of a time that cannot be. */
export function scheduledTime(
  wanted: ScheduleWanted | undefined,
  { nowMs, hasService }: { readonly nowMs: number; readonly hasService: boolean },
): number | undefined {
  const { type = "", sendAtMs } = wanted ?? {};
  if (type === "" && sendAtMs === undefined) return undefined;
  if (type !== "fixed") throw new AppError(messageErrors.scheduleTypeInvalid);
  if (sendAtMs === undefined) throw new AppError(messageErrors.sendAtMissing);
  if (!hasService) throw new AppError(messageErrors.scheduleNeedsService);
  const aheadMs = sendAtMs - nowMs;
  if (aheadMs < MIN_AHEAD_MS || aheadMs > MAX_AHEAD_MS) throw new AppError(messageErrors.sendAtInvalid);
  return sendAtMs;
}
