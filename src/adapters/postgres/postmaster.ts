import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { lstat, mkdir, chown, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { BoundedLog } from "./bounded-log.ts";
import { pathForServer, serverEnvironment } from "./cluster.ts";
import type { OperatingUser } from "./operating-user.ts";
import { commandLine, isRunning, waitUntil } from "./processes.ts";
import type { Programs } from "./programs.ts";
import { serverSettings } from "./server-settings.ts";
import type { Durability } from "./server-settings.ts";

const START_LIMIT_MS = 60_000;
/** A shutdown writes out what is in memory; after this it is cut short, which costs a recovery at the next start. */
const FAST_STOP_LIMIT_MS = 20_000;
const IMMEDIATE_STOP_LIMIT_MS = 5_000;
/** How long children of a server that was killed may hold its shared memory. */
const LEFTOVERS_LIMIT_MS = 10_000;
const LEFTOVERS_PAUSE_MS = 200;
/** `sun_path` in `struct sockaddr_un`, without its terminating zero, on the smallest platform. */
const MAX_SOCKET_PATH_OCTETS = 103;

/** Everything needed to start the server of one data folder. */
export interface ServerPlan {
  readonly programs: Programs;
  readonly user: OperatingUser;
  readonly dataFolder: string;
  readonly socketFolder: string;
  /** In the server's command line, and so the proof of whose server it is. */
  readonly clusterName: string;
  readonly arguments: readonly string[];
  readonly log: BoundedLog;
}

/** Works out how the server is started. Creates the socket's folder where the data folder's path is too long for one. */
export async function planServer(input: {
  readonly programs: Programs;
  readonly user: OperatingUser;
  readonly dataFolder: string;
  readonly durability: Durability;
  readonly log: BoundedLog;
}): Promise<ServerPlan> {
  const { programs, user, dataFolder, durability, log } = input;
  const hash = createHash("sha256").update(dataFolder).digest("hex").slice(0, 16);
  const clusterName = `trunkline-${hash}`;
  const short = Buffer.byteLength(join(dataFolder, ".s.PGSQL.5432.lock")) <= MAX_SOCKET_PATH_OCTETS;
  const socketFolder = short ? dataFolder : await makeSocketFolder(`/tmp/${clusterName}`, user);
  const settings = serverSettings(durability, short ? "." : socketFolder, clusterName);
  const args = ["-D", pathForServer(dataFolder, user), ...settings.flatMap((setting) => ["-c", setting])];
  return { programs, user, dataFolder, socketFolder, clusterName, arguments: args, log };
}

async function makeSocketFolder(path: string, user: OperatingUser): Promise<string> {
  const owner = user.uid ?? process.getuid?.() ?? -1;
  try {
    await mkdir(path, { mode: 0o700 });
    if (user.uid !== undefined) await chown(path, user.uid, user.ids.gid ?? user.uid);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  const found = await lstat(path);
  if (!found.isDirectory() || found.uid !== owner || (found.mode & 0o077) !== 0) {
    throw new Error(`${path} belongs to somebody else. Remove it, or use a data folder with a shorter path.`);
  }
  return path;
}

/**
 * The process id of the server that runs on the data folder, and whether it was
 * started with exactly this plan. Undefined where none runs. The lock of a
 * server that is gone is removed: PostgreSQL would take a zombie, or another
 * process that was given the same id, for a running server. It still finds out
 * by its shared memory when children of the old server are alive.
 */
export async function findRunning(plan: ServerPlan): Promise<{ pid: number; same: boolean } | undefined> {
  const lock = await readLock(plan.dataFolder);
  if (lock === undefined) return undefined;
  const words = (await isRunning(lock.pid)) ? await commandLine(lock.pid) : "";
  if (words.includes(plan.clusterName)) {
    return { pid: lock.pid, same: words.trim() === [plan.programs.postgres, ...plan.arguments].join(" ").trim() };
  }
  await rm(join(plan.dataFolder, "postmaster.pid"), { force: true });
  await rm(join(plan.socketFolder, ".s.PGSQL.5432.lock"), { force: true });
  return undefined;
}

/** Starts the server and resolves to its process id when it takes connections. */
export async function startServer(plan: ServerPlan, onExit: (reason: string) => void): Promise<number> {
  for (const startedMs = performance.now(); ; await sleep(LEFTOVERS_PAUSE_MS)) {
    const outcome = await startOnce(plan, onExit);
    if (typeof outcome === "number") return outcome;
    const leftovers = /still in use/.test(outcome);
    if (!leftovers || performance.now() - startedMs > LEFTOVERS_LIMIT_MS)
      throw new Error(`PostgreSQL did not start: ${outcome}`);
  }
}

/** The process id, or what the log says about the failure. */
async function startOnce(plan: ServerPlan, onExit: (reason: string) => void): Promise<number | string> {
  const file = await plan.log.open();
  const logStartOctet = await plan.log.octets();
  const child = spawn(plan.programs.postgres, plan.arguments, {
    cwd: plan.dataFolder,
    env: serverEnvironment(),
    stdio: ["ignore", file.fd, file.fd],
    // A group of its own: Ctrl-C in the terminal is for us, and the server stops after us.
    detached: true,
    ...plan.user.ids,
  });
  let ready = false;
  const ended = new Promise<string>((resolve) => {
    const over = (reason: string): void => {
      if (ready) onExit(reason);
      resolve(reason);
    };
    child.once("error", (error) => over(error.message));
    child.once("exit", (code, signal) => over(signal === null ? `ended with code ${code}` : `ended by ${signal}`));
  });
  child.unref();
  await file.close();
  let reason: string | undefined;
  void ended.then((text) => (reason = text));
  const { pid } = child;
  const started = await waitUntil(
    async () => reason !== undefined || (pid !== undefined && (await isReady(plan, pid))),
    START_LIMIT_MS,
  );
  if (started && reason === undefined && pid !== undefined) {
    ready = true;
    return pid;
  }
  if (reason === undefined) child.kill("SIGKILL");
  const log = await plan.log.tail(logStartOctet);
  return `${reason ?? `not ready after ${START_LIMIT_MS / 1000} s`}. ${log}`;
}

/** Waits for a server that somebody else started. */
export function waitUntilReady(plan: ServerPlan, pid: number): Promise<boolean> {
  return waitUntil(async () => (await isReady(plan, pid)) || !(await isRunning(pid)), START_LIMIT_MS).then(() =>
    isReady(plan, pid),
  );
}

/** Stops a server: open transactions are rolled back, memory is written out, and if that takes too long it is cut short. */
export async function stopServer(pid: number): Promise<void> {
  const gone = async (): Promise<boolean> => !(await isRunning(pid));
  const steps: readonly [NodeJS.Signals, number][] = [
    ["SIGINT", FAST_STOP_LIMIT_MS],
    ["SIGQUIT", IMMEDIATE_STOP_LIMIT_MS],
    ["SIGKILL", IMMEDIATE_STOP_LIMIT_MS],
  ];
  for (const [signal, limitMs] of steps) {
    try {
      process.kill(pid, signal);
    } catch {
      return;
    }
    if (await waitUntil(gone, limitMs)) return;
  }
}

async function isReady(plan: ServerPlan, pid: number): Promise<boolean> {
  const lock = await readLock(plan.dataFolder);
  return lock?.pid === pid && lock.status === "ready";
}

/** `postmaster.pid`: line 1 is the process id, line 8 the status, padded with spaces. */
async function readLock(dataFolder: string): Promise<{ pid: number; status: string } | undefined> {
  const text = await readFile(join(dataFolder, "postmaster.pid"), "utf8").catch(() => "");
  const lines = text.split("\n");
  const pid = Number(lines[0]);
  return Number.isSafeInteger(pid) && pid > 0 ? { pid, status: (lines[7] ?? "").trim() } : undefined;
}
