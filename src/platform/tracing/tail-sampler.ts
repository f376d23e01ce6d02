import type { Clock, Timer } from "../ports.ts";
import type { Span } from "./span.ts";
import { isChosen } from "./trace-context.ts";

/** How traces are chosen. */
export interface SamplingOptions {
  /** Of traces without a failure and without delay, one in so many is kept. */
  readonly keepOneIn: number;
  /** How long a trace is waited for that does not end. 60 s by default. */
  readonly waitMs?: number;
  /** How long after its end a trace may still turn out to have failed: webhooks follow then. 5 s by default. */
  readonly lingerMs?: number;
  /** Spans that are held at most, over all traces. 50,000 by default. */
  readonly maxSpans?: number;
}

/** Why spans were let go. */
export interface SamplingCounts {
  /** Spans of traces that were kept. */
  kept: number;
  /** Spans of traces that were decided against. */
  unsampled: number;
  /** Spans let go before their trace could be decided, for want of room. */
  noRoom: number;
  /** Spans beyond what one trace may have. */
  tooMany: number;
}

interface OpenTrace {
  readonly traceId: string;
  spans: Span[];
  readonly startedMs: number;
  /** What is still under way in it. */
  holds: number;
  /** Since when nothing is. */
  endedMs: number;
}

const WAIT_MS = 60_000;
const LINGER_MS = 5_000;
const MAX_SPANS = 50_000;
/** A client can put all that it does into one trace. */
const MAX_TRACE_SPANS = 256;
const SWEEP_MS = 1_000;
/** Kept traces that are remembered, for their later spans and for the edges. */
const MAX_REMEMBERED = 10_000;

/**
 * Decides about whole traces once it is known how they went. Those that the id chooses go out at
 * once, so that they survive a crash; those in which a span failed, or was marked by `keep`, from
 * that moment on; all others are held until they end, or for a minute, and let go.
 */
export class TailSampler {
  readonly counts: SamplingCounts = { kept: 0, unsampled: 0, noRoom: 0, tooMany: 0 };
  private readonly out: (span: Span) => void;
  private readonly clock: Clock;
  private readonly keepOneIn: number;
  private readonly waitMs: number;
  private readonly lingerMs: number;
  private readonly maxSpans: number;
  /** In the order in which they began. */
  private readonly open = new Map<string, OpenTrace>();
  /** In the order in which they ended. */
  private readonly ended = new Map<string, OpenTrace>();
  private held = 0;
  /** Traces that were kept for how they went, in order; the values count on from 1. */
  private readonly remembered = new Map<string, number>();
  private lastKept = 0;
  private timer: Timer | undefined;

  constructor(out: (span: Span) => void, clock: Clock, options: SamplingOptions) {
    this.out = out;
    this.clock = clock;
    this.keepOneIn = options.keepOneIn;
    this.waitMs = options.waitMs ?? WAIT_MS;
    this.lingerMs = options.lingerMs ?? LINGER_MS;
    this.maxSpans = options.maxSpans ?? MAX_SPANS;
  }

  /** Spans that wait for a decision. */
  get waiting(): number {
    return this.held;
  }

  /** Whether the trace is kept whatever happens in it. */
  isChosen(traceId: string): boolean {
    return isChosen(traceId, this.keepOneIn);
  }

  /** Whether the trace is kept, by its id or for how it went so far. */
  isKept(traceId: string): boolean {
    return this.isChosen(traceId) || this.remembered.has(traceId);
  }

  /** Takes a span. */
  record(span: Span): void {
    const { traceId } = span;
    if (this.isKept(traceId)) return this.pass(span);
    const trace = this.openTrace(traceId);
    if (trace.spans.length >= MAX_TRACE_SPANS) this.counts.tooMany += 1;
    else {
      trace.spans.push(span);
      this.held += 1;
    }
    if (span.failure !== undefined) this.keep(traceId);
    else if (this.held > this.maxSpans) this.makeRoom();
  }

  /** The trace went in a way that is worth to be seen: what there is of it goes out, and what follows. */
  keep(traceId: string): void {
    if (this.isKept(traceId)) return;
    if (this.remembered.size >= MAX_REMEMBERED) {
      for (const oldest of this.remembered.keys()) {
        this.remembered.delete(oldest);
        break;
      }
    }
    this.lastKept += 1;
    this.remembered.set(traceId, this.lastKept);
    const trace = this.take(traceId);
    if (trace !== undefined) for (const span of trace.spans) this.pass(span);
  }

  /** Something of the trace is under way: it is not decided before {@link release}. */
  hold(traceId: string): void {
    if (this.isKept(traceId)) return;
    const ended = this.ended.get(traceId);
    if (ended !== undefined) {
      this.ended.delete(traceId);
      this.open.set(traceId, ended);
    }
    this.openTrace(traceId).holds += 1;
  }

  release(traceId: string): void {
    const trace = this.open.get(traceId);
    if (trace === undefined || trace.holds === 0) return;
    trace.holds -= 1;
    if (trace.holds > 0) return;
    this.open.delete(traceId);
    trace.endedMs = this.clock.monotonicMs();
    this.ended.set(traceId, trace);
  }

  /** Traces that were kept for how they went, after the one numbered `after`; `next` is to be given the next time. */
  keptAfter(after: number): { readonly next: number; readonly traceIds: readonly string[] } {
    const traceIds: string[] = [];
    // A number from before a restart of this process is larger than all that were given since.
    const from = after > this.lastKept ? 0 : after;
    for (const [traceId, number] of this.remembered) if (number > from) traceIds.push(traceId);
    return { next: this.lastKept, traceIds };
  }

  /** Decides about all that is still open, as at its end. */
  close(): void {
    this.timer?.cancel();
    for (const trace of [...this.open.values(), ...this.ended.values()]) this.drop(trace, "unsampled");
  }

  private pass(span: Span): void {
    this.counts.kept += 1;
    this.out(span);
  }

  private openTrace(traceId: string): OpenTrace {
    const known = this.open.get(traceId) ?? this.ended.get(traceId);
    if (known !== undefined) return known;
    const startedMs = this.clock.monotonicMs();
    const trace: OpenTrace = { traceId, spans: [], startedMs, holds: 0, endedMs: startedMs };
    this.open.set(traceId, trace);
    this.timer ??= this.clock.after(SWEEP_MS, this.sweep);
    return trace;
  }

  private take(traceId: string): OpenTrace | undefined {
    const trace = this.open.get(traceId) ?? this.ended.get(traceId);
    if (trace === undefined) return undefined;
    this.open.delete(traceId);
    this.ended.delete(traceId);
    this.held -= trace.spans.length;
    return trace;
  }

  private drop(trace: OpenTrace, why: "unsampled" | "noRoom"): void {
    this.take(trace.traceId);
    this.counts[why] += trace.spans.length;
  }

  private readonly sweep = (): void => {
    const nowMs = this.clock.monotonicMs();
    for (const trace of this.ended.values()) {
      if (nowMs - trace.endedMs < this.lingerMs) break;
      this.drop(trace, "unsampled");
    }
    for (const trace of this.open.values()) {
      if (nowMs - trace.startedMs < this.waitMs) break;
      this.drop(trace, "unsampled");
    }
    const isIdle = this.open.size === 0 && this.ended.size === 0;
    this.timer = isIdle ? undefined : this.clock.after(SWEEP_MS, this.sweep);
  };

  /** The oldest that has ended goes first, then the oldest of all. */
  private makeRoom(): void {
    while (this.held > this.maxSpans) {
      const next = this.ended.values().next().value ?? this.open.values().next().value;
      if (next === undefined) return;
      this.drop(next, "noRoom");
    }
  }
}
