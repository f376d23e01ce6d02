import { countryOf } from "../../../protocols/e164/index.ts";
import type { TimelineEntry } from "./entry.ts";
import { takePdus } from "./receipt-entries.ts";
import { eventsOf, viewPdu, viewQuote, type Story } from "./story.ts";

/** A text that came in: its parts, the whole, and what its words meant. */
export function inboundEntries(story: Story): TimelineEntry[] {
  const { message, isOperator, pdus } = story;
  const left = [...pdus];
  const parts = eventsOf(story, "part").map(({ atMs, event }): TimelineEntry => {
    const { carrier, sequence, total } = event;
    const operators = isOperator ? { carrier, pdus: takePdus(left, carrier, atMs).map(viewPdu) } : {};
    return { atMs, kind: "part", kept: true, data: { part: sequence, of: total, ...operators } };
  });
  const [arrived] = eventsOf(story, "arrived");
  const event = arrived?.event;
  const common = {
    from: message.from,
    to: message.to,
    country: countryOf(message.from) ?? null,
    encoding: message.encoding,
    segments: message.segments,
    messaging_service_sid: message.serviceSid ?? null,
    characters: message.body.length,
    ...(isOperator ? { carrier: message.carrier ?? null, pdus: left.map(viewPdu) } : {}),
  };
  const said =
    event === undefined
      ? {}
      : {
          opt_out_type: event.keyword ?? null,
          reads_like_stop: event.isRevocation,
          automatic_reply_sid: event.replySid ?? null,
          goes_to: goesTo(event.toBind, event.hasWebhook),
        };
  const entries: TimelineEntry[] = [
    ...parts,
    { atMs: message.createdMs, kind: "arrived", kept: event !== undefined, data: { ...common, ...said } },
  ];
  const { quote } = message;
  if (quote !== undefined) {
    const data = { billed: true, quote: viewQuote(quote, story), held_micros: 0 };
    entries.push({ atMs: message.createdMs, kind: "priced", kept: true, data });
  }
  for (const one of story.events) {
    if (one.event.kind === "redacted") entries.push({ atMs: one.atMs, kind: "redacted", kept: true, data: {} });
  }
  return entries;
}

function goesTo(toBind: boolean, hasWebhook: boolean): string {
  if (toBind) return "smpp-client";
  return hasWebhook ? "webhook" : "nowhere";
}
