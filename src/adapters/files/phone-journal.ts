import { Buffer } from "node:buffer";
import { mkdir, open, rename, rm } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { dirname } from "node:path";
import { StringDecoder } from "node:string_decoder";
import type { Logger } from "../../platform/ports.ts";

/** Characters that wait for a slow disk; entries beyond are dropped and counted. */
const MAX_PENDING_CHARACTERS = 64 * 1024 * 1024;
/** A longer line in the file was not written by this program and is skipped. */
const MAX_LINE_CHARACTERS = 1024 * 1024;
const READ_OCTETS = 256 * 1024;
const COMPACT_BATCH_ENTRIES = 1_000;
const NEW_SUFFIX = ".new";

/**
 * Opens (and creates) a file of entries, one JSON object a line, that grows by
 * appending and shrinks by compaction. Entries are written within a turn or two
 * of the event loop, without waiting for the disk: a crash of the process loses
 * at most the last of them, one of the machine perhaps more. It is for what a
 * developer would like to see again, not for what anybody was promised.
 */
export async function openPhoneJournal(path: string, log: Logger): Promise<PhoneJournal> {
  await mkdir(dirname(path), { recursive: true });
  await rm(path + NEW_SUFFIX, { force: true });
  return new PhoneJournal(path, await open(path, "a+", 0o600), log);
}

/** See {@link openPhoneJournal}. */
export class PhoneJournal {
  readonly #path: string;
  readonly #log: Logger;
  #file: FileHandle;
  #pending: string[] = [];
  #pendingCharacters = 0;
  /** Lines appended since a compaction began, which the new file needs too. */
  #tail: string[] | undefined;
  #writing: Promise<void> | undefined;
  #isPaused = false;
  #isTorn = false;
  #dropped = 0;
  #count = 0;
  #compacting: Promise<void> | undefined;

  constructor(path: string, file: FileHandle, log: Logger) {
    this.#path = path;
    this.#file = file;
    this.#log = log;
  }

  /** Entries in the file and on their way to it. */
  get entryCount(): number {
    return this.#count;
  }

  /** Gives every entry that can be read, oldest first. What a crash cut off, or something else damaged, is skipped and logged. */
  async load(onEntry: (entry: unknown) => void): Promise<void> {
    let damaged = 0;
    const takeLine = (line: string): void => {
      if (line === "") return;
      const entry = parseEntry(line);
      if (entry === undefined) {
        damaged += 1;
        return;
      }
      this.#count += 1;
      onEntry(entry);
    };
    const rest = await eachLine(this.#file, takeLine);
    // A last line without its end may still be whole.
    takeLine(rest);
    this.#isTorn = rest !== "";
    if (damaged > 0) this.#log.warn("phone-journal.damaged", { path: this.#path, lines: damaged });
  }

  /** Takes an entry. Never throws: what cannot be written is dropped, and said in the log. */
  append(entry: object): void {
    const line = `${JSON.stringify(entry)}\n`;
    if (this.#pendingCharacters + line.length > MAX_PENDING_CHARACTERS) {
      this.#dropped += 1;
      return;
    }
    this.#count += 1;
    this.#pending.push(line);
    this.#pendingCharacters += line.length;
    this.#tail?.push(line);
    this.#write();
  }

  /** Replaces everything before this call by `entries`; what is appended meanwhile stays, after them. On failure the file stays as it was. */
  compact(entries: Iterable<object>): Promise<void> {
    this.#compacting ??= this.#compact(entries).finally(() => {
      this.#compacting = undefined;
    });
    return this.#compacting;
  }

  /** Writes what is pending and closes the file. */
  async close(): Promise<void> {
    await this.#compacting;
    while (this.#writing !== undefined) await this.#writing;
    await this.#file.close();
  }

  #write(): void {
    if (this.#isPaused || this.#pending.length === 0) return;
    this.#writing ??= this.#drain().finally(() => {
      this.#writing = undefined;
      this.#write();
    });
  }

  async #drain(): Promise<void> {
    // What the rest of this turn appends goes into the same write.
    await new Promise((resolve) => setImmediate(resolve));
    if (this.#isPaused) return;
    const text = (this.#isTorn ? "\n" : "") + this.#takePending().join("");
    try {
      await this.#file.appendFile(text);
      this.#isTorn = false;
    } catch (error) {
      this.#isTorn = true;
      this.#log.error("phone-journal.write-failed", { path: this.#path, code: (error as NodeJS.ErrnoException).code });
    }
    if (this.#dropped > 0) this.#log.error("phone-journal.dropped", { path: this.#path, entries: this.#dropped });
    this.#dropped = 0;
  }

  #takePending(): string[] {
    const lines = this.#pending;
    this.#pending = [];
    this.#pendingCharacters = 0;
    return lines;
  }

  async #compact(entries: Iterable<object>): Promise<void> {
    const tail: string[] = [];
    this.#tail = tail;
    let file: FileHandle | undefined;
    let unwritten: string[] = [];
    try {
      file = await open(this.#path + NEW_SUFFIX, "w", 0o600);
      const written = await writeEntries(file, entries);
      this.#isPaused = true;
      await this.#writing;
      // From here on appended lines wait in `pending` for the new file.
      this.#tail = undefined;
      unwritten = this.#takePending();
      await file.appendFile(tail.join(""));
      await file.sync();
      await rename(this.#path + NEW_SUFFIX, this.#path);
      const old = this.#file;
      this.#file = file;
      this.#isTorn = false;
      this.#count = written + tail.length + this.#pending.length;
      await old.close();
    } catch (error) {
      this.#pending.unshift(...unwritten);
      this.#log.error("phone-journal.compact-failed", {
        path: this.#path,
        code: (error as NodeJS.ErrnoException).code,
      });
      if (file !== undefined && file !== this.#file) await file.close();
      await rm(this.#path + NEW_SUFFIX, { force: true });
    } finally {
      this.#tail = undefined;
      this.#isPaused = false;
      this.#write();
    }
  }
}

async function writeEntries(file: FileHandle, entries: Iterable<object>): Promise<number> {
  let batch: string[] = [];
  let written = 0;
  for (const entry of entries) {
    batch.push(`${JSON.stringify(entry)}\n`);
    written += 1;
    if (batch.length < COMPACT_BATCH_ENTRIES) continue;
    await file.appendFile(batch.join(""));
    batch = [];
  }
  await file.appendFile(batch.join(""));
  return written;
}

/** Calls `onLine` for every ended line and returns what follows the last one. */
async function eachLine(file: FileHandle, onLine: (line: string) => void): Promise<string> {
  const decoder = new StringDecoder("utf8");
  const chunk: Buffer = Buffer.allocUnsafe(READ_OCTETS);
  let rest = "";
  for (let at = 0; ;) {
    const { bytesRead } = await file.read(chunk, 0, READ_OCTETS, at);
    if (bytesRead === 0) return rest + decoder.end();
    at += bytesRead;
    const lines = (rest + decoder.write(chunk.subarray(0, bytesRead))).split("\n");
    rest = lines.pop() ?? "";
    // Of a line that is too long only so much is kept that it stays unreadable.
    if (rest.length > MAX_LINE_CHARACTERS) rest = rest.slice(0, MAX_LINE_CHARACTERS);
    for (const line of lines) onLine(line);
  }
}

function parseEntry(line: string): object | undefined {
  try {
    const parsed: unknown = JSON.parse(line);
    return typeof parsed === "object" && parsed !== null ? parsed : undefined;
  } catch {
    return undefined;
  }
}
