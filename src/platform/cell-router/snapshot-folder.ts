import { mkdir, open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Logger } from "../ports.ts";
import { decodeSnapshot, encodeSnapshot, type SnapshotContent } from "./snapshot-text.ts";

/** Above the size of any snapshot that is written: one with more is not read. */
const MAX_SNAPSHOT_OCTETS = 1_024 * 1_024 * 1_024;
const KEPT_GENERATIONS = 2;
const MAX_TRIED = 4;
const UNFINISHED = "routes.unfinished";
const NAME = /^routes-(\d{12})\.snapshot$/;

/**
 * The snapshots of one router in a folder of its own: numbered generations, each a file
 * that gets its name when it is complete and on disk. The two newest good ones are kept.
 */
export class SnapshotFolder {
  readonly #folder: string;
  readonly #logger: Logger;
  /** The generations that are known to be good, newest first. */
  #good: number[] = [];
  #newest = 0;

  constructor(folder: string, logger: Logger) {
    this.#folder = folder;
    this.#logger = logger;
  }

  /** The newest snapshot that is whole; `undefined` where there is none. What is damaged is named in the log and passed over. */
  async read(): Promise<SnapshotContent | undefined> {
    const generations = await this.#generations();
    this.#newest = generations[0] ?? 0;
    for (const generation of generations.slice(0, MAX_TRIED)) {
      try {
        const content = await this.#readGeneration(generation);
        this.#good = [generation];
        return content;
      } catch (error) {
        this.#logger.warn("routes.snapshot-damaged", { generation, reason: String(error) });
      }
    }
    return undefined;
  }

  /** Writes a new generation. What stood before stays when this fails. */
  async write(content: SnapshotContent): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const unfinished = join(this.#folder, UNFINISHED);
    const file = await open(unfinished, "w", 0o600);
    try {
      for (const chunk of encodeSnapshot(content)) await file.appendFile(chunk, "latin1");
      await file.datasync();
    } finally {
      await file.close();
    }
    this.#newest = Math.max(this.#newest, (await this.#generations())[0] ?? 0) + 1;
    await rename(unfinished, this.#path(this.#newest));
    await this.#syncNames();
    this.#good = [this.#newest, ...this.#good].slice(0, KEPT_GENERATIONS);
    for (const generation of await this.#generations()) {
      if (!this.#good.includes(generation)) await rm(this.#path(generation), { force: true });
    }
  }

  async #readGeneration(generation: number): Promise<SnapshotContent> {
    const path = this.#path(generation);
    const { size } = await stat(path);
    if (size > MAX_SNAPSHOT_OCTETS) throw new Error(`it has ${size} octets`);
    return decodeSnapshot(await readFile(path));
  }

  /** The numbers of all generations in the folder, newest first. */
  async #generations(): Promise<number[]> {
    const names = await readdir(this.#folder).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
      throw error;
    });
    const numbers = names.map((name) => Number(NAME.exec(name)?.[1] ?? 0)).filter((number) => number > 0);
    return numbers.toSorted((a, b) => b - a);
  }

  /** A new name survives a power cut once its folder was synced. */
  async #syncNames(): Promise<void> {
    const folder = await open(this.#folder, "r");
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  }

  #path(generation: number): string {
    return join(this.#folder, `routes-${String(generation).padStart(12, "0")}.snapshot`);
  }
}
