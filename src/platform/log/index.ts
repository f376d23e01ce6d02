export { LogError } from "./log-error.ts";
export type { LogErrorKind, LogOutcome } from "./log-error.ts";
export type { Files, OpenFile } from "./files.ts";
export { nodeFiles } from "./node-files.ts";
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
