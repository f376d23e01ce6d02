import { assert } from "../../kernel/assert.ts";
import { RecentRing } from "../live/index.ts";
import type { Clock } from "../ports.ts";
import type { WebhookJob } from "./job.ts";
import type { RequestTrace } from "./request-trace.ts";
import type { AttemptResult } from "./sender.ts";
import type { Settlement } from "./settlement.ts";

/** One request of a webhook. */
export interface WebhookTry {
  /** In epoch milliseconds. */
  readonly atMs: number;
  readonly durationMs: number;
  /** As configured. May carry a password: mask it before it is shown. */
  readonly url: string;
  readonly method: "GET" | "POST";
  /** Of the URL that is asked when the first one failed. */
  readonly isFallback: boolean;
  readonly status?: number;
  readonly errorCode?: number;
  readonly text?: string;
  /** Headers and body; absent where there were too many webhooks to keep that of each. */
  trace?: RequestTrace;
}

/** A webhook that is over: delivered, or given up. */
export interface WebhookTrace {
  /** `WH…`, of this process's life. */
  readonly sid: string;
  readonly endedMs: number;
  readonly job: Readonly<WebhookJob>;
  /** Name and value of what was sent. Empty once it was forgotten. */
  params: WebhookJob["params"];
  readonly tries: readonly WebhookTry[];
  readonly delivered: boolean;
  readonly errorCode?: number;
  readonly text?: string;
  /** Records that the answer asked for, with the SIDs that they have. */
  readonly made: readonly { readonly kind: string; readonly sid?: string }[];
  /** The message was redacted or deleted: the parameters and answers are gone. */
  isForgotten: boolean;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Requests of which headers and body are kept, a second. */
const FULL_PER_SECOND = 100;
/** Webhooks that are kept, a second: good ones only with their headers, of failed ones further ones without. */
const KEPT_PER_SECOND = 200;
/** Octets of answers that are kept in all. The oldest give way. */
const MAX_KEPT_OCTETS = 32 * 1024 * 1024;
const SECOND_MS = 1_000;
const NUMBER_CHARACTERS = 20;
const HEX = 16;

/**
 * The last webhooks of a cell, to be looked at and sent again. In memory alone: what was delivered
 * before the process started is gone, and so are the oldest when there are more than `capacity`.
 */
export class WebhookTraces {
  /** Told of every account's webhooks, for a live source. */
  readonly ring: RecentRing<WebhookTrace>;
  private readonly clock: Clock;
  private readonly life: string;
  private count = 0;
  private second = 0;
  private fullInSecond = 0;
  private keptInSecond = 0;
  /** Those with an answer's body, oldest first from `firstKept` on. */
  private kept: WebhookTry[] = [];
  private firstKept = 0;
  private keptOctets = 0;

  /** `life` tells the SIDs of this process from those of others: 12 random hexadecimal digits. */
  constructor(options: { readonly capacity: number; readonly clock: Clock; readonly life: string }) {
    const { capacity, clock, life } = options;
    assert(/^[0-9a-f]{12}$/.test(life), "a life is 12 hexadecimal digits");
    this.ring = new RecentRing({ capacity, life });
    this.clock = clock;
    this.life = life;
  }

  /** Whether headers and body of a request that goes now are to be kept. Counts it. */
  wantsFull(): boolean {
    this.look();
    this.fullInSecond += 1;
    return this.fullInSecond <= FULL_PER_SECOND;
  }

  /** The same for a webhook: one that somebody asked to be repeated is kept whatever happens. */
  wants({ replayOf }: Readonly<WebhookJob>): boolean {
    return replayOf !== undefined || this.wantsFull();
  }

  private look(): void {
    const second = Math.floor(this.clock.nowMs() / SECOND_MS);
    if (second === this.second) return;
    this.second = second;
    this.fullInSecond = 0;
    this.keptInSecond = 0;
  }

  /** A webhook is over. Kept unless there are very many. */
  add(job: Readonly<WebhookJob>, tries: readonly WebhookTry[], settlement: Settlement): void {
    const { outcome, records } = settlement;
    this.look();
    this.keptInSecond += 1;
    if (this.keptInSecond > KEPT_PER_SECOND && job.replayOf === undefined) return;
    this.count += 1;
    const trace: Mutable<WebhookTrace> = {
      sid: job.id.startsWith("WH") ? job.id : this.sidOf(this.count),
      endedMs: this.clock.nowMs(),
      job,
      params: job.params,
      tries,
      delivered: outcome.delivered,
      made: records.length === 0 ? NOTHING_MADE : records.map(madeOf),
      isForgotten: false,
    };
    if (outcome.errorCode !== undefined) trace.errorCode = outcome.errorCode;
    if (outcome.text !== undefined) trace.text = outcome.text;
    this.ring.add(job.accountSid, trace);
    for (const one of tries) this.keep(one);
  }

  private keep(one: WebhookTry): void {
    const octets = octetsOf(one);
    if (octets === 0) return;
    this.kept.push(one);
    this.keptOctets += octets;
    while (this.keptOctets > MAX_KEPT_OCTETS || this.kept.length - this.firstKept > this.ring.size) {
      const oldest = this.kept[this.firstKept] as WebhookTry;
      this.firstKept += 1;
      this.keptOctets -= octetsOf(oldest);
      delete oldest.trace;
    }
    if (this.firstKept < this.kept.length / 2) return;
    this.kept = this.kept.slice(this.firstKept);
    this.firstKept = 0;
  }

  private sidOf(count: number): string {
    return `WH${this.life}${count.toString(HEX).padStart(NUMBER_CHARACTERS, "0")}`;
  }

  /** One that is still kept. */
  find(sid: string): WebhookTrace | undefined {
    return this.ring.findNewest((trace) => trace.sid === sid);
  }

  /** The newest for which `matches` holds, newest first; those older than `before` where that is given. */
  newest(
    matches: (trace: WebhookTrace) => boolean,
    options: { limit: number; before?: string | undefined },
  ): WebhookTrace[] {
    const found: WebhookTrace[] = [];
    let isReached = options.before === undefined;
    this.ring.findNewest((trace) => {
      if (!isReached) isReached = trace.sid === options.before;
      else if (matches(trace)) found.push(trace);
      return found.length >= options.limit;
    });
    return found;
  }

  /** Those about a resource, the oldest first. */
  of(resourceSid: string): WebhookTrace[] {
    return this.newest(({ job }) => job.resourceSid === resourceSid, { limit: MAX_OF_ONE }).reverse();
  }

  /** What the webhooks about a resource said, and were answered, is shown no more. */
  forget(resourceSid: string): void {
    this.ring.findNewest((trace) => {
      if (trace.job.resourceSid !== resourceSid) return false;
      trace.isForgotten = true;
      trace.params = [];
      for (const one of trace.tries) {
        // It stays in the queue of what is kept, with the octets that it has now.
        this.keptOctets -= octetsOf(one);
        delete one.trace;
      }
      return false;
    });
  }
}

/** Webhooks that are shown of one resource. */
const MAX_OF_ONE = 100;
const NOTHING_MADE: WebhookTrace["made"] = [];

function octetsOf({ trace }: WebhookTry): number {
  return trace?.response?.body.length ?? 0;
}

function madeOf(record: { readonly kind: string; readonly sid?: unknown }): WebhookTrace["made"][number] {
  return typeof record.sid === "string" ? { kind: record.kind, sid: record.sid } : { kind: record.kind };
}

/** A request that has ended. Field by field: there is one for every webhook. */
export function tryOf(
  asked: { readonly url: string; readonly method: "GET" | "POST"; readonly isFallback: boolean },
  result: AttemptResult,
  time: { readonly atMs: number; readonly durationMs: number },
): WebhookTry {
  const one: Mutable<WebhookTry> = {
    atMs: time.atMs,
    durationMs: time.durationMs,
    url: asked.url,
    method: asked.method,
    isFallback: asked.isFallback,
  };
  if (result.kind === "answer") one.status = result.answer.status;
  else {
    if (result.status !== undefined) one.status = result.status;
    one.errorCode = result.errorCode;
    one.text = result.text;
  }
  if (result.trace !== undefined) one.trace = result.trace;
  return one;
}
