import type { WebhookState, WebhookTraces } from "../../../platform/webhooks/index.ts";
import type { MessageTrace } from "../message-trace.ts";
import type { PduTrace } from "../pdu-trace.ts";

/** One money line of a message. */
export interface MoneyLine {
  readonly atMs: number;
  /** `charge`: the account pays; `credit`: it gets; `cost`: the carrier asks the operator, which no account sees. */
  readonly kind: "charge" | "cost" | "credit";
  /** As usage records call it. */
  readonly category: string;
  /** Integer micros of `currency`. */
  readonly amountMicros: number;
  readonly currency: string;
  readonly count: number;
  readonly usage: number;
  readonly usageUnit: string;
  readonly carrier: string | null;
  readonly attempt: number | null;
  readonly outcome: string | null;
}

/** Where a timeline takes from what the message itself does not have. What is absent is told as not kept. */
export interface TimelineSources {
  readonly trace?: MessageTrace | undefined;
  readonly pdus?: PduTrace | undefined;
  readonly webhooks?: { readonly traces: WebhookTraces; readonly state: WebhookState } | undefined;
  /** The names of the rules that are asked before a message to a country is accepted, in their order. */
  readonly rulesAsked?: ((country: string | undefined) => readonly string[]) | undefined;
  /** Implemented by the ledger: all lines of a message, the oldest first. */
  readonly linesOf?: ((sid: string) => Promise<readonly MoneyLine[]>) | undefined;
}
