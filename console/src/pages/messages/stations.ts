import type { Tone } from "../../ui/index.ts";
import type { Entry, TimelineAnswer } from "./timeline-data.ts";

/** One station on the way of a message. */
export interface Station {
  readonly name: string;
  readonly state: "done" | "now" | "ahead" | "failed";
  readonly atMs: number | undefined;
  /** How long it took from the station before. */
  readonly tookMs: number | undefined;
}

const OUTBOUND = ["queued", "sending", "sent", "delivered"] as const;
const NAMES: Readonly<Record<string, string>> = {
  queued: "Accepted",
  scheduled: "Scheduled",
  sending: "With a carrier",
  sent: "Carrier took it",
  delivered: "Delivered",
};

/** The stations of a message: where it was and when, where it is, and what lies ahead. */
export function stationsOf(timeline: TimelineAnswer): Station[] {
  return timeline.direction === "inbound" ? inboundStations(timeline) : outboundStations(timeline);
}

function outboundStations({ status, entries }: TimelineAnswer): Station[] {
  const times = new Map<string, number | undefined>();
  for (const entry of entries) {
    if (entry.kind === "status" && !times.has(entry.data.status)) times.set(entry.data.status, msOf(entry));
    if (entry.kind === "accepted") times.set("accepted", msOf(entry));
    if (entry.kind === "attempt" && !times.has("sending")) times.set("sending", msOf(entry));
  }
  const ended = status === "failed" || status === "undelivered" || status === "canceled";
  const reached = OUTBOUND.findLastIndex((name) => times.has(name) || name === status);
  const stations: Station[] = [];
  let before: number | undefined;
  const add = (name: string, state: Station["state"], atMs: number | undefined): void => {
    const tookMs = before === undefined || atMs === undefined ? undefined : Math.max(0, atMs - before);
    stations.push({ name, state, atMs, tookMs });
    before = atMs ?? before;
  };
  if (status === "scheduled" || times.has("scheduled")) {
    add("Scheduled", status === "scheduled" ? "now" : "done", times.get("accepted"));
  }
  for (const [at, name] of OUTBOUND.entries()) {
    const atMs = name === "queued" ? (times.get("queued") ?? times.get("accepted")) : times.get(name);
    if (ended && at > reached) break;
    const isNow = at === reached && !ended && name !== "delivered";
    const state = at < reached || (at === reached && !isNow) ? "done" : isNow ? "now" : "ahead";
    add(NAMES[name] ?? name, state, atMs);
  }
  if (ended) add(status[0]?.toUpperCase() + status.slice(1), "failed", times.get(status));
  return stations;
}

function inboundStations({ entries }: TimelineAnswer): Station[] {
  const arrived = entries.find(({ kind }) => kind === "arrived");
  const webhook = entries.find((entry) => entry.kind === "webhook");
  const twiml = entries.find(({ kind }) => kind === "twiml");
  const arrivedMs = msOf(arrived);
  const stations: Station[] = [{ name: "Arrived", state: "done", atMs: arrivedMs, tookMs: undefined }];
  if (webhook?.kind === "webhook") {
    const isOver = webhook.data.state === "over";
    const failed = isOver && webhook.data.delivered === false;
    const atMs = msOf(webhook);
    stations.push({
      name: failed ? "Webhook failed" : "Your app was told",
      state: failed ? "failed" : isOver ? "done" : "now",
      atMs,
      tookMs: gap(arrivedMs, atMs),
    });
    if (twiml !== undefined) {
      const endMs = msOf(twiml);
      stations.push({ name: "It answered", state: "done", atMs: endMs, tookMs: gap(atMs, endMs) });
    }
  }
  return stations;
}

function msOf(entry: Entry | undefined): number | undefined {
  return entry === undefined || entry.at === null ? undefined : Date.parse(entry.at);
}

function gap(from: number | undefined, to: number | undefined): number | undefined {
  return from === undefined || to === undefined ? undefined : Math.max(0, to - from);
}

/** The tone of a status in the timeline. */
export function toneOf(status: string): Tone {
  if (status === "delivered" || status === "received" || status === "sent") return "good";
  if (status === "failed" || status === "undelivered") return "bad";
  return status === "canceled" ? "warn" : "info";
}
