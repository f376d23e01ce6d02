/** How a command ends. 64 and above follow `sysexits.h`, so that a supervisor can tell a mistyped setting from a crash. */
export const EXIT = {
  ok: 0,
  /** The command did its work and the answer is no. */
  failed: 1,
  /** The command line was wrong. */
  usage: 64,
  /** A bug. */
  bug: 70,
  /** The settings were wrong. */
  settings: 78,
} as const;

/** The command line is wrong: what, and how it would be right. Ends with `EXIT.usage`. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "UsageError";
  }
}

/** The command could not do its work, for a reason that a person can mend. Shown without a stack. */
export class CommandFailure extends Error {
  readonly exitCode: number;

  constructor(message: string, options: { exitCode?: number; cause?: unknown } = {}) {
    super(message, "cause" in options ? { cause: options.cause } : undefined);
    this.name = "CommandFailure";
    this.exitCode = options.exitCode ?? EXIT.failed;
  }
}
