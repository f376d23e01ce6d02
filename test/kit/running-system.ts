import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import { readRunFile } from "../../src/entry/run-file.ts";
import type { PhoneMessage } from "../../src/modules/simulator/index.ts";
import { startTrunkline, type CommandResult, type RunningCommand } from "./command-line.ts";
import { temporaryFolder } from "./leftovers.ts";

export { temporaryFolder } from "./leftovers.ts";

/** The first start makes a database cluster. */
const START_LIMIT_MS = 60_000;
const STOP_LIMIT_MS = 30_000;
/** The last line of the welcome. */
const WELCOMED = "Ctrl-C stops everything.";

export interface SystemProcessOptions {
  /** Beside `TRUNKLINE_PORT=0` and `TRUNKLINE_SIMULATOR_PORT=0`, and stronger than them. */
  readonly env?: Readonly<Record<string, string>>;
  /** The content of `trunkline.yaml`. */
  readonly config?: object;
  /** Without it, a new folder that is removed when this process ends. Give that of a stopped system to start it again. */
  readonly dataFolder?: string;
  /** More of the command line, behind `up`. */
  readonly args?: readonly string[];
}

/** A whole Trunkline in a process of its own. */
export interface SystemProcess {
  readonly baseUrl: string;
  /** Present where a TLS port was set. */
  readonly tlsUrl: string | undefined;
  readonly accountSid: string;
  readonly authToken: string;
  /** A number of the account to send from; empty where there is none. */
  readonly from: string;
  readonly caPath: string;
  readonly dataFolder: string;
  readonly pid: number;
  /** The newest messages (up to 1,000) of a simulated phone, oldest first. */
  phones(number: string): Promise<readonly PhoneMessage[]>;
  stdout(): string;
  stderr(): string;
  /** Stops it as Ctrl-C does and gives its exit code. Rejects when it does not end in time. The data folder stays. */
  stop(): Promise<number | null>;
  /** Ends it as a crash does. The data folder stays. */
  kill9(): Promise<void>;
}

/** Starts `trunkline up` on free ports and waits until it welcomes. Rejects with what it wrote when it ends before. */
export async function startSystemProcess(options: SystemProcessOptions = {}): Promise<SystemProcess> {
  const { dataFolder, command } = await launchSystem(options);
  await welcomed(command);
  const run = await readRunFile(dataFolder);
  // It ended right after its welcome; why stands at the end of what it wrote.
  if (run === undefined) throw new Error(`no run file in ${dataFolder}:\n${(await endOf(command)).stderr}`);
  return {
    ...run,
    tlsUrl: run.tlsUrl ?? undefined,
    from: run.from ?? "",
    dataFolder,
    phones: (number) => readPhone(run.baseUrl, number),
    stdout: () => command.stdout(),
    stderr: () => command.stderr(),
    stop: async () => {
      command.child.kill("SIGINT");
      return (await endOf(command)).code;
    },
    kill9: async () => {
      command.child.kill("SIGKILL");
      await command.ended;
    },
  };
}

/** Starts `trunkline up` where it is expected to fail, and gives how it ended. */
export async function failedStart(options: SystemProcessOptions): Promise<CommandResult> {
  return endOf((await launchSystem(options)).command);
}

async function launchSystem(options: SystemProcessOptions): Promise<{ dataFolder: string; command: RunningCommand }> {
  const cwd = temporaryFolder("system");
  const dataFolder = options.dataFolder ?? join(cwd, "data");
  if (options.config !== undefined) await writeFile(join(cwd, "trunkline.yaml"), stringify(options.config));
  const ports = { TRUNKLINE_PORT: "0", TRUNKLINE_SIMULATOR_PORT: "0" };
  const env = { ...ports, TRUNKLINE_DATA: dataFolder, ...options.env };
  return { dataFolder, command: startTrunkline(["up", ...(options.args ?? [])], { env, cwd }) };
}

async function welcomed(command: RunningCommand): Promise<void> {
  const isWelcomed = new Promise<void>((resolve) => {
    command.child.stdout?.on("data", () => {
      if (command.stdout().includes(WELCOMED)) resolve();
    });
  });
  const isOver = command.ended.then(({ code, stderr }) => {
    throw new Error(`trunkline up ended with ${code}:\n${stderr}`);
  });
  await within(START_LIMIT_MS, Promise.race([isWelcomed, isOver]), command, "started");
}

function endOf(command: RunningCommand): Promise<CommandResult> {
  return within(STOP_LIMIT_MS, command.ended, command, "ended");
}

/** Ends the process when what is waited for does not come. */
async function within<T>(limitMs: number, wanted: Promise<T>, command: RunningCommand, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      command.child.kill("SIGKILL");
      reject(new Error(`trunkline up has not ${what} after ${limitMs} ms:\n${command.stderr()}`));
    }, limitMs);
  });
  try {
    return await Promise.race([wanted, tooLong]);
  } finally {
    clearTimeout(timer);
  }
}

async function readPhone(baseUrl: string, number: string): Promise<readonly PhoneMessage[]> {
  const response = await fetch(`${baseUrl}/simulator/phones/${encodeURIComponent(number)}/messages?limit=1000`);
  if (!response.ok) throw new Error(`the phone ${number} answers ${response.status}: ${await response.text()}`);
  return ((await response.json()) as { messages: PhoneMessage[] }).messages;
}
