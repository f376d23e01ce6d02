import { systemClock } from "../adapters/system/index.ts";
import { createProgress, CommandFailure, EXIT, type CommandContext, type Progress } from "../platform/cli/index.ts";
import { loadSettings, namedSettings, settingsTable, type NamedSetting } from "../platform/config/index.ts";
import { createLineWriter, createLogger, errorFields, formatJson, formatPretty } from "../platform/logging/index.ts";
import type { Logger } from "../platform/ports.ts";
import { carrierSettings, type ProgramSettings } from "./carriers.ts";
import { waitForEnd } from "./end-signal.ts";
import { StartFailure } from "./start-failure.ts";

/** After this many milliseconds of stopping the process ends anyway; the log is safe at every moment. */
const STOP_LIMIT_MS = 20_000;

/** All settings, as flags of the commands that start something. */
export const allSettings: readonly NamedSetting[] = namedSettings(settingsTable(carrierSettings));

/** What a process is started with, whatever its role. */
export interface RoleStart {
  readonly settings: ProgramSettings;
  readonly logger: Logger;
  readonly logFormat: "pretty" | "json";
  readonly progress: Progress;
  /** Called when the process cannot go on: a failed assertion, or its database is gone. */
  readonly onFatal: (reason: string) => void;
}

/** Something that runs until it is stopped. */
export interface Running {
  close(): Promise<void>;
}

/** Reads the settings, starts a role, waits for the end and stops it. Gives the exit code. */
export async function runRole(
  context: CommandContext,
  flags: Readonly<Record<string, string | boolean>>,
  start: (role: RoleStart) => Promise<Running>,
): Promise<number> {
  const settings = loadSettings({ flags, env: context.env, cwd: context.cwd, carrierTypes: carrierSettings });
  const isPretty = settings.log.format === "pretty" || (settings.log.format === "auto" && context.stdout.isTty);
  const root = createLogger({
    sink: createLineWriter(process.stderr),
    clock: systemClock,
    level: settings.log.level,
    format: isPretty ? formatPretty(context.stderr.isTty) : formatJson,
  });
  const logger = settings.name === undefined ? root : root.child({ node: settings.name });
  const ended = waitForEnd();
  const progress = createProgress(context.stderr, () => systemClock.monotonicMs());
  const onFatal = (reason: string): void => ended.fatal(reason);
  let running: Running;
  try {
    running = await start({ settings, logger, logFormat: isPretty ? "pretty" : "json", progress, onFatal });
  } catch (error) {
    if (error instanceof StartFailure) throw new CommandFailure(error.message);
    throw error;
  }
  const reason = await ended.promise;
  if (reason !== undefined) logger.error("fatal", { reason });
  context.stderr.write("Stopping …\n");
  const limit = setTimeout(() => process.exit(EXIT.failed), STOP_LIMIT_MS);
  await running.close().catch((error: unknown) => logger.error("stop.failed", errorFields(error)));
  await root.flush();
  clearTimeout(limit);
  context.stderr.write("Stopped.\n");
  return reason === undefined ? EXIT.ok : EXIT.failed;
}
