import type { ApplyContext, CellRecord, Machine } from "../../platform/cell/index.ts";
import type { AlertRaised, WebhookRequested } from "../../platform/webhooks/index.ts";
import {
  countVisit,
  emptyTally,
  hourOf,
  stretchOf,
  tallyKey,
  type ClickNotice,
  type LinksVisited,
  type Visit,
} from "./clicks/index.ts";
import { linkAlerts } from "./errors.ts";
import type { Link } from "./link.ts";
import type { LinkState } from "./link-state.ts";
import type { LinkCreated } from "./shortening.ts";

/** Links were made by the API. */
export interface LinksMade extends CellRecord {
  readonly kind: "link.made";
  readonly links: readonly Link[];
  /** The greatest number that one of their codes was made of; absent where all have slugs. */
  readonly sequence?: number;
}

/** A link is now this. */
export interface LinkChanged extends CellRecord {
  readonly kind: "link.changed";
  readonly link: Link;
}

/** A link is gone. */
export interface LinkRemoved extends CellRecord {
  readonly kind: "link.removed";
  readonly link: Link;
}

/** Something about a domain or its links that its account should know. */
export interface LinkTrouble extends CellRecord {
  readonly kind: "link.trouble";
  readonly accountSid: string;
  readonly errorCode: number;
  readonly text: string;
  readonly resourceSid?: string;
  readonly requestUrl?: string;
}

/** Names the responder of click webhooks: nobody reads their answers. */
export const CLICK_PURPOSE = "link.clicked";

/** Puts links and visits into the tables. */
export function linkMachine(state: LinkState, options: { readonly cell: string }): Machine {
  let record = { offset: -1, count: 0 };
  /** Counts the visits of a record; a replay begins with a whole record, so it counts the same. */
  const nextIndex = (offset: number): number => {
    if (record.offset !== offset) record = { offset, count: 0 };
    record.count += 1;
    return record.count - 1;
  };
  return {
    name: "links",
    tables: state.tables,
    reducers: {
      "link.made": ({ links, sequence }: LinksMade) => {
        for (const link of links) state.put(link);
        if (sequence !== undefined) state.noteSequence(sequence);
      },
      "link.changed": ({ link }: LinkChanged) => state.put(link),
      "link.removed": ({ link }: LinkRemoved) => state.remove(link),
      "link.visited": ({ visits }: LinksVisited, context) => {
        for (const visit of visits) {
          tally({ state, visit, context, cell: options.cell });
          if (visit.tell !== undefined) context.emit(webhookOf(visit, visit.tell, context, nextIndex(context.offset)));
        }
        forgetOldTallies(state, context);
      },
      "link.trouble": (trouble: LinkTrouble, context) => context.emit(alertOf(trouble)),
    },
    listeners: {
      "link.created": (fact: LinkCreated, context) => {
        state.put(linkOf(fact, context.atMs));
        state.noteSequence(fact.link.sequence);
      },
    },
    restored: () => state.restored(),
  };
}

function linkOf({ accountSid, link, messageSid, serviceSid, from, to }: LinkCreated, createdMs: number): Link {
  return {
    sid: link.sid,
    accountSid,
    domain: link.domain,
    code: link.code,
    url: link.url,
    createdMs,
    expiresAtMs: link.expiresAtMs,
    revision: 0,
    status: "active",
    ...(messageSid === undefined ? {} : { messageSid }),
    ...(serviceSid === undefined ? {} : { serviceSid }),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
  };
}

function tally(input: { state: LinkState; visit: Visit; context: ApplyContext; cell: string }): void {
  const { state, visit, context, cell } = input;
  const hourMs = hourOf(context.atMs);
  const stretch = stretchOf(context.offset);
  const key = tallyKey({ sid: visit.sid, hourMs, cell, stretch });
  let counted = state.tallies.edit(key);
  if (counted === undefined) {
    counted = emptyTally({ key, linkSid: visit.sid, accountSid: visit.account, hourMs, stretch });
    state.tallies.put(key, counted);
  }
  countVisit(counted, visit);
}

/** When the log enters a new stretch: tallies of the one before that are projected leave memory. */
function forgetOldTallies(state: LinkState, context: ApplyContext): void {
  const stretch = stretchOf(context.offset);
  if (stretch === state.stretch) return;
  state.stretch = stretch;
  context.effect(() => state.evictOldTallies());
}

function webhookOf(visit: Visit, tell: ClickNotice, context: ApplyContext, index: number): WebhookRequested {
  return {
    kind: "webhook.requested",
    id: `${visit.sid}:click:${context.offset}:${index}`,
    accountSid: visit.account,
    orderKey: visit.sid,
    purpose: CLICK_PURPOSE,
    resourceSid: tell.messageSid ?? visit.sid,
    url: tell.url,
    method: "POST",
    params: [
      ["event_type", "click"],
      ["sms_sid", tell.messageSid ?? ""],
      ["to", tell.to ?? ""],
      ["from", tell.from ?? ""],
      ["link", tell.link],
      ["shortened_link", tell.shortLink],
      ["link_create_time", new Date(tell.createdMs).toISOString()],
      ["click_time", new Date(context.atMs).toISOString()],
      ["messaging_service_sid", tell.serviceSid ?? ""],
      ["account_sid", visit.account],
      ["user_agent", tell.userAgent],
    ],
  };
}

function alertOf({ accountSid, errorCode, text, resourceSid, requestUrl }: LinkTrouble): AlertRaised {
  return {
    kind: "alert.raised",
    accountSid,
    errorCode,
    level: errorCode === linkAlerts.missedToFallback || errorCode === linkAlerts.expiresSoon ? "warning" : "error",
    text,
    ...(resourceSid === undefined ? {} : { resourceSid }),
    ...(requestUrl === undefined ? {} : { requestUrl }),
  };
}
