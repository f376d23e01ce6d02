export { LogError } from "./log-error.ts";
export type { LogErrorKind, LogOutcome } from "./log-error.ts";
export { openLog } from "./open-log.ts";
export type {
  AppendDone,
  Checkpoint,
  FollowListener,
  Log,
  LogOptions,
  LogRecord,
  LogStatus,
  Offset,
  RecordKind,
  Subscription,
} from "./types.ts";
