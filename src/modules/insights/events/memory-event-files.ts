import { Buffer } from "node:buffer";
import type {
  EventAnswer,
  EventFile,
  EventFiles,
  EventQuestion,
  EventRow,
  EventRows,
} from "../../../platform/event-files/index.ts";
import { sortFiles } from "./file-ranges.ts";

const parse = (pages: readonly EventRows[]): EventRow[] =>
  pages.flatMap((rows) => {
    const lines = Buffer.from(rows).toString().trimEnd().split("\n");
    return lines.map((line) => JSON.parse(line) as EventRow);
  });
const keyOf = ({ startMs, from, to }: Omit<EventFile, "octets">): string => `${startMs}/${from}-${to}`;

/** Files of events in memory, for tests: a question, whatever it is, is answered with all SIDs. */
export class MemoryEventFiles implements EventFiles {
  readonly stored = new Map<string, { readonly file: EventFile; readonly rows: readonly EventRow[] }>();
  readonly aside: EventFile[] = [];
  /** Thrown by whatever writes, while it is set. */
  failure: Error | undefined;
  /** What questions wait for. */
  hold: Promise<void> = Promise.resolve();
  questions = 0;

  list(): Promise<EventFile[]> {
    return Promise.resolve([...this.stored.values()].map(({ file }) => file));
  }

  write(file: Omit<EventFile, "octets">, pages: readonly EventRows[]): Promise<EventFile> {
    return this.keep(file, parse(pages));
  }

  private keep(file: Omit<EventFile, "octets">, rows: readonly EventRow[]): Promise<EventFile> {
    if (this.failure !== undefined) return Promise.reject(this.failure);
    const whole = { ...file, octets: rows.length };
    this.stored.set(keyOf(file), { file: whole, rows });
    return Promise.resolve(whole);
  }

  merge(files: readonly EventFile[]): Promise<EventFile> {
    const sorted = sortFiles(files);
    const rows = sorted.flatMap((file) => this.stored.get(keyOf(file))?.rows ?? []);
    const { startMs = 0, from = 0 } = sorted[0] ?? {};
    return this.keep({ startMs, from, to: Math.max(...sorted.map(({ to }) => to)) }, rows);
  }

  remove(files: readonly EventFile[]): Promise<void> {
    for (const file of files) this.stored.delete(keyOf(file));
    return Promise.resolve();
  }

  setAside(files: readonly EventFile[]): Promise<void> {
    this.aside.push(...files);
    return this.remove(files);
  }

  async ask(question: EventQuestion): Promise<EventAnswer> {
    this.questions += 1;
    await this.hold;
    const filed = question.files.flatMap((file) => {
      const found = this.stored.get(keyOf(file));
      if (found === undefined) throw new Error(`${keyOf(file)} is gone`);
      return found.rows;
    });
    const sids = [...filed, ...parse(question.recent)].map((row) => row[1]);
    return {
      kind: "rows",
      columns: [{ name: "sid", type: "VARCHAR" }],
      rowCount: sids.length,
      isCut: false,
      rows: Buffer.from(JSON.stringify(sids)),
      tookMs: 1,
    };
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
