import { assert } from "../../kernel/assert.ts";
import type { Clock, Logger, Timer } from "../ports.ts";
import type { Span, SpanExporter } from "./span.ts";

/** Spans that wait to be sent; beyond it the newest are dropped. */
const MAX_QUEUED = 10_000;
const BATCH = 500;
const INTERVAL_MS = 1_000;
/** Batches that are tried again: with the exporter's own repetitions this is some minutes. */
const MAX_TRIES = 4;
const RETRY_MS = 5_000;
/** A process that ends waits so long for the last spans. */
const CLOSE_LIMIT_MS = 2_000;

/** Why spans were not sent. */
export type SpanLoss = "queue-full" | "not-taken";

/**
 * Sends spans in batches, one batch at a time, every second or when one is full. Never blocks and
 * never fails whoever records: what cannot be sent is dropped and counted.
 */
export class SpanQueue {
  readonly lost: Record<SpanLoss, number> = { "queue-full": 0, "not-taken": 0 };
  /** Spans that were taken at the other end. */
  sent = 0;
  private readonly exporter: SpanExporter;
  private readonly clock: Clock;
  private readonly logger: Logger;
  private spans: Span[] = [];
  private timer: Timer | undefined;
  private sending: Promise<void> | undefined;
  private closed = false;
  private failing = false;

  constructor(options: { readonly exporter: SpanExporter; readonly clock: Clock; readonly logger: Logger }) {
    this.exporter = options.exporter;
    this.clock = options.clock;
    this.logger = options.logger;
  }

  /** Spans that wait. */
  get length(): number {
    return this.spans.length;
  }

  push(span: Span): void {
    assert(span.endMs >= span.startMs, `the span ${span.name} ends after it begins`);
    if (this.closed || this.spans.length >= MAX_QUEUED) {
      this.lost["queue-full"] += 1;
      return;
    }
    this.spans.push(span);
    if (this.sending !== undefined) return;
    if (this.spans.length >= BATCH) this.send();
    else this.timer ??= this.clock.after(INTERVAL_MS, () => this.send());
  }

  private send(): void {
    this.timer?.cancel();
    this.timer = undefined;
    if (this.sending !== undefined || this.spans.length === 0) return;
    const batch = this.spans.splice(0, BATCH);
    this.sending = this.deliver(batch).finally(() => {
      this.sending = undefined;
      if (this.spans.length === 0) return;
      if (this.spans.length >= BATCH || this.closed) this.send();
      else this.timer ??= this.clock.after(INTERVAL_MS, () => this.send());
    });
  }

  private async deliver(batch: readonly Span[]): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      try {
        await this.exporter.export(batch);
        this.sent += batch.length;
        if (this.failing) this.logger.info("tracing.recovered");
        this.failing = false;
        return;
      } catch (error) {
        if (!this.failing) this.logger.warn("tracing.not-taken", { reason: reasonOf(error) });
        this.failing = true;
        if (tries >= MAX_TRIES || this.closed) break;
        await new Promise<void>((resolve) => void this.clock.after(RETRY_MS, resolve));
      }
    }
    this.lost["not-taken"] += batch.length;
  }

  /** Sends what waits, for two seconds at most, and ends. */
  async close(): Promise<void> {
    this.closed = true;
    this.send();
    const limit = new Promise<void>((resolve) => void this.clock.after(CLOSE_LIMIT_MS, resolve));
    await Promise.race([this.drained(), limit]);
    this.lost["not-taken"] += this.spans.length;
    this.spans = [];
    // What it has under way may take longer than anybody waits for a process that ends.
    await Promise.race([this.exporter.close().catch(() => undefined), limit]);
  }

  private async drained(): Promise<void> {
    while (this.sending !== undefined) await this.sending;
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
