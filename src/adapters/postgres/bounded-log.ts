import { copyFile, open, rename, stat, truncate } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { basename } from "node:path";

const MAX_LOG_OCTETS = 4 * 1024 * 1024;
const CHECK_EVERY_MS = 60_000;
const TAIL_OCTETS = 2_000;

/**
 * A file that another process writes its log to, kept below about
 * {@link MAX_LOG_OCTETS}: what is over goes to `<path>.1`, whose predecessor is
 * dropped.
 */
export class BoundedLog {
  readonly path: string;
  readonly #timer: NodeJS.Timeout;

  constructor(path: string) {
    this.path = path;
    this.#timer = setInterval(() => void this.#trim(), CHECK_EVERY_MS).unref();
  }

  /** Opens it for a process to append to. Each opening sets an old file aside when it is large. */
  async open(): Promise<FileHandle> {
    if ((await this.#octets()) > MAX_LOG_OCTETS) await rename(this.path, `${this.path}.1`);
    return open(this.path, "a", 0o600);
  }

  /** The last lines, for an error message. */
  async tail(fromOctet = 0): Promise<string> {
    const file = await open(this.path, "r").catch(() => undefined);
    if (file === undefined) return "";
    try {
      const { size } = await file.stat();
      const start = Math.max(fromOctet, size - TAIL_OCTETS);
      const { buffer, bytesRead } = await file.read(Buffer.alloc(Math.max(0, size - start)), 0, size - start, start);
      return buffer.toString("utf8", 0, bytesRead).trim();
    } finally {
      await file.close();
    }
  }

  async octets(): Promise<number> {
    return this.#octets();
  }

  close(): void {
    clearInterval(this.#timer);
  }

  async #octets(): Promise<number> {
    return (await stat(this.path).catch(() => undefined))?.size ?? 0;
  }

  /** The writer appends to an open file, which therefore cannot be renamed away: it is copied and emptied. */
  async #trim(): Promise<void> {
    try {
      if ((await this.#octets()) <= MAX_LOG_OCTETS) return;
      await copyFile(this.path, `${this.path}.1`);
      await truncate(this.path);
    } catch (error) {
      process.emitWarning(`cannot shorten ${basename(this.path)}: ${String(error)}`);
    }
  }
}
