import { createHash } from "node:crypto";
import { mkdir, open, readFile, rename, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Logger } from "../ports.ts";
import type { CellSites } from "./link-sites.ts";
import { readSites } from "./told-site.ts";

const FILE = "link-sites.snapshot";
const UNFINISHED = "link-sites.unfinished";
const FIRST_LINE = "trunkline-link-sites 1";
/** A file with more is not read. */
const MAX_OCTETS = 1_024 * 1_024 * 1_024;
const MAX_NAME_CHARACTERS = 63;

/**
 * The link domains that an edge knows, on disk, so that it works after a restart while cells are
 * away. A line for each cell and a check sum; keys stay sealed. The file gets its name when it
 * is complete and on disk.
 */
export class SiteSnapshot {
  readonly #folder: string;
  readonly #logger: Logger;

  constructor(folder: string, logger: Logger) {
    this.#folder = folder;
    this.#logger = logger;
  }

  /** What was written last; nothing where there is no such file, or where it is damaged, which the log says. */
  async read(): Promise<[cell: string, known: CellSites][]> {
    try {
      const path = join(this.#folder, FILE);
      const { size } = await stat(path);
      if (size > MAX_OCTETS) throw new Error(`it has ${size} octets`);
      return decode(await readFile(path, "utf8"));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") {
        this.#logger.warn("links.snapshot-damaged", { reason: String(error) });
      }
      return [];
    }
  }

  /** Writes all that is known. What stood before stays when this fails. */
  async write(cells: Iterable<readonly [cell: string, known: CellSites]>): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const unfinished = join(this.#folder, UNFINISHED);
    const file = await open(unfinished, "w", 0o600);
    try {
      const hash = createHash("sha256");
      for (const line of linesOf(cells)) {
        hash.update(line);
        await file.appendFile(line);
      }
      await file.appendFile(`sha256 ${hash.digest("hex")}\n`);
      await file.datasync();
    } finally {
      await file.close();
    }
    await rename(unfinished, join(this.#folder, FILE));
  }
}

function* linesOf(cells: Iterable<readonly [cell: string, known: CellSites]>): Generator<string> {
  yield `${FIRST_LINE}\n`;
  for (const [cell, { revision, sites }] of cells) yield `${JSON.stringify({ cell, revision, sites })}\n`;
}

function decode(text: string): [string, CellSites][] {
  const hashAt = text.lastIndexOf("\n", text.length - 2) + 1;
  const content = text.slice(0, hashAt);
  const expected = `sha256 ${createHash("sha256").update(content).digest("hex")}\n`;
  if (text.slice(hashAt) !== expected) throw new Error("its check sum is wrong");
  const [first, ...lines] = content.split("\n");
  if (first !== FIRST_LINE) throw new Error("it is of another version");
  return lines.filter((line) => line !== "").map(readLine);
}

function readLine(line: string): [string, CellSites] {
  const { cell, revision, sites } = JSON.parse(line) as Record<string, unknown>;
  if (typeof cell !== "string" || cell.length > MAX_NAME_CHARACTERS) throw new Error("it has a line without a cell");
  if (typeof revision !== "string" || !Array.isArray(sites)) throw new Error("it has a line without sites");
  return [cell, { revision, sites: readSites(sites) }];
}
