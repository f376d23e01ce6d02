import { countryOf } from "../../../protocols/e164/index.ts";
import type { JsonObject } from "../../../platform/http/index.ts";
import { errorMessageOf } from "../message.view.ts";
import { trafficClassOf, type Message } from "../message.ts";
import type { AcceptedEvent } from "../message-trace.ts";
import type { Quote } from "../../pricing/index.ts";
import type { TimelineEntry } from "./entry.ts";
import { eventsOf, viewQuote, type Story } from "./story.ts";

/** An outbound message until it is given to a carrier: accepted, policed, priced, and what it waits for. */
export function beginningEntries(story: Story): TimelineEntry[] {
  const { message } = story;
  const [accepted] = eventsOf(story, "accepted");
  return [
    acceptedEntry(story, accepted?.event),
    policedEntry(story, accepted?.event),
    pricedEntry(story, accepted?.event),
    ...waitingEntries(story, accepted?.event),
    ...queuedEntries(story),
    ...eventsOf(story, "media-stored").map(({ atMs, event: { count } }): TimelineEntry => ({
      atMs,
      kind: "media",
      kept: true,
      data: { media: count },
    })),
    ...plainEntries(story),
    ...(message.media === undefined || story.isComplete
      ? []
      : [{ atMs: undefined, kind: "media", kept: false, data: { media: message.media.length } } as const]),
  ];
}

function acceptedEntry(story: Story, accepted: AcceptedEvent | undefined): TimelineEntry {
  const { message } = story;
  const [requested] = eventsOf(story, "requested");
  const isSplit = message.parts.length > message.segments;
  return {
    atMs: message.createdMs,
    kind: "accepted",
    kept: accepted !== undefined,
    data: {
      door: doorOf(message),
      request_id: requested?.event.requestId ?? null,
      from: message.from === "" ? null : message.from,
      to: message.to,
      sender_chosen_by: senderChoice(message, accepted),
      messaging_service_sid: message.serviceSid ?? null,
      encoding: message.encoding,
      segments: message.segments,
      parts: isSplit ? message.parts.length : message.segments,
      characters: message.body.length,
      smart_encoded: message.sentText !== undefined && message.media === undefined,
      intent: message.intent ?? null,
      lane: trafficClassOf(message),
      delivery_guarantee: message.guarantee ?? "at-most-once",
      links: accepted?.links ?? null,
      valid_until: message.validUntilMs === 0 ? null : new Date(message.validUntilMs).toISOString(),
      status_callback: message.statusCallback !== undefined,
    },
  };
}

function doorOf({ origin, direction, confirms }: Readonly<Message>): string {
  if (origin !== undefined) return "smpp";
  if (confirms !== undefined) return "keyword";
  return direction === "outbound-reply" ? "twiml" : "api";
}

function senderChoice({ serviceSid }: Readonly<Message>, accepted: AcceptedEvent | undefined): string | null {
  if (serviceSid === undefined) return "request";
  if (accepted === undefined) return null;
  return accepted.isPoolChoice ? "service" : "request";
}

/** What the rules said. All that were asked and are not named had nothing against it. */
function policedEntry({ message, sources }: Story, accepted: AcceptedEvent | undefined): TimelineEntry {
  const atMs = message.createdMs;
  if (accepted === undefined) return { atMs, kind: "policed", kept: false, data: {} };
  const { rule, failsWith } = accepted;
  const verdict = failsWith === undefined || rule === undefined ? (rule === undefined ? "accept" : "hold") : "refuse";
  return {
    atMs,
    kind: "policed",
    kept: true,
    data: {
      verdict,
      rule: rule ?? null,
      error_code: verdict === "refuse" ? (failsWith ?? null) : null,
      error_message: verdict === "refuse" ? errorMessageOf(failsWith) : null,
      asked:
        sources.rulesAsked === undefined ? null : askedOf(sources.rulesAsked(countryOf(message.to)), rule, verdict),
      added: { tlvs: Object.keys(message.tlvs ?? {}).length, dlt: message.dlt !== undefined },
    },
  };
}

/** The rules up to the one that ended it, each with what it said. */
function askedOf(names: readonly string[], rule: string | undefined, verdict: string): JsonObject[] {
  const last = rule === undefined ? -1 : names.indexOf(rule);
  const asked = last === -1 ? names : names.slice(0, last + 1);
  return asked.map((name) => ({ rule: name, said: name === rule ? verdict : "nothing against it" }));
}

function pricedEntry(story: Story, accepted: AcceptedEvent | undefined): TimelineEntry {
  const { message } = story;
  const atMs = message.createdMs;
  const quote = accepted?.quote ?? message.quote;
  if (quote !== undefined) {
    return quoted(story, { atMs, quote, heldMicros: accepted?.heldMicros ?? message.heldMicros });
  }
  if (accepted === undefined) return { atMs, kind: "priced", kept: false, data: {} };
  // What waits for its time is priced when that has come.
  const isLater = message.validitySeconds !== undefined || message.dueMs !== undefined;
  return { atMs, kind: "priced", kept: true, data: { billed: false, priced_later: isLater } };
}

function quoted(
  story: Story,
  {
    atMs,
    quote,
    heldMicros,
  }: { readonly atMs: number; readonly quote: Quote; readonly heldMicros: number | undefined },
): TimelineEntry {
  return {
    atMs,
    kind: "priced",
    kept: true,
    data: { billed: true, quote: viewQuote(quote, story), held_micros: heldMicros ?? 0 },
  };
}

function waitingEntries(story: Story, accepted: AcceptedEvent | undefined): TimelineEntry[] {
  const entries: TimelineEntry[] = [];
  for (const { atMs, event } of eventsOf(story, "waits")) {
    const isFirst = atMs === story.message.createdMs;
    const why = isFirst ? (accepted?.rule ?? "schedule") : "rules";
    entries.push({
      atMs,
      kind: "waiting",
      kept: true,
      data: { until: new Date(event.untilMs).toISOString(), why },
    });
  }
  for (const { atMs, event } of eventsOf(story, "released")) {
    entries.push({ atMs, kind: "released", kept: true, data: {} });
    const { quote, heldMicros } = event;
    if (quote !== undefined) entries.push(quoted(story, { atMs, quote, heldMicros }));
  }
  const dueMs = story.message.dueMs ?? story.message.wasDueMs;
  if (story.isComplete || dueMs === undefined) return entries;
  const data = { until: new Date(dueMs).toISOString(), why: null };
  return [...entries, { atMs: undefined, kind: "waiting", kept: false, data }];
}

/** Its place in the queue: what it waits for while it does, and else that it was there. */
function queuedEntries({ deps, message, events }: Story): TimelineEntry[] {
  const lane = trafficClassOf(message);
  const releasedMs = events.findLast(({ event }) => event.kind === "released")?.atMs;
  const atMs = releasedMs ?? message.createdMs;
  if (message.dueMs !== undefined || message.status === "scheduled" || message.status === "canceled") return [];
  if (message.status !== "queued") {
    return message.tries === undefined ? [] : [{ atMs, kind: "queued", kept: true, data: { lane, waits_for: null } }];
  }
  const { accountSid, from } = message;
  const waiting = deps.state.waitingOf({ trafficClass: lane, accountSid, from });
  const data: JsonObject = {
    lane,
    waits_for: waitsFor(message, deps.clock.nowMs()),
    until: message.retryAtMs === undefined ? null : new Date(message.retryAtMs).toISOString(),
    messages_of_sender: waiting.messages,
    segments_of_sender: waiting.segments,
    segments_per_second: deps.rates.perSecond({ accountSid, from }) ?? null,
  };
  return [{ atMs, kind: "queued", kept: true, data }];
}

function waitsFor({ mediaUrls, parked, retryAtMs = 0 }: Readonly<Message>, nowMs: number): string {
  if (mediaUrls !== undefined) return "media";
  if (parked === true) return "room-in-memory";
  return retryAtMs > nowMs ? "next-attempt" : "turn";
}

const PLAIN = ["parked", "unparked", "replaced", "resent", "redacted"] as const;

function plainEntries({ events }: Story): TimelineEntry[] {
  return events.flatMap(({ atMs, event }): TimelineEntry[] => {
    const kind = PLAIN.find((one) => one === event.kind);
    return kind === undefined ? [] : [{ atMs, kind, kept: true, data: {} }];
  });
}
