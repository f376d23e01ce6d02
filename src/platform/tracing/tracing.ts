import type { Metrics } from "../metrics/index.ts";
import type { Clock, Logger } from "../ports.ts";
import { MessageTracing } from "./message-tracing.ts";
import { RequestTracing } from "./request-tracing.ts";
import type { SpanExporter } from "./span.ts";
import { SpanQueue } from "./span-queue.ts";
import { TailSampler, type SamplingOptions } from "./tail-sampler.ts";

/** How a process traces. */
export interface TracingOptions extends SamplingOptions {
  readonly exporter: SpanExporter;
  readonly clock: Clock;
  readonly logger: Logger;
  /** From when on a request, a message or a webhook counts as slow. */
  readonly slowMs: number;
}

/** The traces of one process. Where tracing is off there is none of these, and nothing is done. */
export class Tracing {
  readonly sampler: TailSampler;
  readonly requests: RequestTracing;
  readonly messages: MessageTracing;
  readonly slowMs: number;
  private readonly queue: SpanQueue;

  constructor(options: TracingOptions) {
    const { clock, slowMs } = options;
    this.slowMs = slowMs;
    this.queue = new SpanQueue(options);
    this.sampler = new TailSampler((span) => this.queue.push(span), clock, options);
    this.requests = new RequestTracing({ sampler: this.sampler, clock, slowMs });
    this.messages = new MessageTracing({ sampler: this.sampler, clock, slowMs });
  }

  /** Sends what waits, for two seconds at most. */
  async close(): Promise<void> {
    this.messages.close();
    this.sampler.close();
    await this.queue.close();
  }

  /** Spans since the start by what became of them, and those that wait. */
  counts(): TraceCounts {
    const { unsampled, noRoom, tooMany } = this.sampler.counts;
    return {
      outcomes: { sent: this.queue.sent, unsampled, "no-room": noRoom, "too-many": tooMany, ...this.queue.lost },
      waiting: { decision: this.sampler.waiting, export: this.queue.length },
    };
  }
}

/** What {@link Tracing.counts} gives. */
export interface TraceCounts {
  readonly outcomes: Readonly<Record<string, number>>;
  readonly waiting: Readonly<Record<string, number>>;
}

/** Shows what was kept and what was not, and why. */
export function watchTracing(metrics: Metrics, tracing: Pick<Tracing, "counts">): void {
  const spans = metrics.gauge(
    {
      name: "trunkline_trace_spans",
      help: "Spans since the start: sent to the collector; unsampled, let go because all went well; no-room and too-many, let go for want of room; queue-full and not-taken, lost on the way to the collector.",
      labels: ["outcome"],
    },
    () => {
      for (const [outcome, count] of Object.entries(tracing.counts().outcomes)) spans.with({ outcome }).set(count);
    },
  );
  const waiting = metrics.gauge(
    {
      name: "trunkline_trace_spans_waiting",
      help: "Spans that wait for the end of their trace (decision), or for the collector (export).",
      labels: ["what"],
    },
    () => {
      for (const [what, count] of Object.entries(tracing.counts().waiting)) waiting.with({ what }).set(count);
    },
  );
}
