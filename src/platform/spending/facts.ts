import type { Fact } from "../cell/index.ts";

/**
 * What products tell the ledger, as facts of the records that it follows from: the charge is
 * as durable as the work, or neither is. Amounts are integer micros of the currency and are
 * never negative. Every fact may come again with the same ids; it then changes nothing.
 */

/** What was used, in the words of the usage records (`sms-outbound`, `lookups`, `webhook-retries` …). */
export type UsageCategory = string;

/** Where the money went: the dimensions by which it can be asked for later. */
export interface ChargeDetail {
  /** The message, call or look-up that it is for. */
  readonly resourceSid: string;
  /** ISO 3166-1 alpha-2 of the other end. */
  readonly country?: string;
  /** MCC and MNC of the other end's network. */
  readonly network?: string;
  readonly carrier?: string;
  /** The number of the attempt, counted from 1. */
  readonly attempt?: number;
  readonly senderKind?: string;
}

/** Fact: work was accepted, and so much is set aside for it until it is posted, released or expires. */
export interface ChargeHeld extends Fact {
  readonly kind: "charge.held";
  /** Of the hold: unique for ever, for example the message's SID. */
  readonly id: string;
  readonly accountSid: string;
  readonly currency: string;
  readonly amountMicros: number;
  /** Given back by itself then, when nothing else was said. */
  readonly expiresAtMs: number;
}

/** One line of what an account is asked to pay. */
export interface ChargeLine {
  /** Unique within the hold or, without one, for ever. */
  readonly id: string;
  readonly category: UsageCategory;
  readonly amountMicros: number;
  /** How many times, for example one message. */
  readonly count: number;
  /** How much, in the category's usage unit, for example segments. */
  readonly usage: number;
  readonly usageUnit: string;
  readonly detail: ChargeDetail;
}

/**
 * Fact: an account pays. With `holdId` out of the hold, which is closed with it unless
 * `keepsHold`; what is left of it is given back. More than the hold may be posted.
 */
export interface ChargePosted extends Fact {
  readonly kind: "charge.posted";
  readonly holdId?: string;
  readonly keepsHold?: true;
  readonly accountSid: string;
  readonly currency: string;
  readonly lines: readonly ChargeLine[];
}

/** Fact: nothing is to be paid for a hold any more. */
export interface ChargeReleased extends Fact {
  readonly kind: "charge.released";
  readonly holdId: string;
  readonly accountSid: string;
}

/** Fact: what a carrier asks the operator for one attempt that it took (or may have taken). Not the account's money. */
export interface CostIncurred extends Fact {
  readonly kind: "cost.incurred";
  /** Unique for ever, for example `SM….2`. */
  readonly id: string;
  /** On whose behalf. */
  readonly accountSid: string;
  readonly currency: string;
  readonly amountMicros: number;
  readonly usage: number;
  /** How it ended, as the attempt's outcome. */
  readonly outcome: string;
  readonly detail: ChargeDetail;
}
