/**
 * Why the log refused or failed.
 * - `overloaded`: too many octets wait for the disk.
 * - `disk-full`: no space, or `new-work` while the reserve is touched.
 * - `io`: any other error of the file system; also while the log is refusing after one.
 * - `too-large`: the record is empty or above the limit.
 * - `closed`: the log was closed.
 * - `corrupt`: stored octets are not what was written.
 * - `gone`: the records were deleted by retention.
 * - `in-use`: another process, or this one, has the log open.
 */
export type LogErrorKind = "overloaded" | "disk-full" | "io" | "too-large" | "closed" | "corrupt" | "gone" | "in-use";

/**
 * Whether a refused record may still come to light. `absent`: it is as if never
 * appended. `unknown`: the disk failed so badly that not even the undoing could
 * be made durable, and the record may be there after a crash.
 */
export type LogOutcome = "absent" | "unknown";

/** Where the trouble is. */
export interface LogErrorDetail {
  readonly outcome?: LogOutcome;
  /** File name of the segment or checkpoint. */
  readonly file?: string;
  readonly offset?: number;
  readonly cause?: unknown;
}

/** A failure of the log. The message is a sentence for the operator. */
export class LogError extends Error {
  readonly kind: LogErrorKind;
  readonly outcome: LogOutcome;
  readonly file: string | undefined;
  readonly offset: number | undefined;

  constructor(kind: LogErrorKind, message: string, detail: LogErrorDetail = {}) {
    super(message, "cause" in detail ? { cause: detail.cause } : undefined);
    this.name = "LogError";
    this.kind = kind;
    this.outcome = detail.outcome ?? "absent";
    this.file = detail.file;
    this.offset = detail.offset;
  }
}
