/**
 * What can be asked of the rollups, and what is answered. Alerts, service levels, pages and the API
 * all ask the same way, through a {@link SeriesReader}.
 */
import type { SeriesKind, SeriesPiece } from "../../protocols/sketches/index.ts";

/** Everything that is measured, and what a point of it holds. */
export const METRIC_KINDS = {
  /** Messages when they were taken (scheduled ones when they became due); by status, the changes to it; by carrier or error, when they left. */
  messages: "count",
  /** Their segments, counted at the same moments. */
  segments: "count",
  /** What their accounts pay, in micros; always of one currency or grouped by currencies. */
  price: "count",
  /** Delivered, of those that ended as delivered, undelivered or failed. */
  delivered_rate: "rate",
  /** Undelivered or failed, of the same. */
  failed_rate: "rate",
  /** Delivered within 5 s of being accepted or due, of the same. */
  within_5s: "rate",
  /** Milliseconds from accepted (or due) to sent. */
  sent_latency: "latency",
  /** Milliseconds from accepted (or due) to delivered. */
  delivered_latency: "latency",
  /** How many different numbers were written to. */
  unique_recipients: "uniques",
  /** API answers, as the edges counted them. For the operator. */
  api_requests: "count",
  /** API answers that were not the platform's failures, of all. For the operator. */
  availability: "rate",
} as const satisfies Record<string, SeriesKind>;

export type Metric = keyof typeof METRIC_KINDS;
export const METRICS = Object.keys(METRIC_KINDS) as readonly Metric[];

/** What can be grouped by and filtered on. Which of them a metric knows: {@link dimensionsOf}. */
export const DIMENSIONS = [
  "account",
  "direction",
  "status",
  "carrier",
  "country",
  "error",
  "sender",
  "currency",
  "cell",
  "tier",
  "class",
  "answer",
] as const;
export type Dimension = (typeof DIMENSIONS)[number];

const MESSAGE_DIMENSIONS: readonly Dimension[] = [
  "account",
  "direction",
  "status",
  "carrier",
  "country",
  "error",
  "sender",
  "currency",
  "cell",
  "tier",
];
/** A rate is of final statuses already. */
const RATE_DIMENSIONS = MESSAGE_DIMENSIONS.filter((dimension) => dimension !== "status");
const LATENCY_DIMENSIONS: readonly Dimension[] = ["account", "carrier", "country", "cell", "tier"];
const UNIQUES_DIMENSIONS: readonly Dimension[] = ["account", "cell", "tier"];
/** `class`: the class of requests; `answer`: `2xx`, `3xx`, `4xx`, `429`, `5xx`. */
const API_DIMENSIONS: readonly Dimension[] = ["cell", "tier", "class", "answer"];

/** The dimensions that a metric can be grouped by and filtered on. */
export function dimensionsOf(metric: Metric): readonly Dimension[] {
  if (metric === "api_requests" || metric === "availability") return API_DIMENSIONS;
  const kind = METRIC_KINDS[metric];
  if (kind === "latency") return LATENCY_DIMENSIONS;
  if (kind === "uniques") return UNIQUES_DIMENSIONS;
  return kind === "rate" ? RATE_DIMENSIONS : MESSAGE_DIMENSIONS;
}

/** Bounds of one question. */
export const MAX_POINTS = 1_500;
export const MAX_GROUPS = 50;
/** Points × groups of one answer. Sketches are some hundred characters of latency, and up to 5,463 of uniques. */
export const MAX_VALUES = 30_000;
export const MAX_LATENCY_VALUES = 3_000;
export const MAX_UNIQUES_VALUES = 600;
export const MAX_FILTER_VALUES = 100;
export const MAX_BY = 3;

/** Only what has one of these values; `""` is what has none. */
export type SeriesFilter = Partial<Readonly<Record<Dimension, readonly string[]>>>;

/** One question. */
export interface SeriesQuery {
  readonly metric: Metric;
  /** Whose: these accounts, or everybody's. Whoever asks has checked that it may. */
  readonly accounts: readonly string[] | "all";
  /** At most {@link MAX_BY}. */
  readonly by?: readonly Dimension[];
  readonly filter?: SeriesFilter;
  /**
   * Epoch milliseconds, a multiple of 10 s. The bins that are read are those of the coarsest level (10 s, 1 min,
   * 1 h) that divides both `startMs` and `stepMs`: for a sliding window of an hour give a start on 10 s or 1 min.
   * 10 s bins are kept for 2 h, 1 min for 48 h, 1 h for 400 days.
   */
  readonly startMs: number;
  /** Epoch milliseconds; the points are as many as cover the range. */
  readonly endMs: number;
  /** A multiple of 10 s; `endMs - startMs` gives one point. */
  readonly stepMs: number;
  /** At most so many groups, the largest, and one for all others; {@link MAX_GROUPS} at most. 10 unless told. */
  readonly top?: number;
}

/** The answer of this cell. */
export interface SeriesAnswer extends SeriesPiece {
  readonly metric: Metric;
  readonly by: readonly Dimension[];
  /** How often, within the range, something was counted as “other” because there was no room to keep it apart. */
  readonly overflow: number;
  /**
   * From when on everything is there that was asked for, in epoch milliseconds: before it, to keep within the memory,
   * what was grouped by or filtered on is not kept apart any more, or nothing is. `startMs` where all is there.
   */
  readonly completeFromMs: number;
  /** Grows with every change of the rollups. */
  readonly revision: number;
}

/** Reads series from the memory of this cell. */
export interface SeriesReader {
  /** Answers at once. Throws an `AppError` where the question is out of bounds or makes no sense. */
  read(query: SeriesQuery): SeriesAnswer;
}
