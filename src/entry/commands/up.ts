import { systemClock } from "../../adapters/system/index.ts";
import { createProgress, defineCommand, CommandFailure, EXIT } from "../../platform/cli/index.ts";
import { loadSettings, namedSettings, settingsTable } from "../../platform/config/index.ts";
import { createLineWriter, createLogger, errorFields, formatJson, formatPretty } from "../../platform/logging/index.ts";
import { carrierSettings } from "../carriers.ts";
import { waitForEnd } from "../end-signal.ts";
import { welcome } from "../welcome.ts";
import { StartFailure } from "../start-failure.ts";
import { startSystem, type RunningSystem } from "../system.ts";

/** After this many milliseconds of stopping the process ends anyway; the log is safe at every moment. */
const STOP_LIMIT_MS = 20_000;

export const up = defineCommand({
  name: "up",
  summary: "start Trunkline on this machine",
  description:
    "Starts everything in one process: PostgreSQL, the API, a messaging cell and, unless carriers are configured, " +
    "a simulated carrier with phones. Ctrl-C stops it; the next start goes on where it was.",
  example: "npx trunkline up --port 8080",
  options: {},
  settings: namedSettings(settingsTable(carrierSettings)),
  run: async (context, { settingFlags }) => {
    const settings = loadSettings({
      flags: settingFlags,
      env: context.env,
      cwd: context.cwd,
      carrierTypes: carrierSettings,
    });
    const isPretty = settings.log.format === "pretty" || (settings.log.format === "auto" && context.stdout.isTty);
    const logger = createLogger({
      sink: createLineWriter(process.stderr),
      clock: systemClock,
      level: settings.log.level,
      format: isPretty ? formatPretty(context.stderr.isTty) : formatJson,
    });
    const ended = waitForEnd();
    const progress = createProgress(context.stderr, () => systemClock.monotonicMs());
    let system: RunningSystem;
    try {
      const onFatal = (reason: string): void => ended.fatal(reason);
      system = await startSystem({ settings, logger, progress, onFatal });
    } catch (error) {
      if (error instanceof StartFailure) throw new CommandFailure(error.message);
      throw error;
    }
    context.stdout.write(welcome(system, settings));
    const reason = await ended.promise;
    if (reason !== undefined) logger.error("fatal", { reason });
    context.stderr.write("Stopping …\n");
    const limit = setTimeout(() => process.exit(EXIT.failed), STOP_LIMIT_MS);
    await system.close().catch((error: unknown) => logger.error("stop.failed", errorFields(error)));
    await logger.flush();
    clearTimeout(limit);
    context.stderr.write("Stopped.\n");
    return reason === undefined ? 0 : EXIT.failed;
  },
});
