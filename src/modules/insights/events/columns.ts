import type { EventColumn } from "../../../platform/event-files/index.ts";
import type { MessageChanged } from "../../../platform/insight/index.ts";

/** A column with what people are told about it. */
export interface ExplainedColumn extends EventColumn {
  readonly description: string;
}

/**
 * A row for each change of a message. Nobody's number and no text is in it: an account's own
 * number or name is its sender, in both directions. Columns are only ever added at the end.
 */
export const EVENT_COLUMNS: readonly ExplainedColumn[] = [
  { name: "time", kind: "moment", description: "When the change happened, in UTC." },
  { name: "sid", kind: "text", description: "The message." },
  { name: "account", kind: "text", description: "Whose message it is." },
  { name: "direction", kind: "text", description: "outbound or inbound." },
  { name: "status", kind: "text", description: "What the message is from now on: queued, sent, delivered, failed …" },
  { name: "before", kind: "text", description: "What it was before; null where the message is new." },
  { name: "error_code", kind: "integer", description: "Why it failed; null where it did not." },
  {
    name: "sender",
    kind: "text",
    description: "The account's own number or name: From of outbound messages, To of inbound ones.",
  },
  { name: "country", kind: "text", description: "Country of the other end, as two letters; null where not known." },
  { name: "carrier", kind: "text", description: "The carrier of the latest attempt, or that it came from." },
  { name: "segments", kind: "integer", description: "Segments of the text." },
  { name: "price_micros", kind: "bigint", description: "What the account pays, in millionths; null until known." },
  { name: "currency", kind: "text", description: "Of the price." },
  { name: "accepted", kind: "moment", description: "When the message was accepted, in UTC." },
  { name: "due", kind: "moment", description: "When it was due, where it was scheduled." },
];

/** Questions to begin with. */
export const EXAMPLE_QUESTIONS: readonly { readonly title: string; readonly sql: string }[] = [
  {
    title: "The latest changes",
    sql: "select * from messages order by time desc limit 100",
  },
  {
    title: "Messages of the last hour by country and outcome",
    sql: `select country, status, count(*) as messages, sum(segments) as segments
from messages
where time > now()::timestamp - interval 1 hour and direction = 'outbound'
  and status in ('delivered', 'undelivered', 'failed')
group by all order by messages desc`,
  },
  {
    title: "How long delivery takes, by carrier",
    sql: `select carrier, count(*) as delivered,
  quantile_cont(date_diff('millisecond', coalesce(due, accepted), time), 0.5) as median_ms,
  quantile_cont(date_diff('millisecond', coalesce(due, accepted), time), 0.99) as p99_ms
from messages where status = 'delivered' group by carrier order by delivered desc`,
  },
  {
    title: "Why messages fail, and at which senders",
    sql: `select error_code, sender, count(*) as messages
from messages where status in ('failed', 'undelivered')
group by all order by messages desc limit 50`,
  },
  {
    title: "Share of messages delivered within five seconds, hour by hour",
    sql: `select date_trunc('hour', coalesce(due, accepted)) as hour,
  count(*) filter (status = 'delivered' and time <= coalesce(due, accepted) + interval 5 seconds) / count(*) as share
from messages where status in ('delivered', 'undelivered', 'failed') and direction = 'outbound'
group by hour order by hour`,
  },
  {
    title: "What accounts spent today",
    sql: `select account, currency, sum(price) / 1000000 as spent
from (select account, sid, any_value(currency) as currency, max(price_micros) as price
      from messages where time >= current_date and price_micros is not null group by account, sid)
group by all order by spent desc`,
  },
];

/** Texts that come again and again, as they stand in JSON. */
const quotes = new Map<string, string>();
const MAX_QUOTES = 10_000;

function quoted(text: string | undefined): string {
  if (text === undefined) return "null";
  const known = quotes.get(text);
  if (known !== undefined) return known;
  const made = JSON.stringify(text);
  if (quotes.size >= MAX_QUOTES) quotes.clear();
  quotes.set(text, made);
  return made;
}

/** The row of a change, as {@link EventRows} has it. Runs several times for every message: one text, nothing else. */
export function rowText(fact: MessageChanged, atMs: number): string {
  // The other end is a person.
  const sender = fact.direction === "outbound" ? fact.from : fact.to;
  return (
    `[${atMs},${JSON.stringify(fact.sid)},${quoted(fact.accountSid)},${quoted(fact.direction)},${quoted(fact.status)},` +
    `${quoted(fact.before)},${fact.errorCode ?? null},${quoted(sender)},${quoted(fact.country)},` +
    `${quoted(fact.carrier)},${fact.segments},${fact.priceMicros ?? null},${quoted(fact.currency)},` +
    `${fact.acceptedMs},${fact.dueMs ?? null}]\n`
  );
}
