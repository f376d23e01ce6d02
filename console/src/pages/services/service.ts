/** The path of the services, on the messaging product. */
export const SERVICES = "/v1/Services";
/** The host of the services. */
export const ON_MESSAGING = { product: "messaging" } as const;

/** An item of `Services`. */
export interface Service {
  readonly sid: string;
  readonly friendly_name: string;
  readonly inbound_request_url: string | null;
  readonly inbound_method: string;
  readonly fallback_url: string | null;
  readonly fallback_method: string;
  readonly status_callback: string | null;
  readonly sticky_sender: boolean;
  readonly mms_converter: boolean;
  readonly smart_encoding: boolean;
  readonly scan_message_content: string;
  readonly fallback_to_long_code: boolean;
  readonly area_code_geomatch: boolean;
  /** Seconds. */
  readonly validity_period: number;
  readonly synchronous_validation: boolean;
  readonly use_inbound_webhook_on_number: boolean;
  readonly usecase: string;
  readonly us_app_to_person_registered: boolean;
  readonly date_created: string;
}

/** A switch of a service: its field of the API, and what it means. */
export interface ServiceSwitch {
  readonly field: keyof Service;
  readonly parameter: string;
  readonly label: string;
  readonly hint: string;
}

/** What of a service is on or off. */
export const SWITCHES: readonly ServiceSwitch[] = [
  {
    field: "sticky_sender",
    parameter: "StickySender",
    label: "Sticky sender",
    hint: "Whoever was written to from a number is written to from it again.",
  },
  {
    field: "area_code_geomatch",
    parameter: "AreaCodeGeomatch",
    label: "Area code match",
    hint: "A number of the recipient's own area goes before others.",
  },
  {
    field: "smart_encoding",
    parameter: "SmartEncoding",
    label: "Smart encoding",
    hint: "Curly quotes and the like become plain ones, where that saves segments.",
  },
  {
    field: "mms_converter",
    parameter: "MmsConverter",
    label: "MMS converter",
    hint: "Media that a number cannot send goes as a link.",
  },
  {
    field: "fallback_to_long_code",
    parameter: "FallbackToLongCode",
    label: "Fall back to long code",
    hint: "Where the short code cannot reach a recipient, a number of the pool does.",
  },
  {
    field: "use_inbound_webhook_on_number",
    parameter: "UseInboundWebhookOnNumber",
    label: "Let numbers decide about texts that come in",
    hint: "The URL of the number that was texted is asked, not that of the service.",
  },
];

/** The kinds of senders of a pool: their part of the path, and the fields of their items. */
export const SENDER_KINDS = [
  { path: "PhoneNumbers", key: "phone_numbers", label: "Phone number", field: "phone_number" },
  { path: "ShortCodes", key: "short_codes", label: "Short code", field: "short_code" },
  { path: "AlphaSenders", key: "alpha_senders", label: "Name", field: "alpha_sender" },
] as const;

/** A kind of senders. */
export type SenderKind = (typeof SENDER_KINDS)[number];

/** A sender in the pool of a service. */
export interface PoolSender {
  readonly sid: string;
  readonly kind: SenderKind;
  readonly address: string;
  readonly country: string;
  readonly capabilities: readonly string[];
  readonly date_created: string;
}

/** A sender of the pool as the API shows it. */
export interface SenderItem {
  readonly sid: string;
  readonly capabilities: readonly string[];
  readonly country_code?: string | null;
  readonly date_created: string;
  readonly phone_number?: string;
  readonly short_code?: string;
  readonly alpha_sender?: string;
}

/** Items of one kind as senders of the pool. */
export function sendersOf(kind: SenderKind, items: readonly SenderItem[]): readonly PoolSender[] {
  return items.map((item) => ({
    sid: item.sid,
    kind,
    address: item[kind.field] ?? "",
    country: item.country_code ?? "",
    capabilities: item.capabilities,
    date_created: item.date_created,
  }));
}

/** Keywords as people type them, apart by commas, spaces or lines; each once, in capitals. */
export function keywordsOf(text: string): readonly string[] {
  const words = text
    .split(/[\s,;]+/)
    .map((word) => word.trim().toUpperCase())
    .filter((word) => word !== "");
  return [...new Set(words)];
}

const MIN_AHEAD_MS = 300_000;
const MAX_AHEAD_MS = 35 * 86_400_000;

/** What is wrong with a time to send at; `undefined` for a good one. Messages are taken from 5 minutes to 35 days ahead. */
export function troubleOfTime(text: string, nowMs: number): string | undefined {
  const atMs = Date.parse(text);
  if (Number.isNaN(atMs)) return "Say a day and a time.";
  if (atMs < nowMs + MIN_AHEAD_MS) return "It has to be at least 5 minutes ahead.";
  if (atMs > nowMs + MAX_AHEAD_MS) return "It can be at most 35 days ahead.";
  return undefined;
}

/** A moment as a field of day and time wants it, in the time of this browser. */
export function fieldTime(atMs: number): string {
  const local = new Date(atMs - new Date(atMs).getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16);
}
