import { link, readFile, rename, rm, writeFile } from "node:fs/promises";
import { randomUUID } from "node:crypto";
import { errorCode } from "./file-io.ts";
import { LogError } from "./log-error.ts";

/** Who holds a lock. `start` and `boot` tell a process from a later one of the same number. */
interface Holder {
  readonly pid: number;
  /** Clock ticks from boot to the start of the process; absent where `/proc` is. */
  readonly start?: string | undefined;
  readonly boot?: string | undefined;
  /** Makes every attempt's file unlike all others. */
  readonly token: string;
}

const MAX_ATTEMPTS = 5;

/**
 * Takes a lock file for this process and resolves to what gives it up. A lock whose
 * process is gone is taken over. Rejects with {@link LogError} of kind `in-use`. Holds
 * among the processes of one machine; the folder must not be shared between machines.
 */
export async function lockDirectory(path: string): Promise<() => Promise<void>> {
  const mine = `${path}.${process.pid}.${randomUUID()}`;
  const holder: Holder = {
    pid: process.pid,
    start: await processStart(process.pid),
    boot: await bootId(),
    token: randomUUID(),
  };
  const text = JSON.stringify(holder);
  await writeFile(mine, text, { mode: 0o600 });
  try {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
      // A link, unlike an exclusive creation, never shows a lock without its content.
      const taken = await link(mine, path).then(
        () => true,
        (error: unknown) => {
          if (errorCode(error) === "EEXIST") return false;
          throw error;
        },
      );
      if (taken) return () => release(path, text);
      await removeStale(path);
    }
  } finally {
    await rm(mine, { force: true });
  }
  throw new LogError("in-use", `${path} is contended: another process is starting on the same folder`);
}

async function release(path: string, text: string): Promise<void> {
  const content = await readFile(path, "utf8").catch(() => undefined);
  if (content === text) await rm(path, { force: true });
}

/** Removes the lock if its process is gone; otherwise rejects with `in-use`. */
async function removeStale(path: string): Promise<void> {
  const text = await readIfThere(path);
  if (text === undefined) return;
  const holder = parseHolder(text);
  if (holder !== undefined && (await isAlive(holder))) {
    throw new LogError("in-use", `already in use by pid ${holder.pid} (lock file ${path})`, { file: path });
  }
  // Renamed first and looked at again, so that two starters cannot remove each other's fresh lock.
  const aside = `${path}.${process.pid}.${randomUUID()}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return;
    throw error;
  }
  if ((await readIfThere(aside)) !== text) await link(aside, path).catch(() => undefined);
  await rm(aside, { force: true });
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw error;
  }
}

function parseHolder(text: string): Holder | undefined {
  try {
    const value = JSON.parse(text) as Partial<Holder> | null;
    const pid = value?.pid;
    if (typeof pid !== "number" || !Number.isInteger(pid) || pid <= 0) return undefined;
    return { pid, start: value?.start, boot: value?.boot, token: String(value?.token) };
  } catch {
    return undefined;
  }
}

async function isAlive(holder: Holder): Promise<boolean> {
  if (holder.boot !== undefined && holder.boot !== (await bootId())) return false;
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    if (errorCode(error) === "ESRCH") return false;
  }
  const start = await processStart(holder.pid);
  return holder.start === undefined || start === undefined || start === holder.start;
}

async function bootId(): Promise<string | undefined> {
  const text = await readFile("/proc/sys/kernel/random/boot_id", "utf8").catch(() => undefined);
  return text?.trim();
}

/** Field 22 of `/proc/<pid>/stat` (proc(5)), counted after the name, which may hold spaces and parentheses. */
async function processStart(pid: number): Promise<string | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => undefined);
  return text
    ?.slice(text.lastIndexOf(")") + 2)
    .split(" ")
    .at(19);
}
