/** The frame of the command line: declaring, finding, parsing, helping, ending. */
export type {
  ArgumentSpec,
  Command,
  CommandContext,
  CommandEntry,
  CommandInput,
  OptionSpec,
  OptionTable,
  OptionValues,
  TextOutput,
} from "./command.ts";
export { defineCommand } from "./command.ts";
export { CommandFailure, EXIT, UsageError } from "./exit-codes.ts";
export type { ProgramInfo } from "./help.ts";
export { commandHelp, programHelp } from "./help.ts";
export type { Progress, ProgressStep } from "./progress.ts";
export { createProgress, showDuration } from "./progress.ts";
export { runCommandLine } from "./run.ts";
