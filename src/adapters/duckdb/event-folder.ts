import { mkdir, readdir, rename, rm, rmdir, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import type {
  EventAnswer,
  EventColumn,
  EventFile,
  EventFiles,
  EventQuestion,
  EventRows,
} from "../../platform/event-files/index.ts";
import { DuckDbChild, type Outcome } from "./child.ts";
import { ASIDE, folderOf, pagesOf, pathOf, startOf, UNFINISHED } from "./file-names.ts";

/** Where events are and what they are. */
export interface EventFolderOptions {
  /** A folder of its own; created where missing. */
  readonly folder: string;
  readonly columns: readonly EventColumn[];
}

/** Within this a file is written, or whoever writes it is stuck and killed. */
const WRITE_LIMIT_MS = 60_000;
const MERGE_LIMIT_MS = 10 * 60_000;
/** After the time that a question has, before its process is killed. */
const INTERRUPT_GRACE_MS = 1_500;
const CLOSE_GRACE_MS = 3_000;

/**
 * Files of events as Parquet, written and read by DuckDB in processes of their own: one writes,
 * another answers questions, so that a hostile question harms nobody but its own process.
 */
export async function openEventFiles(options: EventFolderOptions): Promise<EventFiles> {
  const folder = resolve(options.folder);
  await mkdir(folder, { recursive: true });
  return new EventFolder(folder, options.columns);
}

class EventFolder implements EventFiles {
  private readonly folder: string;
  private readonly columns: readonly EventColumn[];
  private readonly writer: DuckDbChild;
  private readonly reader: DuckDbChild;

  constructor(folder: string, columns: readonly EventColumn[]) {
    this.folder = folder;
    this.columns = columns;
    this.writer = new DuckDbChild(folder);
    this.reader = new DuckDbChild(folder);
  }

  async list(): Promise<EventFile[]> {
    const found: EventFile[] = [];
    for (const name of await readdir(this.folder)) {
      const startMs = startOf(name);
      if (startMs === undefined) continue;
      for (const file of await readdir(join(this.folder, name))) {
        const path = join(this.folder, name, file);
        if (file.endsWith(UNFINISHED)) await rm(path, { force: true });
        const pages = pagesOf(file);
        if (pages === undefined) continue;
        found.push({ startMs, from: pages.from, to: pages.to, octets: (await stat(path)).size });
      }
    }
    return found;
  }

  async write(file: Omit<EventFile, "octets">, pages: readonly EventRows[]): Promise<EventFile> {
    const { startMs, from, to } = file;
    const command = { op: "write", columns: this.columns, path: pathOf(file) } as const;
    const octets = written(await this.writer.run(command, pages, WRITE_LIMIT_MS));
    return { startMs, from, to, octets };
  }

  async merge(files: readonly EventFile[]): Promise<EventFile> {
    const sorted = files.toSorted((a, b) => a.from - b.from);
    const startMs = sorted[0]?.startMs ?? 0;
    const from = sorted[0]?.from ?? 0;
    const to = Math.max(...sorted.map((file) => file.to));
    const command = { op: "merge", sources: sorted.map(pathOf), path: pathOf({ startMs, from, to }) } as const;
    const octets = written(await this.writer.run(command, [], MERGE_LIMIT_MS));
    return { startMs, from, to, octets };
  }

  async remove(files: readonly EventFile[]): Promise<void> {
    for (const file of files) await rm(join(this.folder, pathOf(file)), { force: true });
    for (const startMs of new Set(files.map((file) => file.startMs))) {
      // One with anything in it stays.
      await rmdir(join(this.folder, folderOf(startMs))).catch(() => undefined);
    }
  }

  async setAside(files: readonly EventFile[]): Promise<void> {
    for (const file of files) {
      const path = join(this.folder, pathOf(file));
      await rename(path, `${path}${ASIDE}`);
    }
  }

  async ask(question: EventQuestion): Promise<EventAnswer> {
    const { sql, maxRows, maxOctets, timeoutMs } = question;
    const files = question.files.map(pathOf);
    const startedMs = performance.now();
    const command = { op: "ask", columns: this.columns, files, sql, maxRows, maxOctets, timeoutMs } as const;
    const limitMs = timeoutMs + INTERRUPT_GRACE_MS;
    const outcome = await this.reader.run(command, question.recent, limitMs);
    const tookMs = Math.round(performance.now() - startedMs);
    if (outcome.kind === "rows") return { ...outcome, tookMs };
    if (outcome.kind === "gone") return tookMs >= timeoutMs ? { kind: "too-long" } : lost(outcome.reason);
    if (outcome.kind === "failed") return { kind: "broken", reason: outcome.reason };
    return outcome.kind === "written" ? { kind: "broken", reason: "it wrote" } : outcome;
  }

  async close(): Promise<void> {
    await Promise.all([this.writer.close(CLOSE_GRACE_MS), this.reader.close(0)]);
  }
}

/** A process that took too much memory was killed, by itself or by the kernel. */
function lost(reason: string): EventAnswer {
  return reason.includes("SIG") ? { kind: "too-large" } : { kind: "broken", reason };
}

function written(outcome: Outcome): number {
  if (outcome.kind === "written") return outcome.octets;
  throw new Error("reason" in outcome ? outcome.reason : outcome.kind);
}
