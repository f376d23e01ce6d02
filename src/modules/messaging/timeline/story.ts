import type { JsonObject } from "../../../platform/http/index.ts";
import type { MessagingDeps } from "../deps.ts";
import type { Message } from "../message.ts";
import type { Traced, TracedChange, TraceEvent } from "../message-trace.ts";
import type { TracedPdu } from "../pdu-trace.ts";
import type { Quote } from "../../pricing/index.ts";
import type { TimelineSources } from "./sources.ts";

/** All that is known of one message when its life is told. */
export interface Story {
  readonly deps: MessagingDeps;
  readonly sources: TimelineSources;
  readonly message: Readonly<Message>;
  /** Whether carriers, routes, costs and PDUs may be shown. */
  readonly isOperator: boolean;
  /** Whether who looks may see the signatures of the message's webhooks. */
  readonly seesSignatures: boolean;
  /** In order. */
  readonly events: readonly Traced[];
  readonly changes: readonly TracedChange[];
  readonly isComplete: boolean;
  readonly pdus: readonly TracedPdu[];
}

/** What happened of one kind, in order. */
export function eventsOf<K extends TraceEvent["kind"]>(
  { events }: Story,
  kind: K,
): { readonly atMs: number; readonly event: Extract<TraceEvent, { kind: K }> }[] {
  return events.filter(({ event }) => event.kind === kind) as readonly unknown[] as {
    readonly atMs: number;
    readonly event: Extract<TraceEvent, { kind: K }>;
  }[];
}

/** What an account is asked for a message, as it was quoted. Carriers have fees of their own, and names that are the operator's: an account is told the highest. */
export function viewQuote(quote: Quote, { isOperator }: Pick<Story, "isOperator">): JsonObject {
  const { carrierFees: fees } = quote;
  return {
    currency: quote.currency,
    category: quote.category,
    unit_micros: quote.unitMicros,
    carrier_fees_micros: fees === undefined ? null : isOperator ? { ...fees } : { "*": mostOf(fees) },
    attempt_micros: quote.attemptMicros,
    failed_micros: quote.failedMicros,
    country: quote.country ?? null,
    network: quote.network ?? null,
    table_version: quote.version,
  };
}

/** What is set aside for a fee, whichever carrier takes the message. */
function mostOf(fees: Readonly<Record<string, number>>): number {
  return Object.values(fees).reduce((most, fee) => Math.max(most, fee), 0);
}

/** A PDU as the API shows it. */
export function viewPdu(pdu: TracedPdu): JsonObject {
  return {
    at: new Date(pdu.atMs).toISOString(),
    direction: pdu.direction,
    carrier: pdu.carrier,
    protocol: pdu.protocol,
    attempt: pdu.attempt ?? null,
    part: pdu.part === undefined ? null : pdu.part + 1,
    name: pdu.name,
    octets: pdu.octets,
    hex: pdu.hex,
    fields: pdu.fields.map(({ name, value, meaning, offset, length }) => ({
      name,
      value,
      meaning: meaning ?? null,
      offset: offset ?? null,
      length: length ?? null,
    })),
  };
}
