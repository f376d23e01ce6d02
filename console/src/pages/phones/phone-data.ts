import type { Tone } from "../../ui/index.ts";

/** A text on a simulated phone, as the simulated carrier tells it. */
export interface PhoneMessage {
  readonly id: string;
  readonly direction: "received" | "sent";
  readonly timeMs: number;
  readonly from: string;
  readonly to: string;
  readonly body: string;
  readonly encoding: string;
  readonly concatenation: string;
  readonly parts: readonly { readonly id: string; readonly sequence: number; readonly octets: number }[];
  readonly missingParts?: number;
  readonly state: string;
}

/** A phone in the list. */
export interface PhoneSummary {
  readonly number: string;
  readonly messageCount: number;
  readonly lastMessage?: PhoneMessage;
}

/** What the topic `phones` tells. */
export interface PhoneEvent {
  readonly type: string;
  readonly phone?: string;
  readonly message?: PhoneMessage;
}

/** A message as the API shows it, as far as it is used here. */
export interface ApiMessage {
  readonly sid: string;
  readonly from: string | null;
  readonly to: string;
  readonly body: string;
  readonly status: string;
  readonly direction: string;
  readonly num_segments: string;
  readonly error_code: number | null;
  readonly error_message: string | null;
  readonly date_created: string;
}

/** A number of the account. */
export interface OwnNumber {
  readonly sid: string;
  readonly phone_number: string;
  readonly friendly_name: string;
  readonly sms_url: string | null;
}

/** A webhook that is over, as lists and the topic `webhooks` show it. */
export interface WebhookEntry {
  readonly sid: string;
  /** The message that it is about. */
  readonly resource_sid: string;
  readonly purpose: string;
  readonly url: string;
  readonly delivered: boolean;
  /** Of HTTP; `null` where nothing answered. */
  readonly status: number | null;
  readonly error_text: string | null;
  readonly duration_ms: number | null;
  readonly date_ended: string;
}

/** The same with its requests, as far as it is used here. */
export interface WebhookDetail {
  readonly tries?: readonly {
    readonly error_text: string | null;
    readonly response?: { readonly status: number; readonly body: string } | null;
  }[];
}

/** Whether it told an app of a text that came in: only then is its answer a reply. */
export function isInbound({ purpose }: WebhookEntry): boolean {
  return purpose === "message.inbound";
}

/** What the app answered last; empty where it said nothing. */
export function answerOf({ tries = [] }: WebhookDetail): string {
  return tries.at(-1)?.response?.body ?? "";
}

const STATES: Readonly<Record<string, readonly [word: string, tone: Tone]>> = {
  DELIVERED: ["delivered", "good"],
  ENROUTE: ["on its way", "info"],
  queued: ["waiting to be taken", "info"],
  taken: ["arrived", "good"],
  refused: ["refused", "bad"],
  UNDELIVERABLE: ["undelivered", "bad"],
  EXPIRED: ["expired", "bad"],
  REJECTED: ["rejected", "bad"],
  DELETED: ["deleted", "bad"],
  UNKNOWN: ["unknown", "warn"],
};

/** The state of a text on a phone in words. */
export function wordOfState(state: string): { readonly word: string; readonly tone: Tone } {
  const [word, tone] = STATES[state] ?? [state.toLowerCase(), "neutral"];
  return { word, tone };
}

/** A number for people: `+1 555 123 4567`; others as they are, because how they are grouped depends on the country. */
export function formatNumber(number: string): string {
  const american = /^\+1(\d{3})(\d{3})(\d{4})$/.exec(number);
  return american === null ? number : `+1 ${american[1]} ${american[2]} ${american[3]}`;
}

/** A number as the API takes it: spaces, dashes and brackets are for people. */
export function plainNumber(text: string): string {
  return text.replace(/[\s().-]/g, "");
}

/** What is wrong with a number of a phone, if anything. */
export function numberFault(text: string): string | undefined {
  return /^\+[1-9]\d{6,14}$/.test(plainNumber(text)) ? undefined : "With + and the country code, such as +15551234567.";
}
