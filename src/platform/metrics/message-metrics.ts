import type { ApplyContext, Machine } from "../cell/index.ts";
import type { MessageChanged } from "../insight/index.ts";
import type { CounterSeries, HistogramSeries } from "./instruments.ts";
import type { Metrics } from "./metrics.ts";

/** From acceptance on, in seconds. 5 is the bound of the promise that most make. */
const DELIVERY_BUCKETS: readonly number[] = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800, 3_600, 14_400];

const FINAL_STATUSES: readonly string[] = ["delivered", "undelivered", "failed", "canceled", "received"];
/** Codes are numbers of ours; a carrier cannot make new ones. */
const MAX_OUTCOMES = 200;
const MAX_CARRIERS = 100;

/**
 * Counts what becomes of messages: a machine that listens, and counts nothing while the log is
 * replayed. `traceOf` says under which trace a message can be looked at; without it there are no exemplars.
 */
export function watchMessages(metrics: Metrics, traceOf?: (sid: string) => string | undefined): Machine {
  const counts = new MessageCounts(metrics, traceOf);
  return {
    name: "message-metrics",
    tables: [],
    reducers: {},
    listeners: {
      "message.changed": (fact: MessageChanged, context: ApplyContext) => counts.changed(fact, context.atMs),
    },
    recovered: () => counts.begin(),
  };
}

class MessageCounts {
  private readonly accepted: Readonly<Record<MessageChanged["direction"], CounterSeries>>;
  private readonly outcomes;
  private readonly firstAttempt;
  private readonly delivery;
  /** The series of carriers, so that a message costs no look-up by labels. */
  private readonly attemptSeries = new Map<string, HistogramSeries>();
  private readonly deliverySeries = new Map<string, HistogramSeries>();
  private readonly outcomeSeries = new Map<string, Map<number, CounterSeries>>();
  private readonly traceOf: ((sid: string) => string | undefined) | undefined;
  private isLive = false;

  constructor(metrics: Metrics, traceOf: ((sid: string) => string | undefined) | undefined) {
    this.traceOf = traceOf;
    const accepted = metrics.counter({
      name: "trunkline_messages_total",
      help: "Messages that were accepted, and texts that came in.",
      labels: ["direction"],
    });
    this.accepted = {
      outbound: accepted.with({ direction: "outbound" }),
      inbound: accepted.with({ direction: "inbound" }),
    };
    this.outcomes = metrics.counter({
      name: "trunkline_message_outcomes_total",
      help: "Messages that ended, by status, error code (none: 0) and the carrier of the last attempt (none: -).",
      labels: ["status", "code", "carrier"],
      maxSeries: MAX_OUTCOMES,
    });
    this.firstAttempt = metrics.histogram(
      {
        name: "trunkline_message_first_attempt_seconds",
        help: "From acceptance, or from the time that a message was scheduled for, to its first attempt, by carrier.",
        labels: ["carrier"],
        maxSeries: MAX_CARRIERS,
      },
      DELIVERY_BUCKETS,
    );
    this.delivery = metrics.histogram(
      {
        name: "trunkline_message_delivery_seconds",
        help: "From acceptance, or from the time that a message was scheduled for, to its receipt, by carrier. Delivered messages only.",
        labels: ["carrier"],
        maxSeries: MAX_CARRIERS,
      },
      DELIVERY_BUCKETS,
    );
  }

  begin(): void {
    this.isLive = true;
  }

  changed(fact: MessageChanged, atMs: number): void {
    if (!this.isLive) return;
    const { status, carrier = "-" } = fact;
    if (fact.before === undefined) this.accepted[fact.direction].inc();
    if (status === "sending" && fact.before === "queued") {
      this.seriesOf(this.attemptSeries, this.firstAttempt, carrier).observe(secondsOf(fact, atMs));
    }
    if (!FINAL_STATUSES.includes(status)) return;
    this.outcomeOf(status, fact.errorCode ?? 0, carrier).inc();
    if (status !== "delivered") return;
    const series = this.seriesOf(this.deliverySeries, this.delivery, carrier);
    series.observe(secondsOf(fact, atMs), this.traceOf?.(fact.sid));
  }

  private outcomeOf(status: string, code: number, carrier: string): CounterSeries {
    let byCode = this.outcomeSeries.get(carrier);
    if (byCode === undefined) this.outcomeSeries.set(carrier, (byCode = new Map()));
    // Codes have five digits; what is delivered has none.
    const key = code * FINAL_STATUSES.length + FINAL_STATUSES.indexOf(status);
    const found = byCode.get(key);
    if (found !== undefined) return found;
    const series = this.outcomes.with({ status, code: String(code), carrier });
    if (this.outcomeSeries.size <= MAX_CARRIERS && byCode.size < MAX_OUTCOMES) byCode.set(key, series);
    return series;
  }

  private seriesOf(
    known: Map<string, HistogramSeries>,
    of: { with(labels: { readonly carrier: string }): HistogramSeries },
    carrier: string,
  ): HistogramSeries {
    const found = known.get(carrier);
    if (found !== undefined) return found;
    const series = of.with({ carrier });
    if (known.size < MAX_CARRIERS) known.set(carrier, series);
    return series;
  }
}

function secondsOf({ acceptedMs, dueMs }: MessageChanged, atMs: number): number {
  return Math.max(0, atMs - Math.max(acceptedMs, dueMs ?? 0)) / 1_000;
}
