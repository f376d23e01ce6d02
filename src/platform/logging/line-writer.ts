/** Writes lines to a stream that may be slow, without waiting and without growing. */
import type { Writable } from "node:stream";

/** Where log lines go. */
export interface LineSink {
  /** Takes one line without its newline. Never throws and never blocks the caller. */
  write(line: string): void;
  /** Resolves when everything taken so far was handed to the system, or could not be. */
  flush(): Promise<void>;
}

/** Lines waiting for a slow reader beyond this many characters are dropped and counted. */
const MAX_BUFFERED_CHARACTERS = 4 * 1024 * 1024;

/**
 * A sink over a stream such as `process.stdout`. Lines of one turn are written
 * together. When the reader is slow the buffer fills up to a bound; what is
 * dropped then is counted in a line once there is room. A stream that fails (a
 * closed pipe) turns the sink into one that forgets.
 */
export function createLineWriter(
  stream: Writable,
  options: { maxBufferedCharacters?: number; droppedLine?: (count: number) => string } = {},
): LineSink {
  return new LineWriter(stream, {
    maxBufferedCharacters: options.maxBufferedCharacters ?? MAX_BUFFERED_CHARACTERS,
    droppedLine: options.droppedLine ?? ((count) => JSON.stringify({ level: "warn", event: "log.dropped", count })),
  });
}

class LineWriter implements LineSink {
  private readonly stream: Writable;
  private readonly maxBufferedCharacters: number;
  private readonly droppedLine: (count: number) => string;
  private lines: string[] = [];
  private bufferedCharacters = 0;
  private dropped = 0;
  private writing = false;
  private failed = false;
  private waiters: (() => void)[] = [];

  constructor(stream: Writable, options: { maxBufferedCharacters: number; droppedLine: (count: number) => string }) {
    this.stream = stream;
    this.maxBufferedCharacters = options.maxBufferedCharacters;
    this.droppedLine = options.droppedLine;
    stream.on("error", () => this.fail());
    stream.on("close", () => this.fail());
  }

  write(line: string): void {
    if (this.failed) return;
    if (this.bufferedCharacters + line.length > this.maxBufferedCharacters) {
      this.dropped += 1;
      return;
    }
    this.lines.push(line);
    this.bufferedCharacters += line.length + 1;
    if (!this.writing) {
      this.writing = true;
      queueMicrotask(() => this.drain());
    }
  }

  flush(): Promise<void> {
    if (!this.writing || this.failed) return Promise.resolve();
    return new Promise((resolve) => this.waiters.push(resolve));
  }

  private drain(): void {
    if (this.failed) return;
    if (this.dropped > 0) {
      this.lines.push(this.droppedLine(this.dropped));
      this.dropped = 0;
    }
    if (this.lines.length === 0) {
      this.writing = false;
      this.releaseWaiters();
      return;
    }
    const chunk = `${this.lines.join("\n")}\n`;
    this.lines = [];
    // The next chunk waits for this one: the stream never holds more than one of ours.
    this.stream.write(chunk, () => {
      this.bufferedCharacters = this.lines.reduce((sum, line) => sum + line.length + 1, 0);
      this.drain();
    });
  }

  private fail(): void {
    this.failed = true;
    this.lines = [];
    this.releaseWaiters();
  }

  private releaseWaiters(): void {
    const waiters = this.waiters;
    this.waiters = [];
    for (const resolve of waiters) resolve();
  }
}
