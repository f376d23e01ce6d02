import { chmod, mkdtemp, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Cleanup } from "./cleanup.ts";

/** Makes a folder that is removed at the end. PostgreSQL, which runs as somebody else under root, may pass through. */
export async function scratchFolder(parent: string, cleanup: Cleanup): Promise<string> {
  const folder = await mkdtemp(join(parent, "trunkline-bench-"));
  await chmod(folder, 0o711);
  cleanup.add(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** The PostgreSQL of a data folder, by the file it keeps its process id in. */
export async function postgresPid(dataFolder: string): Promise<number> {
  const text = await readFile(join(dataFolder, "postgres", "data", "postmaster.pid"), "utf8");
  return Number(text.split("\n", 1)[0]);
}

/** Ends a PostgreSQL that a killed process left behind. */
export async function endPostgres(dataFolder: string): Promise<void> {
  const pid = await postgresPid(dataFolder).catch(() => undefined);
  if (pid === undefined) return;
  try {
    process.kill(pid, "SIGQUIT");
    for (let tries = 0; tries < 100; tries += 1) {
      process.kill(pid, 0);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  } catch {
    // It is gone, which is what was wanted.
  }
}
