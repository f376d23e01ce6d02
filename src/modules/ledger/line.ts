/** A line of the ledger: one thing that somebody pays, or was given. What usage records and invoices are made of. */

/**
 * `charge`: an account pays (positive), or gets back what it had paid (negative: a refund).
 * `cost`: a carrier asks the operator (positive). No account's money.
 * `credit`: an account has more (positive: a top-up, a grant, an adjustment) or less (negative:
 * an expired grant, money set aside for another cell).
 */
export type LineKind = "charge" | "cost" | "credit";

/** As it stands in memory until it is in the table `ledger_lines`, and as it is read from there. Never changed. */
export interface Line {
  /** A UUIDv7 made of its time and its place in the log: the order of lines is the order in which they happened. */
  readonly id: string;
  readonly atMs: number;
  readonly kind: LineKind;
  /** On whose behalf: a main account or a subaccount. */
  readonly accountSid: string;
  /** The main account whose money it is. */
  readonly wallet: string;
  /** As usage records call it (`sms-outbound` …); for costs `carrier-attempt`; for credits what it was (`top-up`, `grant` …). */
  readonly category: string;
  /** Integer micros of `currency`; see {@link LineKind} for its sign. */
  readonly amountMicros: number;
  readonly currency: string;
  /** How many times. */
  readonly count: number;
  /** How much, in `usageUnit`. */
  readonly usage: number;
  readonly usageUnit: string;
  /** What the product calls it, unique within the kind: `SM….1`. A line that comes again under it is not written twice. */
  readonly ref: string;
  /** The message, call or look-up; the reason's own SID for credits where there is one. */
  readonly resourceSid: string | null;
  readonly country: string | null;
  readonly network: string | null;
  readonly carrier: string | null;
  /** Counted from 1. */
  readonly attempt: number | null;
  readonly senderKind: string | null;
  /** Of a cost: how the attempt ended. */
  readonly outcome: string | null;
  /** The part of a charge that credit grants paid. */
  readonly grantsMicros: number;
  /** The part of a charge that nothing was left for: owed until the next credit. */
  readonly owedMicros: number;
  /** Of a credit: why, in the operator's words. */
  readonly reason: string | null;
}
