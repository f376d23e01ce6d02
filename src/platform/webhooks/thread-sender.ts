import { Worker } from "node:worker_threads";
import type { Clock, Logger, Timer } from "../ports.ts";
import { MAX_BATCH, readResults, writeRequest, type Batch } from "./send-batch.ts";
import type { SendThreadSetup } from "./send-thread.ts";
import type { AttemptResult, Sender, SendRequest } from "./sender.ts";

const RESTART_BASE_MS = 100;
const MAX_RESTART_MS = 5_000;
/** Every request ends within 15 s, so that a thread which tells nothing for longer than that is stuck. */
const MAX_SILENCE_MS = 20_000;
const WATCH_MS = 5_000;
/** A thread that grows beyond this ends alone, before the process does. */
const MAX_HEAP_MIB = 512;
const MAX_FRAMES_LOGGED = 3;

/** The thread that had the request ended. It may have reached the server, and says nothing about it. */
const LOST: AttemptResult = {
  kind: "failed",
  errorCode: 11205,
  text: "The connection broke.",
  retryable: "ct",
  hostDown: undefined,
};

interface Waiting {
  readonly request: SendRequest;
  readonly endMs: number;
  readonly done: (result: AttemptResult) => void;
}

/**
 * Sends in a thread of its own, so that connections, TLS, signatures and parsing take no
 * time from the thread that decides. Requests of one turn go over together. When the
 * thread ends without having been asked to, what it had under way has broken connections,
 * what it had not been given yet waits, and it is started again: after 0.1 s, then after
 * twice as long each time until a request comes back, at most 5 s. A thread that is stuck
 * is ended.
 */
export class ThreadSender implements Sender {
  private readonly options: ThreadSenderOptions;
  private readonly underWay = new Map<number, (result: AttemptResult) => void>();
  private waiting: Waiting[] = [];
  private worker: Worker | undefined;
  private gone: Promise<void> = Promise.resolve();
  private restart: Timer | undefined;
  private watch: Timer;
  /** Since when the thread has had something to tell, on the monotonic clock. */
  private silentSinceMs = 0;
  private nextKey = 1;
  private deaths = 0;
  private asked = false;
  private closed = false;

  /** Starts the thread. */
  constructor(options: ThreadSenderOptions) {
    this.options = options;
    this.watch = options.clock.after(WATCH_MS, this.look);
    this.start();
  }

  private readonly look = (): void => {
    const { clock, logger } = this.options;
    this.watch = clock.after(WATCH_MS, this.look);
    const silentMs = clock.monotonicMs() - this.silentSinceMs;
    if (this.worker === undefined || this.underWay.size === 0 || silentMs < MAX_SILENCE_MS) return;
    logger.error("webhook.thread-stuck", { silentMs });
    this.silentSinceMs = clock.monotonicMs();
    void this.worker.terminate();
  };

  send(request: SendRequest, done: (result: AttemptResult) => void): void {
    const endMs = this.options.clock.monotonicMs() + request.leftMs;
    this.waiting.push({ request, endMs, done });
    if (this.asked) return;
    this.asked = true;
    setImmediate(() => {
      this.asked = false;
      this.flush();
    });
  }

  /** Requests that the thread has. */
  get inThread(): number {
    return this.underWay.size;
  }

  private flush(): void {
    if (this.closed) return this.lose();
    const { worker, waiting } = this;
    if (worker === undefined || waiting.length === 0) return;
    this.waiting = [];
    const nowMs = this.options.clock.monotonicMs();
    if (this.underWay.size === 0) this.silentSinceMs = nowMs;
    for (let from = 0; from < waiting.length; from += MAX_BATCH) {
      const batch: Batch = [];
      const end = Math.min(waiting.length, from + MAX_BATCH);
      for (let at = from; at < end; at += 1) this.write(batch, waiting[at] as Waiting, nowMs);
      worker.postMessage(batch);
    }
  }

  private write(batch: Batch, { request, endMs, done }: Waiting, nowMs: number): void {
    const key = this.nextKey;
    this.nextKey += 1;
    this.underWay.set(key, done);
    writeRequest(batch, key, request, Math.max(1, endMs - nowMs));
  }

  private start(): void {
    const { entry, setup, logger } = this.options;
    const worker = new Worker(entry, { workerData: setup, resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MIB } });
    // Whoever made this closes it; forgetting to must not keep the process alive.
    worker.unref();
    this.worker = worker;
    worker.on("message", (batch: Batch) => {
      this.deaths = 0;
      this.silentSinceMs = this.options.clock.monotonicMs();
      readResults(batch, this.settle);
    });
    worker.on("error", (error) => logger.error("webhook.thread-failed", reasonOf(error)));
    this.gone = new Promise((resolve) => {
      worker.once("exit", (code) => {
        this.ended(code);
        resolve();
      });
    });
    this.flush();
  }

  private readonly settle = (key: number, result: AttemptResult): void => {
    const done = this.underWay.get(key);
    this.underWay.delete(key);
    done?.(result);
  };

  private ended(exitCode: number): void {
    this.worker = undefined;
    if (!this.closed) {
      const delayMs = Math.min(MAX_RESTART_MS, RESTART_BASE_MS * 2 ** this.deaths);
      this.deaths += 1;
      this.options.logger.error("webhook.thread-ended", { exitCode, lost: this.underWay.size, restartMs: delayMs });
      this.restart = this.options.clock.after(delayMs, () => this.start());
    }
    this.lose();
  }

  /** What the thread had will not come back, and once this is closed what waits goes nowhere. */
  private lose(): void {
    const lost = [...this.underWay.values()];
    this.underWay.clear();
    if (this.closed) for (const { done } of this.waiting.splice(0)) lost.push(done);
    for (const done of lost) done(LOST);
  }

  async close(): Promise<void> {
    this.closed = true;
    this.watch.cancel();
    this.restart?.cancel();
    void this.worker?.terminate();
    await this.gone;
    this.lose();
  }
}

/** What a {@link ThreadSender} is made of. */
export interface ThreadSenderOptions {
  /** The file that the thread runs: wiring that calls `runSendThread`. */
  readonly entry: URL;
  readonly setup: SendThreadSetup;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Where it happened, without the text: that may quote what a customer sent. */
function reasonOf(error: unknown): { reason: string; code?: string; at?: string } {
  if (!(error instanceof Error)) return { reason: typeof error };
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  const frames = (error.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
  return { reason: error.name, code, at: frames.slice(0, MAX_FRAMES_LOGGED).join(" ").trim() };
}
