import { spawn, type ChildProcess } from "node:child_process";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import type { EventRows } from "../../platform/event-files/index.ts";
import type { Command, Reply, RowsMessage } from "./protocol.ts";

/** Address space of the process in KiB, where the system limits it: so much and no more, whatever a query computes. */
const MAX_ADDRESS_KIB = 3 * 1024 * 1024;
/** A process without work ends after this. */
const IDLE_MS = 60_000;
/** Octets of rows that are handed over in one turn of the loop: less than a millisecond. */
const OCTETS_PER_TURN = 256 * 1_024;
const PROGRAM = fileURLToPath(new URL(`./duckdb-child${extname(import.meta.url)}`, import.meta.url));
/** `$0` is the limit. Systems without such a limit go on without it; the process then watches itself. */
const LAUNCH = 'ulimit -v "$0" 2>/dev/null; exec "$@"';

/** How a command ended; `gone` when its process ended first. */
export type Outcome = Reply | { readonly kind: "gone"; readonly reason: string };

/**
 * A process with DuckDB, started when there is work, ended when there is none for a minute, and
 * killed when it takes too long. One command at a time: the next waits.
 */
export class DuckDbChild {
  private readonly folder: string;
  private child: ChildProcess | undefined;
  private idle: NodeJS.Timeout | undefined;
  private tail: Promise<unknown> = Promise.resolve();
  private settle: ((outcome: Outcome) => void) | undefined;
  private isClosed = false;

  /** `folder` becomes the process's own: paths of commands are below it. */
  constructor(folder: string) {
    this.folder = folder;
  }

  /** Carries out a command, after those before it. Never rejects. */
  run(command: Command, pages: readonly EventRows[], limitMs: number): Promise<Outcome> {
    const done = this.tail.then(() => this.runNow(command, pages, limitMs));
    this.tail = done;
    return done;
  }

  private async runNow(command: Command, pages: readonly EventRows[], limitMs: number): Promise<Outcome> {
    if (this.isClosed) return { kind: "gone", reason: "it was closed" };
    clearTimeout(this.idle);
    const child = (this.child ??= this.start());
    const outcome = new Promise<Outcome>((resolve) => (this.settle = resolve));
    const limit = setTimeout(() => child.kill("SIGKILL"), limitMs);
    try {
      await this.hand(child, pages);
      post(child, command);
      return await outcome;
    } finally {
      clearTimeout(limit);
      this.idle = setTimeout(() => this.rest(), IDLE_MS).unref();
    }
  }

  /** Some rows in each turn, so that nobody else waits for them. */
  private async hand(child: ChildProcess, pages: readonly EventRows[]): Promise<void> {
    let some: EventRows[] = [];
    let octets = 0;
    for (const [at, page] of pages.entries()) {
      some.push(page);
      octets += page.length;
      if (octets < OCTETS_PER_TURN && at < pages.length - 1) continue;
      const message: RowsMessage = { op: "rows", rows: Buffer.concat(some) };
      some = [];
      octets = 0;
      await new Promise<void>((resolve) => post(child, message, () => setImmediate(resolve)));
    }
  }

  private start(): ChildProcess {
    const child = spawn(
      "/bin/sh",
      ["-c", LAUNCH, String(MAX_ADDRESS_KIB), process.execPath, "--max-old-space-size=512", PROGRAM],
      {
        cwd: this.folder,
        // Nothing of what this process knows.
        env: { TZ: "UTC", PATH: process.env["PATH"] ?? "" },
        stdio: ["ignore", "ignore", "ignore", "ipc"],
        serialization: "advanced",
      },
    );
    child.on("message", (reply: Reply | { readonly kind: "ready" }) => {
      if (reply.kind !== "ready") this.finish(child, reply);
    });
    child.on("error", (error) => this.lose(child, String(error)));
    child.on("exit", (code, signal) => this.lose(child, `it ended with ${signal ?? code}`));
    // It may run while this process wants to end.
    child.unref();
    child.channel?.unref();
    return child;
  }

  private finish(child: ChildProcess, outcome: Outcome): void {
    if (child !== this.child) return;
    const { settle } = this;
    this.settle = undefined;
    settle?.(outcome);
  }

  private lose(child: ChildProcess, reason: string): void {
    if (child !== this.child) return;
    this.finish(child, { kind: "gone", reason });
    this.child = undefined;
  }

  /** Nobody waits for it: the next command starts another one. */
  private rest(): void {
    const { child } = this;
    this.child = undefined;
    child?.kill("SIGKILL");
  }

  /** Waits for what is under way, at most `graceMs`, and ends the process. */
  async close(graceMs: number): Promise<void> {
    this.isClosed = true;
    const timer = setTimeout(() => this.child?.kill("SIGKILL"), graceMs);
    await this.tail;
    clearTimeout(timer);
    clearTimeout(this.idle);
    const { child } = this;
    if (child === undefined) return;
    const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
    child.ref();
    child.kill("SIGKILL");
    await ended;
  }
}

/** Whether it arrived is seen by the answer; that the channel closed, by the exit. */
function post(child: ChildProcess, message: RowsMessage | Command, sent?: () => void): void {
  if (!child.connected) {
    sent?.();
    return;
  }
  child.send(message, () => sent?.());
}
