import type { CellRecord } from "../cell/index.ts";

/** How long an edge counts before it hands over what it has. */
export const EDGE_BIN_MS = 10_000;
/** Bins that wait while the operator's cell is away: an hour and more. Older ones are lost, and counted. */
const MAX_WAITING_BINS = 400;
/** Bins that go in one call. */
export const MAX_BINS_A_CALL = 60;
/** Combinations of tier, class and answer in one bin; further ones are not counted. */
export const MAX_COUNTS_A_BIN = 512;

/** How an answer went: the class of its status. `429` is apart from `4xx`, because it is no mistake of the caller's. */
export type AnswerClass = "2xx" | "3xx" | "4xx" | "429" | "5xx";

/** The class of a status code. */
export function answerClass(status: number): AnswerClass {
  if (status >= 500) return "5xx";
  if (status === 429) return "429";
  if (status >= 400) return "4xx";
  return status >= 300 ? "3xx" : "2xx";
}

/** What one edge answered in ten seconds. */
export interface EdgeBin {
  /** A multiple of {@link EDGE_BIN_MS}. */
  readonly startMs: number;
  readonly counts: readonly (readonly [tier: string, requestClass: string, answer: AnswerClass, count: number])[];
}

/** Bins of an edge, as they come to the operator's cell and stand in its log. */
export interface EdgeBinsRecord extends CellRecord {
  readonly kind: "insights.edge-bins";
  readonly edge: string;
  /** Another one with every start of the edge: what it counted in the same ten seconds before is another bin. */
  readonly life: string;
  /** The oldest first. */
  readonly bins: readonly EdgeBin[];
}

/** Counts what an edge answers: one addition for each answer. */
export class EdgeCounts {
  /** Bins that were dropped because nobody took them. */
  lost = 0;
  private startMs = 0;
  private counts = new Map<string, number>();
  private waiting: EdgeBin[] = [];
  private readonly nowMs: () => number;

  /** `nowMs` is the wall clock in epoch milliseconds. */
  constructor(nowMs: () => number) {
    this.nowMs = nowMs;
  }

  /** Counts one answer. `tier` is that of the account's cell, or `none` where the request came to no cell. */
  count(tier: string, requestClass: string, status: number): void {
    const nowMs = this.nowMs();
    if (nowMs >= this.startMs + EDGE_BIN_MS) this.turn(nowMs);
    const key = `${tier} ${requestClass} ${answerClass(status)}`;
    const known = this.counts.get(key);
    if (known !== undefined || this.counts.size < MAX_COUNTS_A_BIN) this.counts.set(key, (known ?? 0) + 1);
  }

  /** The bins that have ended and were not {@link settle}d, the oldest first. */
  closed(): readonly EdgeBin[] {
    const nowMs = this.nowMs();
    if (nowMs >= this.startMs + EDGE_BIN_MS) this.turn(nowMs);
    return this.waiting.slice(0, MAX_BINS_A_CALL);
  }

  /** What is counted now, closed or not: for the end of the process. */
  all(): readonly EdgeBin[] {
    this.turn(this.startMs + EDGE_BIN_MS);
    return this.waiting.slice(0, MAX_BINS_A_CALL);
  }

  /** Bins up to and with this one are durable elsewhere. */
  settle(lastStartMs: number): void {
    this.waiting = this.waiting.filter(({ startMs }) => startMs > lastStartMs);
  }

  private turn(nowMs: number): void {
    if (this.counts.size > 0) {
      const counts = [...this.counts].map(([key, count]): EdgeBin["counts"][number] => {
        const [tier = "", requestClass = "", answer = ""] = key.split(" ");
        return [tier, requestClass, answer as AnswerClass, count];
      });
      this.waiting.push({ startMs: this.startMs, counts });
      if (this.waiting.length > MAX_WAITING_BINS) {
        this.waiting.shift();
        this.lost += 1;
      }
      this.counts = new Map();
    }
    this.startMs = nowMs - (nowMs % EDGE_BIN_MS);
  }
}
