import { CommandFailure, type CommandContext } from "../platform/cli/index.ts";
import { loadSettings, namedSettings, settingsTable, type NamedSetting } from "../platform/config/index.ts";
import { carrierSettings, type ProgramSettings } from "./carriers.ts";
import { readRunFile, type RunFile } from "./run-file.ts";

/** `--data` and `--config`: what a command needs to find a running system. */
export const locationSettings: readonly NamedSetting[] = namedSettings(settingsTable(carrierSettings)).filter(
  ({ path }) => path === "data" || path === "config",
);

/** What was typed for {@link locationSettings}. */
export type LocationFlags = Readonly<Record<string, string | boolean>>;

/** A system that runs on this machine, as programs on this machine reach it. */
export interface RunningHere extends RunFile {
  /** The base URL as it listens, where `baseUrl` is as it is reached. */
  readonly listenUrl: string;
  readonly dataFolder: string;
}

/** The settings as `up` would read them here. Throws SettingsError. */
export function readSettings(context: CommandContext, flags: LocationFlags): ProgramSettings {
  return loadSettings({ flags, env: context.env, cwd: context.cwd, carrierTypes: carrierSettings });
}

/** What runs with the data folder that is meant. Throws a CommandFailure that says what to do when nothing does. */
export async function findRunning(context: CommandContext, flags: LocationFlags): Promise<RunningHere> {
  const { data } = readSettings(context, flags);
  const run = await readRunFile(data);
  if (run === undefined) {
    throw new CommandFailure(
      `nothing is running with the data folder ${data}. Start it with “npx trunkline up”, ` +
        "or name the folder of the one that runs with --data or TRUNKLINE_DATA.",
    );
  }
  return { ...run, listenUrl: run.baseUrl, baseUrl: reachable(run.baseUrl), dataFolder: data };
}

/** Whoever listens on all addresses is reached on loopback. */
export function reachable(url: string): string {
  return url.replace("//0.0.0.0:", "//127.0.0.1:").replace("//[::]:", "//[::1]:");
}

/** The host of a URL, an IPv6 address without its brackets. */
export function hostOfUrl(url: string): string {
  return new URL(url).hostname.replace(/^\[(.*)\]$/, "$1");
}
