import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

const POLL_MS = 20;

/** Whether a process runs. A zombie, which nobody may ever collect in a container, does not. */
export async function isRunning(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM means that it runs, as somebody else.
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return false;
  }
  const stat = await readProcessStat(pid);
  return stat === undefined || (stat.state !== "Z" && stat.state !== "X");
}

/** What tells a process from a later one of the same id; empty where the system does not say. */
export async function startMark(pid: number): Promise<string> {
  return (await readProcessStat(pid))?.startTicks ?? "";
}

/** The command line, its words joined with spaces; empty for a process that is gone. */
export async function commandLine(pid: number): Promise<string> {
  if (process.platform === "linux") {
    return (await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")).replaceAll("\0", " ");
  }
  const listed = await promisify(execFile)("ps", ["-o", "command=", "-p", String(pid)]).catch(() => ({ stdout: "" }));
  return listed.stdout;
}

/** Resolves to whether `condition` came true in time. */
export async function waitUntil(condition: () => Promise<boolean>, limitMs: number): Promise<boolean> {
  const untilMs = performance.now() + limitMs;
  while (!(await condition())) {
    if (performance.now() >= untilMs) return false;
    await sleep(POLL_MS);
  }
  return true;
}

/** proc(5): the name in field 2 may contain anything, so fields are counted from its closing bracket. */
async function readProcessStat(pid: number): Promise<{ state: string; startTicks: string } | undefined> {
  if (process.platform !== "linux") return undefined;
  const text = await readFile(`/proc/${pid}/stat`, "latin1").catch(() => undefined);
  if (text === undefined) return undefined;
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return { state: fields[0] ?? "", startTicks: fields[19] ?? "" };
}
