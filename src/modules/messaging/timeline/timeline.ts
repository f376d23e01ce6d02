import type { Message } from "../message.ts";
import type { MessagingDeps } from "../deps.ts";
import { attemptEntries } from "./attempt-entries.ts";
import { beginningEntries } from "./beginning-entries.ts";
import { sortEntries, type TimelineEntry } from "./entry.ts";
import { inboundEntries } from "./inbound-entries.ts";
import { moneyEntries } from "./money-entries.ts";
import { receiptEntries } from "./receipt-entries.ts";
import type { TimelineSources } from "./sources.ts";
import { statusEntries } from "./status-entries.ts";
import type { Story } from "./story.ts";
import { webhookEntries } from "./webhook-entries.ts";

/** A message's whole life, as far as it is known. */
export interface Timeline {
  readonly message: Readonly<Message>;
  readonly isOperator: boolean;
  /** Whether what happened to it step by step is still in memory, from the beginning on. */
  readonly isComplete: boolean;
  readonly entries: readonly TimelineEntry[];
}

/** Tells the life of a message, for its account, or all of it for the operator. */
export async function timelineOf(
  given: { readonly deps: MessagingDeps; readonly sources: TimelineSources },
  message: Readonly<Message>,
  viewer: { readonly isOperator: boolean; readonly seesSignatures: boolean },
): Promise<Timeline> {
  const { isOperator, seesSignatures } = viewer;
  const { deps, sources } = given;
  const ids = new Set(message.parts.flatMap(({ via, id }) => (id === undefined ? [] : [`${via ?? ""}|${id}`])));
  const { events, changes } = sources.trace?.of(message.sid, ids) ?? { events: [], changes: [] };
  const isComplete = events.some(({ event: { kind } }) => kind === "accepted" || kind === "arrived");
  const pdus = isOperator ? (sources.pdus?.of(message.sid) ?? []) : [];
  const story: Story = { deps, sources, message, isOperator, seesSignatures, events, changes, isComplete, pdus };
  const isInbound = message.direction === "inbound";
  const entries = [
    ...(isInbound ? inboundEntries(story) : beginningEntries(story)),
    ...(isInbound ? [] : await attemptEntries(story)),
    ...receiptEntries(story),
    ...statusEntries(story),
    ...(await moneyEntries(story)),
    ...webhookEntries(story),
  ];
  return { message, isOperator, isComplete, entries: sortEntries(entries) };
}
