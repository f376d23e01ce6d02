/** What a message costs its account. Pure data. */

import type { SenderKind } from "../routing/index.ts";

/** A message to be priced. */
export interface QuoteInput {
  readonly accountSid: string;
  readonly currency: string;
  readonly direction: "outbound" | "inbound";
  readonly channel: "sms" | "mms";
  /** E.164, short code or alphanumeric. */
  readonly from: string;
  readonly to: string;
  /** Of the account's own end: the sender outbound, the number texted inbound. */
  readonly senderKind: SenderKind;
  /** MCC and MNC of the handset's network, where it is known. */
  readonly network?: string | undefined;
}

/**
 * The prices that hold for one message, which go into its record: what is charged later
 * follows from the record alone. All in micros of `currency`.
 */
export interface Quote {
  readonly currency: string;
  /** The version of the price table. */
  readonly version: number;
  /** For each segment of an SMS; for an MMS, for the message. */
  readonly unitMicros: number;
  /** What a carrier's network adds for each segment, by the name of our carrier; `*` for all others. */
  readonly carrierFees?: Readonly<Record<string, number>>;
  /** For each further attempt that a carrier took; 0 where the operator bears it. */
  readonly attemptMicros: number;
  /** For a message that fails before any carrier took it. */
  readonly failedMicros: number;
  /** The usage category, for example `sms-outbound`. */
  readonly category: string;
  readonly country?: string;
  readonly network?: string;
}

/** What other modules ask of the price tables, answered from memory. */
export interface PriceBook {
  /** `undefined` where the operator has no price for it: the message is refused rather than sent for nothing. */
  quote(input: QuoteInput): Quote | undefined;
  /** What a thing costs once that is not a message, for example `webhook-retries`; 0 where it has no price. */
  priceOf(accountSid: string, category: string): number;
  /** What a number of a country and kind costs for a month; `undefined` where it has no price. In the account's currency. */
  numberMonth(accountSid: string, country: string, kind: SenderKind): number | undefined;
}

/** The most that a message of so many units can cost by a quote. */
export function mostMicros(quote: Quote, units: number, attempts: number): number {
  let fee = 0;
  for (const name in quote.carrierFees) fee = Math.max(fee, quote.carrierFees[name] ?? 0);
  return (quote.unitMicros + fee) * units + quote.attemptMicros * Math.max(0, attempts - 1);
}
