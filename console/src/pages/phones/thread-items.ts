import { type ApiMessage, isInbound, type PhoneMessage, type WebhookEntry } from "./phone-data.ts";

/** One line of a thread, in the order of time. */
export type ThreadItem =
  | {
      readonly kind: "text";
      readonly id: string;
      readonly atMs: number;
      readonly message: PhoneMessage;
      readonly api: ApiMessage | undefined;
    }
  /** It was sent to the phone and has not come: it is on its way, or was refused on the way. */
  | { readonly kind: "missing"; readonly id: string; readonly atMs: number; readonly api: ApiMessage }
  | { readonly kind: "webhook"; readonly id: string; readonly atMs: number; readonly webhook: WebhookEntry }
  | { readonly kind: "day"; readonly id: string; readonly atMs: number };

/** What a thread is made of. */
export interface ThreadInput {
  readonly phone: string;
  readonly messages: readonly PhoneMessage[];
  readonly sent: readonly ApiMessage[];
  readonly webhooks: readonly WebhookEntry[];
  readonly nowMs: number;
}

/** A text on the phone and the message of the API with the same words are one when no more than this lies between. */
const MATCH_MS = 120_000;
/** For so long a message that is not on the phone is taken to be on its way, unless it has failed: it is not shown yet. */
const GRACE_MS = 1_500;
const GONE = new Set(["failed", "undelivered", "canceled"]);

/** Puts together what the phone, the API and the webhooks tell of one phone. */
export function threadItems({ phone, messages, sent, webhooks, nowMs }: ThreadInput): readonly ThreadItem[] {
  const left = new Set(sent);
  const byText = groupByText(sent);
  const items: ThreadItem[] = messages.map((message) => {
    const api = matchOf(message, byText.get(textKey(message)) ?? [], left);
    if (api !== undefined) left.delete(api);
    return { kind: "text", id: message.id, atMs: message.timeMs, message, api };
  });
  const oldestMs = messages[0]?.timeMs ?? 0;
  for (const api of left) {
    const atMs = Date.parse(api.date_created);
    if (api.to === phone && !isComing(api, nowMs) && atMs >= oldestMs - MATCH_MS)
      items.push({ kind: "missing", id: api.sid, atMs, api });
  }
  const own = new Set(sent.map(({ sid }) => sid));
  for (const webhook of webhooks) {
    if (!isInbound(webhook) || !own.has(webhook.resource_sid)) continue;
    items.push({ kind: "webhook", id: webhook.sid, atMs: Date.parse(webhook.date_ended), webhook });
  }
  return withDays(items.sort((a, b) => a.atMs - b.atMs));
}

/** Whether a message has only just been sent, so that it is no wonder that it is not there. */
function isComing({ status, date_created }: ApiMessage, nowMs: number): boolean {
  return !GONE.has(status) && nowMs - Date.parse(date_created) < GRACE_MS;
}

/** When a thread looks different although nothing has come: only while a message is on its way. */
export function clockOf(sent: readonly ApiMessage[], nowMs: number): number {
  return sent.some((api) => isComing(api, nowMs)) ? nowMs : Number.MAX_SAFE_INTEGER;
}

/** The API tells times in whole seconds, so the nearest of those with the same words is taken. */
function matchOf(
  message: PhoneMessage,
  candidates: readonly ApiMessage[],
  left: ReadonlySet<ApiMessage>,
): ApiMessage | undefined {
  let found: ApiMessage | undefined;
  let foundGap = MATCH_MS;
  for (const api of candidates) {
    if (!left.has(api) || (api.from !== null && api.from !== message.from)) continue;
    const gap = Math.abs(Date.parse(api.date_created) - message.timeMs);
    if (gap <= foundGap) {
      found = api;
      foundGap = gap;
    }
  }
  return found;
}

/** A phone holds a thousand texts, so messages are looked up and not searched for. */
function groupByText(sent: readonly ApiMessage[]): ReadonlyMap<string, readonly ApiMessage[]> {
  const groups = new Map<string, ApiMessage[]>();
  for (const api of sent) {
    const key = textKey(api);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [api]);
    else group.push(api);
  }
  return groups;
}

/** The same for texts that are one. Smart encoding replaces characters one for one or more: letters and digits say enough. */
function textKey({ to, body }: { readonly to: string; readonly body: string }): string {
  const folded = body.normalize("NFKD").replace(/[^\p{Letter}\p{Number}]+/gu, "");
  return `${to} ${folded === "" ? body : folded}`;
}

function withDays(items: readonly ThreadItem[]): readonly ThreadItem[] {
  let day = "";
  return items.flatMap((item): readonly ThreadItem[] => {
    const own = new Date(item.atMs).toDateString();
    if (own === day) return [item];
    day = own;
    return [{ kind: "day", id: `day ${own}`, atMs: item.atMs }, item];
  });
}

/** The numbers that a phone may text: the account's, and those that texted it, the latest of these first. */
export function numbersToText(own: readonly string[], messages: readonly PhoneMessage[]): readonly string[] {
  const known = new Set<string>();
  for (let index = messages.length - 1; index >= 0; index--) {
    const message = messages[index];
    if (message !== undefined) known.add(message.direction === "received" ? message.from : message.to);
  }
  const replyable = [...known].filter((number) => /^\+?\d{3,15}$/.test(number));
  return [...new Set([...replyable, ...own])];
}
