/** What the API tells of messages, as far as these pages use it. */

/** A message as the API has it. */
export interface ApiMessage {
  readonly sid: string;
  readonly account_sid: string;
  readonly body: string;
  readonly direction: string;
  readonly status: string;
  readonly from: string | null;
  readonly to: string;
  readonly num_segments: string;
  readonly num_media: string;
  readonly price: string | null;
  readonly price_unit: string;
  readonly error_code: number | null;
  readonly error_message: string | null;
  readonly messaging_service_sid: string | null;
  readonly date_created: string;
  readonly date_sent: string | null;
  readonly date_updated: string;
}

/** A change of a message, as the live topic has it. */
export interface LiveChange {
  readonly at: string;
  readonly sid: string;
  readonly account_sid: string;
  readonly direction: "inbound" | "outbound";
  readonly status: string;
  readonly before: string | null;
  readonly from: string | null;
  readonly to: string;
  readonly segments: number;
  readonly country: string | null;
  readonly error_code: number | null;
  readonly date_created: string;
  readonly price_micros: number | null;
  readonly currency: string | null;
  readonly carrier?: string | null;
}

/** One line of a list of messages, live or from the API. */
export interface MessageRow {
  readonly sid: string;
  readonly at: string;
  readonly isInbound: boolean;
  readonly status: string;
  readonly from: string;
  readonly to: string;
  readonly segments: number;
  readonly errorCode: number | null;
  readonly price: { readonly micros: number; readonly currency: string } | undefined;
  readonly carrier: string | undefined;
  /** The text, where the list has it. */
  readonly body: string | undefined;
  readonly country: string | undefined;
}

const MICROS = 1_000_000;

/** A message of the API as a line. */
export function rowOfMessage(message: ApiMessage): MessageRow {
  const { price, price_unit: currency } = message;
  return {
    sid: message.sid,
    at: new Date(message.date_created).toISOString(),
    isInbound: message.direction === "inbound",
    status: message.status,
    from: message.from ?? "",
    to: message.to,
    segments: Number(message.num_segments),
    errorCode: message.error_code,
    price: price === null ? undefined : { micros: Math.round(-Number(price) * MICROS), currency },
    carrier: undefined,
    body: message.body,
    country: undefined,
  };
}

/** A live change as a line. */
export function rowOfChange(change: LiveChange): MessageRow {
  const { price_micros: micros, currency } = change;
  return {
    sid: change.sid,
    at: change.at,
    isInbound: change.direction === "inbound",
    status: change.status,
    from: change.from ?? "",
    to: change.to,
    segments: change.segments,
    errorCode: change.error_code,
    price: micros === null || currency === null ? undefined : { micros, currency },
    carrier: change.carrier ?? undefined,
    body: undefined,
    country: change.country ?? undefined,
  };
}

export const STATUSES = [
  "scheduled",
  "queued",
  "sending",
  "sent",
  "delivered",
  "undelivered",
  "failed",
  "canceled",
  "received",
] as const;

const FINAL: ReadonlySet<string> = new Set(["delivered", "undelivered", "failed", "canceled", "received"]);

/** Whether nothing more will happen to a message by itself. */
export function isFinal(status: string): boolean {
  return FINAL.has(status);
}

/** What the lists are filtered by. Empty texts stand for no filter. */
export interface MessageFilter {
  readonly to: string;
  readonly from: string;
  readonly status: string;
  readonly direction: string;
  readonly after: string;
  readonly before: string;
}

/** Whether a line fits what is asked for; numbers by their beginning, as people type them. */
export function fits(row: MessageRow, { to, from, status, direction }: MessageFilter): boolean {
  if (status !== "" && row.status !== status) return false;
  if (direction !== "" && row.isInbound !== (direction === "inbound")) return false;
  return startsAs(row.to, to) && startsAs(row.from, from);
}

function startsAs(value: string, asked: string): boolean {
  const plain = asked.replace(/[\s()-]/g, "");
  return plain === "" || value.toLowerCase().startsWith(plain.toLowerCase());
}
