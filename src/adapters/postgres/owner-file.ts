import { readFile, rm, writeFile } from "node:fs/promises";
import { isRunning, startMark } from "./processes.ts";

const MAX_TAKEOVERS = 3;

/** Says that this process uses a folder. Released by `release`, and by itself when the process is gone. */
export interface Ownership {
  release(): Promise<void>;
}

/** Takes a folder for this process. Throws a sentence for the operator when another one has it. */
export async function takeOwnership(path: string): Promise<Ownership> {
  const mine = `${process.pid} ${await startMark(process.pid)}\n`;
  for (let attempt = 0; attempt < MAX_TAKEOVERS; attempt += 1) {
    try {
      await writeFile(path, mine, { flag: "wx", mode: 0o600 });
      return { release: () => rm(path, { force: true }) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    const text = await readFile(path, "utf8").catch(() => "");
    const [pid = "", mark = ""] = text.trim().split(" ");
    const alive =
      /^\d+$/.test(pid) && (await isRunning(Number(pid))) && (mark === "" || mark === (await startMark(Number(pid))));
    if (alive)
      throw new Error(
        `The database in this data folder is in use by process ${pid}. Stop it first, or set TRUNKLINE_DATA to another folder.`,
      );
    await rm(path, { force: true });
  }
  throw new Error(`${path} keeps being taken by other processes.`);
}
