import { spawn, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { killAtExit } from "./leftovers.ts";

/** What a child process gets of this one's environment; nothing of what points programs elsewhere. */
const INHERITED = ["PATH", "HOME", "USER", "LANG", "TMPDIR", "TZ", "CI"];
const KILL_AFTER_MS = 60_000;

export interface CommandOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** How a command ended. */
export interface CommandResult {
  /** `null` where a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that runs. */
export interface RunningCommand {
  readonly child: ChildProcess;
  stdout(): string;
  stderr(): string;
  readonly ended: Promise<CommandResult>;
}

/** The environment of a child: the necessary part of ours, and `extra`. */
export function childEnvironment(extra: Readonly<Record<string, string>> = {}): Record<string, string> {
  const inherited = INHERITED.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(inherited), ...extra };
}

/** The command line as it was built together with this file, so that a test never runs an older one. */
export function commandLinePath(): string {
  const joined = fileURLToPath(new URL("../../program/cli.js", import.meta.url));
  return existsSync(joined) ? joined : fileURLToPath(new URL("../../src/entry/cli.js", import.meta.url));
}

/** Starts `trunkline <args>`. It ends with this process at the latest. */
export function startTrunkline(args: readonly string[], options: CommandOptions = {}): RunningCommand {
  return startProgram(process.execPath, [commandLinePath(), ...args], options);
}

/** Runs `trunkline <args>` to its end, which must come within a minute. */
export function runTrunkline(args: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
  return runToEnd(startTrunkline(args, options));
}

/** Runs any program to its end, which must come within a minute. */
export function runProgram(
  program: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  return runToEnd(startProgram(program, args, options));
}

function startProgram(program: string, args: readonly string[], options: CommandOptions): RunningCommand {
  const child = spawn(program, args, {
    stdio: ["ignore", "pipe", "pipe"],
    env: childEnvironment(options.env),
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  const hasEnded = child.pid === undefined ? () => {} : killAtExit(child.pid);
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => void (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => void (stderr += text));
  const ended = new Promise<CommandResult>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      hasEnded();
      resolve({ code, stdout, stderr });
    });
  });
  // Whoever waits for the end hears of it; a program that could not be started must not end the test run by itself.
  ended.catch(() => {});
  return { child, stdout: () => stdout, stderr: () => stderr, ended };
}

async function runToEnd(command: RunningCommand): Promise<CommandResult> {
  const limit = setTimeout(() => command.child.kill("SIGKILL"), KILL_AFTER_MS);
  try {
    return await command.ended;
  } finally {
    clearTimeout(limit);
  }
}
