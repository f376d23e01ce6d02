import { spawn, type ChildProcess } from "node:child_process";
import type { Clock, Logger, Timer } from "../../platform/ports.ts";
import { startGently } from "./gentle-start.ts";
import type { ReadyReport } from "./ready-report.ts";

/** How a process of the system is started. */
export interface ChildPlan {
  readonly name: string;
  /** Behind the program's name. */
  readonly args: readonly string[];
  /** Beside the supervisor's own environment. */
  readonly env: Readonly<Record<string, string>>;
  /** The script; without it, the one that the supervisor runs. */
  readonly program?: string;
}

export type ChildState = "starting" | "running" | "waiting" | "stopped";

/** What happens to a child, for whoever watches. */
export interface ChildWatch {
  readonly clock: Clock;
  readonly logger: Logger;
  /** A line that the child wrote. */
  onLine(name: string, line: string): void;
  onReady(report: ReadyReport): void;
}

const FIRST_BACKOFF_MS = 200;
const MAX_BACKOFF_MS = 10_000;
/** A child that ran for so long begins again with the shortest back-off. */
const STABLE_MS = 30_000;
/** For so long at most a process that is started again stands behind those that serve. */
const GENTLE_MS = 3_000;
const MAX_LINE_CHARACTERS = 16_384;
const STOP_LIMIT_MS = 20_000;

/** One process of the system, started again whenever it ends, with back-off. */
export class Child {
  readonly name: string;
  restarts = 0;
  private readonly plan: ChildPlan;
  private readonly watch: ChildWatch;
  private process: ChildProcess | undefined;
  private startedMs = 0;
  private backoffMs = FIRST_BACKOFF_MS;
  private timer: Timer | undefined;
  private isWanted = true;
  private isReady = false;
  private endGentleStart = (): void => {};
  private ended: Promise<void> = Promise.resolve();
  private readonly waiters: { resolve: (report: ReadyReport) => void; reject: (error: Error) => void }[] = [];
  private lastLines: string[] = [];

  constructor(plan: ChildPlan, watch: ChildWatch) {
    this.name = plan.name;
    this.plan = plan;
    this.watch = watch;
  }

  get pid(): number | undefined {
    return this.process?.pid;
  }

  get state(): ChildState {
    if (!this.isWanted) return "stopped";
    if (this.process === undefined) return "waiting";
    return this.isReady ? "running" : "starting";
  }

  /** Starts it and resolves once it serves. Rejects when its first run ends before that. */
  start(): Promise<ReadyReport> {
    return new Promise((resolve, reject) => {
      this.waiters.push({ resolve, reject });
      this.spawn();
    });
  }

  /** Ends it, in order where it can. */
  async stop(): Promise<void> {
    this.isWanted = false;
    this.timer?.cancel();
    const { process } = this;
    if (process === undefined) return;
    process.kill("SIGTERM");
    const limit = this.watch.clock.after(STOP_LIMIT_MS, () => process.kill("SIGKILL"));
    await this.ended;
    limit.cancel();
  }

  private spawn(): void {
    const { args, env, program = process.argv[1] ?? "" } = this.plan;
    const child = spawn(process.execPath, [...process.execArgv, program, ...args], {
      env: { ...process.env, ...env },
      // Ctrl-C is for the supervisor, which stops the others in order. The channel tells a child that it is gone.
      detached: true,
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    this.process = child;
    if (this.restarts > 0) this.startGently(child.pid);
    this.isReady = false;
    this.startedMs = this.watch.clock.monotonicMs();
    this.readLines(child.stdout);
    this.readLines(child.stderr);
    child.on("message", (message) => this.takeReport(message as ReadyReport));
    child.on("error", (error) => this.watch.logger.error("child.error", { child: this.name, error: error.message }));
    this.ended = new Promise((resolve) => {
      child.once("close", (code, signal) => {
        this.onEnd(code, signal);
        resolve();
      });
    });
  }

  /** For a moment only: where all processors are busy for long, it has to get its share. */
  private startGently(pid: number | undefined): void {
    const end = startGently(pid);
    const timer = this.watch.clock.after(GENTLE_MS, end);
    this.endGentleStart = () => {
      timer.cancel();
      end();
      this.endGentleStart = () => {};
    };
  }

  private takeReport(report: ReadyReport): void {
    this.isReady = true;
    this.endGentleStart();
    this.watch.onReady(report);
    for (const { resolve } of this.waiters.splice(0)) resolve(report);
  }

  private onEnd(code: number | null, signal: NodeJS.Signals | null): void {
    this.process = undefined;
    this.endGentleStart();
    const { clock, logger } = this.watch;
    const reason = signal ?? `exit code ${code}`;
    const said = this.lastLines.join("\n");
    for (const { reject } of this.waiters.splice(0)) reject(new Error(`${this.name} ended (${reason}):\n${said}`));
    if (!this.isWanted) return;
    if (clock.monotonicMs() - this.startedMs > STABLE_MS) this.backoffMs = FIRST_BACKOFF_MS;
    logger.warn("child.ended", { child: this.name, reason, againInMs: this.backoffMs });
    this.timer = clock.after(this.backoffMs, () => {
      this.restarts += 1;
      if (this.isWanted) this.spawn();
    });
    this.backoffMs = Math.min(this.backoffMs * 2, MAX_BACKOFF_MS);
  }

  private readLines(stream: NodeJS.ReadableStream | null): void {
    let rest = "";
    stream?.setEncoding("utf8");
    stream?.on("data", (text: string) => {
      const lines = (rest + text).split("\n");
      rest = (lines.pop() ?? "").slice(-MAX_LINE_CHARACTERS);
      for (const line of lines) this.keepLine(line);
    });
    stream?.on("end", () => {
      if (rest !== "") this.keepLine(rest);
    });
  }

  private keepLine(line: string): void {
    this.lastLines = [...this.lastLines.slice(-9), line];
    this.watch.onLine(this.name, line);
  }
}
