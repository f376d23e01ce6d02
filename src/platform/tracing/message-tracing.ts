import type { ApplyContext, Machine, Reducer, StateTable } from "../cell/index.ts";
import type { MessageChanged } from "../insight/index.ts";
import type { Clock, Timer } from "../ports.ts";
import {
  attemptSpanId,
  FINAL_STATUSES,
  messageIds,
  RECEIPT_STATUSES,
  receiptSpanId,
  type MessageIds,
  type TracedAttempt,
  type TracedMessage,
} from "./message-spans.ts";
import type { Span } from "./span.ts";
import type { TailSampler } from "./tail-sampler.ts";
import { spanIdOf } from "./trace-context.ts";

/** What messages are traced with. */
export interface MessageTracingOptions {
  readonly sampler: TailSampler;
  readonly clock: Clock;
  /** From when on a message counts as slow. */
  readonly slowMs: number;
}

/** A message whose end is waited for. */
interface OpenMessage {
  readonly ids: MessageIds;
  readonly startMs: number;
  /** The latest attempt that has its span. */
  told: number;
  /** When that ended. */
  toldMs: number;
}

/** As long as the sampler waits for a trace. */
const WAIT_MS = 60_000;
const SWEEP_MS = 1_000;
/** Messages beyond it get their spans when they end, and their trace is not waited for. */
const MAX_OPEN = 50_000;
const SYSTEM = "trunkline";

/** The part of `message.answered` that is read. */
interface Answers {
  readonly carrier: string;
  readonly answers: readonly { readonly sid: string }[];
}

/**
 * Spans of messages, of what the cell's log says: the message from its acceptance to its end, its
 * wait, each attempt, the receipt. They are made when the records are applied, never on a replay,
 * and their ids follow from the SID, so that what happens after a restart falls into the same trace.
 */
export class MessageTracing {
  private readonly options: MessageTracingOptions;
  private messages: Pick<StateTable<TracedMessage>, "get"> | undefined;
  /** In the order in which they are waited for. */
  private readonly open = new Map<string, OpenMessage>();
  private liveSinceMs = Number.POSITIVE_INFINITY;
  private timer: Timer | undefined;

  constructor(options: MessageTracingOptions) {
    this.options = options;
  }

  /** The machines of a cell, with one more that listens, and with the answers of carriers heard. */
  watch(machines: readonly Machine[]): Machine[] {
    return [...machines.map((machine) => this.hear(machine)), this.listener()];
  }

  /** The trace of a message, where it is one of those that are kept. */
  keptTraceOf(sid: string): string | undefined {
    const { traceId } = this.open.get(sid)?.ids ?? messageIds(sid, this.messages?.get(sid)?.trace);
    return this.options.sampler.isKept(traceId) ? traceId : undefined;
  }

  close(): void {
    this.timer?.cancel();
  }

  private hear(machine: Machine): Machine {
    const reducer = machine.reducers["message.answered"];
    if (reducer === undefined) return machine;
    const tables = machine.tables as readonly unknown[] as readonly StateTable<TracedMessage & object>[];
    this.messages = tables.find(({ name }) => name === "messages");
    const heard: Reducer = (record: Answers, context) => {
      const outcome: unknown = reducer(record, context);
      if (this.isLive) this.answered(record, context.atMs);
      return outcome;
    };
    const { name, listeners } = machine;
    return {
      name,
      tables: machine.tables,
      reducers: { ...machine.reducers, "message.answered": heard },
      ...(listeners === undefined ? {} : { listeners }),
      restored: () => machine.restored?.(),
      recovered: () => machine.recovered?.(),
    };
  }

  private listener(): Machine {
    return {
      name: "tracing",
      tables: [],
      reducers: {},
      listeners: {
        "message.changed": (fact: MessageChanged, context: ApplyContext) => {
          if (this.isLive) this.changed(fact, context.atMs);
        },
      },
      recovered: () => {
        this.liveSinceMs = this.options.clock.nowMs();
      },
    };
  }

  private get isLive(): boolean {
    return this.liveSinceMs !== Number.POSITIVE_INFINITY;
  }

  private changed(fact: MessageChanged, atMs: number): void {
    // What waits for its time is traced from then on.
    if (fact.status === "scheduled") return;
    const message = this.messages?.get(fact.sid);
    if (FINAL_STATUSES.has(fact.status)) return this.ended(fact, message, atMs);
    if (this.open.has(fact.sid) || (fact.before !== undefined && fact.before !== "scheduled")) return;
    if (this.open.size >= MAX_OPEN) return;
    const ids = messageIds(fact.sid, message?.trace);
    this.options.sampler.hold(ids.traceId);
    this.open.set(fact.sid, { ids, startMs: startOf(fact), told: 0, toldMs: startOf(fact) });
    this.timer ??= this.options.clock.after(SWEEP_MS, this.sweep);
  }

  /** Its carrier has answered: attempts that are over get their span, and the wait before them. */
  private answered({ answers }: Answers, atMs: number): void {
    let last: string | undefined;
    for (const { sid } of answers) {
      if (sid === last) continue;
      last = sid;
      const message = this.messages?.get(sid);
      const attempt = message?.tries?.at(-1);
      if (message === undefined || attempt?.outcome === undefined || attempt.open > 0) continue;
      const open = this.open.get(sid);
      if (open !== undefined && open.told >= attempt.number) continue;
      const ids = open?.ids ?? messageIds(sid, message.trace);
      this.tellAttempt(message, attempt, { ids, open, atMs });
      if (open === undefined) continue;
      open.told = attempt.number;
      open.toldMs = atMs;
    }
  }

  private tellAttempt(
    message: TracedMessage,
    attempt: TracedAttempt,
    { ids, open, atMs }: { readonly ids: MessageIds; readonly open: OpenMessage | undefined; readonly atMs: number },
  ): void {
    const { sid } = message;
    const { number, carrier, outcome, status } = attempt;
    const attributes = {
      "messaging.system": SYSTEM,
      "messaging.destination.name": carrier,
      "messaging.message.id": sid,
      "trunkline.attempt": number,
    };
    const waitedFrom = open?.toldMs ?? (number === 1 ? message.createdMs : undefined);
    if (waitedFrom !== undefined) {
      this.record(ids, {
        spanId: spanIdOf(sid, `queue ${number}`),
        parentSpanId: ids.spanId,
        name: "queue",
        kind: "internal",
        startMs: waitedFrom,
        endMs: Math.max(waitedFrom, attempt.atMs),
        attributes,
      });
    }
    this.record(ids, {
      spanId: attemptSpanId(sid, number),
      parentSpanId: ids.spanId,
      name: `send ${carrier}`,
      kind: "producer",
      startMs: attempt.atMs,
      endMs: Math.max(attempt.atMs, atMs),
      attributes: {
        ...attributes,
        "messaging.operation.name": "send",
        "messaging.operation.type": "send",
        "trunkline.parts": attempt.parts,
        "trunkline.outcome": outcome ?? "unknown",
        ...(outcome === "accepted" ? {} : { "error.type": errorTypeOf(outcome, status) }),
      },
      failure: outcome === "accepted" ? undefined : `the carrier's answer: ${outcome ?? "unknown"}`,
    });
  }

  private ended(fact: MessageChanged, message: TracedMessage | undefined, atMs: number): void {
    const open = this.open.get(fact.sid);
    const ids = open?.ids ?? messageIds(fact.sid, message?.trace);
    const startMs = startOf(fact);
    if (RECEIPT_STATUSES.has(fact.status)) this.tellReceipt(fact, message, { ids, atMs });
    if (open !== undefined || this.wasLost(startMs) || fact.before === undefined) {
      this.tellMessage(ids, { fact, startMs, endMs: atMs });
    }
    // How long it took is asked only where it is still fresh: what comes after the trace was decided is no news.
    const tookMs = atMs - startMs;
    if (open !== undefined && tookMs >= this.options.slowMs) this.options.sampler.keep(ids.traceId);
    if (open === undefined) return;
    this.open.delete(fact.sid);
    this.options.sampler.release(ids.traceId);
  }

  /** Whether the process before this one began to wait for its end, and had not told of it. */
  private wasLost(startMs: number): boolean {
    return startMs < this.liveSinceMs && startMs > this.liveSinceMs - WAIT_MS;
  }

  private tellReceipt(
    { sid, carrier = "none", status, errorCode }: MessageChanged,
    message: TracedMessage | undefined,
    { ids, atMs }: { readonly ids: MessageIds; readonly atMs: number },
  ): void {
    const attempt = message?.tries?.at(-1)?.number;
    // A message that was never `sent` got its receipt before the carrier's answer.
    const sentMs = message?.sentMs ?? atMs;
    const isFailure = status === "undelivered";
    this.record(ids, {
      spanId: receiptSpanId(sid),
      parentSpanId: attempt === undefined ? ids.spanId : attemptSpanId(sid, attempt),
      name: `receipt ${carrier}`,
      kind: "consumer",
      startMs: Math.min(sentMs, atMs),
      endMs: atMs,
      attributes: {
        "messaging.system": SYSTEM,
        "messaging.operation.name": "receipt",
        "messaging.operation.type": "process",
        "messaging.destination.name": carrier,
        "messaging.message.id": sid,
        "trunkline.status": status,
        ...(isFailure ? { "error.type": String(errorCode ?? status) } : {}),
      },
      failure: isFailure ? `undelivered${errorCode === undefined ? "" : `, error ${errorCode}`}` : undefined,
    });
  }

  private tellMessage(
    ids: MessageIds,
    { fact, startMs, endMs }: { readonly fact: EndedMessage; readonly startMs: number; readonly endMs: number },
  ): void {
    const { sid, accountSid, direction, status, segments, errorCode, carrier } = fact;
    const isFailure = status === "failed" || status === "undelivered";
    this.record(ids, {
      spanId: ids.spanId,
      parentSpanId: ids.parentSpanId,
      name: `message ${direction}`,
      kind: "internal",
      startMs: Math.min(startMs, endMs),
      endMs,
      attributes: {
        "messaging.system": SYSTEM,
        "messaging.message.id": sid,
        "trunkline.account_sid": accountSid,
        "trunkline.status": status,
        "trunkline.segments": segments,
        ...(carrier === undefined ? {} : { "messaging.destination.name": carrier }),
        ...(errorCode === undefined ? {} : { "error.type": String(errorCode) }),
      },
      failure: isFailure ? `${status}${errorCode === undefined ? "" : `, error ${errorCode}`}` : undefined,
    });
  }

  private record(ids: MessageIds, span: Omit<Span, "traceId" | "state">): void {
    this.options.sampler.record({ ...span, traceId: ids.traceId, state: ids.state });
  }

  /** Those that do not end are told of as they are. One that no carrier has yet is slow by all means. */
  private readonly sweep = (): void => {
    const { clock, sampler } = this.options;
    const nowMs = clock.nowMs();
    for (const [sid, { ids, startMs }] of this.open) {
      if (nowMs - startMs < WAIT_MS) break;
      this.open.delete(sid);
      const message = this.messages?.get(sid);
      if (message !== undefined) {
        if (message.status !== "sent") sampler.keep(ids.traceId);
        this.tellMessage(ids, { fact: { ...message, direction: "outbound" }, startMs, endMs: nowMs });
      }
      sampler.release(ids.traceId);
    }
    this.timer = this.open.size === 0 ? undefined : clock.after(SWEEP_MS, this.sweep);
  };
}

type EndedMessage = Pick<
  MessageChanged,
  "sid" | "accountSid" | "direction" | "status" | "segments" | "errorCode" | "carrier"
>;

/** What was scheduled begins when it is due. */
function startOf({ acceptedMs, dueMs }: MessageChanged): number {
  return dueMs === undefined ? acceptedMs : Math.max(acceptedMs, dueMs);
}

/** The carrier's word where it is a short one, such as an SMPP status; else what it amounts to. */
function errorTypeOf(outcome: string | undefined, status: string | undefined): string {
  if (status !== undefined && /^[A-Za-z0-9_.-]{1,40}$/.test(status)) return status;
  return outcome ?? "unknown";
}
