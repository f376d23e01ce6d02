import type { MessageStateName } from "./codes.ts";
import { messageStateName } from "./codes.ts";

/** The longest text that is searched for the fields of a receipt, in characters. */
export const MAX_RECEIPT_CHARACTERS = 4096;

/** The characters of the original message that a receipt repeats (SMPP 3.4 Appendix B). */
const MAX_ECHO_CHARACTERS = 20;

/** A receipt as its text says it (SMPP 3.4 Appendix B). What the text does not say is absent. */
export interface TextReceipt {
  id: string;
  /** `stat` as written. */
  stat: string;
  /** What `stat` means; UNKNOWN for a word that no known dialect uses. */
  state: MessageStateName;
  /** Messages submitted and delivered, as written. */
  sub?: string;
  dlvrd?: string;
  /** As written: `YYMMDDhhmm`, in some dialects with seconds or a four-digit year. */
  submitDate?: string;
  doneDate?: string;
  /** The carrier's error code as written; it may hold letters. */
  err?: string;
  /** The beginning of the original message. */
  text?: string;
}

type TextKey = "id" | "sub" | "dlvrd" | "submitDate" | "doneDate" | "stat" | "err" | "text";

const KEY =
  /(?:^|[\s,;|])(id|msgid|message[ _]?id|sub|dlvrd|submit[ _]?date|done[ _]?date|stat|status|state|err|error|text)[ \t]{0,4}[:=]/gi;

const KEY_NAMES: Readonly<Record<string, TextKey>> = {
  id: "id",
  msgid: "id",
  messageid: "id",
  sub: "sub",
  dlvrd: "dlvrd",
  submitdate: "submitDate",
  donedate: "doneDate",
  stat: "stat",
  status: "stat",
  state: "stat",
  err: "err",
  error: "err",
  text: "text",
};

/**
 * Reads the fields of a receipt wherever they stand, in any order and case.
 * `text` ends the search unless id or stat are still missing, because what
 * follows it was written by whoever wrote the message.
 */
export function scanReceipt(source: string): Partial<Record<TextKey, string>> {
  const bounded = source.slice(0, MAX_RECEIPT_CHARACTERS);
  const found: Partial<Record<TextKey, string>> = {};
  let key: TextKey | undefined;
  let valueAt = 0;
  for (const match of bounded.matchAll(KEY)) {
    if (key !== undefined) keepFirst(found, key, bounded.slice(valueAt, match.index));
    if (key === "text" && found.id !== undefined && found.stat !== undefined) {
      found.text = bounded.slice(valueAt).trim();
      return found;
    }
    key = KEY_NAMES[(match[1] as string).toLowerCase().replace(/[ _]/g, "")];
    valueAt = match.index + match[0].length;
  }
  if (key !== undefined) keepFirst(found, key, bounded.slice(valueAt));
  return found;
}

function keepFirst(found: Partial<Record<TextKey, string>>, key: TextKey, value: string): void {
  if (found[key] !== undefined) return;
  const trimmed = value.trim();
  const kept = key === "text" ? trimmed : (trimmed.split(/[\s,;|]/, 1)[0] as string);
  if (kept !== "" || key === "text") found[key] = kept;
}

/**
 * Reads the text of a receipt in any known dialect: fields in any order and
 * case, dates with or without seconds, fields missing or added, short and long
 * spellings of the state. `undefined` when there is no id or no state, so that
 * the text is no receipt.
 */
export function parseReceipt(shortMessageText: string): TextReceipt | undefined {
  const found = scanReceipt(shortMessageText);
  const { id, stat } = found;
  if (id === undefined || stat === undefined) return undefined;
  return { ...found, id, stat, state: stateOf(stat) };
}

/** Beginnings of the words for each state; the first that fits counts. Longer spellings fit too. */
const STATE_WORDS: readonly (readonly [string, MessageStateName])[] = [
  ["DELIV", "DELIVERED"],
  ["DLVRD", "DELIVERED"],
  ["READ", "DELIVERED"],
  ["EXPIR", "EXPIRED"],
  ["DELET", "DELETED"],
  ["UNDEL", "UNDELIVERABLE"],
  ["FAIL", "UNDELIVERABLE"],
  ["NOTDELIV", "UNDELIVERABLE"],
  ["ACCEP", "ACCEPTED"],
  ["ACCPT", "ACCEPTED"],
  ["ACKED", "ACCEPTED"],
  ["REJ", "REJECTED"],
  ["BLOCK", "REJECTED"],
  ["EN", "ENROUTE"],
  ["BUFFER", "ENROUTE"],
  ["SENT", "ENROUTE"],
  ["QUEUE", "ENROUTE"],
  ["PENDING", "ENROUTE"],
  ["SUBMIT", "ENROUTE"],
  ["SCHED", "SCHEDULED"],
  ["SKIP", "SKIPPED"],
];

/** The state that `stat` names, by word or by number; UNKNOWN when no known dialect uses the word. */
export function stateOf(stat: string): MessageStateName {
  if (/^\d$/.test(stat)) return messageStateName(Number(stat)) ?? "UNKNOWN";
  const word = stat.toUpperCase();
  for (const [beginning, state] of STATE_WORDS) if (word.startsWith(beginning)) return state;
  return "UNKNOWN";
}

/** What {@link writeReceiptText} writes. Dates are `YYMMDDhhmm`, see `receiptDate`. */
export interface ReceiptToWrite {
  id: string;
  state: MessageStateName;
  submitDate: string;
  doneDate: string;
  /** Three characters; `000` unless given. */
  errorCode?: string;
  /** Segments submitted and delivered; 1, and 1 if the state is DELIVERED, unless given. */
  submitted?: number;
  delivered?: number;
  /** The original message; its first 20 characters are repeated. */
  text?: string;
}

const STAT_WORDS: Readonly<Record<MessageStateName, string>> = {
  SCHEDULED: "SCHEDLD",
  ENROUTE: "ENROUTE",
  DELIVERED: "DELIVRD",
  EXPIRED: "EXPIRED",
  DELETED: "DELETED",
  UNDELIVERABLE: "UNDELIV",
  ACCEPTED: "ACCEPTD",
  UNKNOWN: "UNKNOWN",
  REJECTED: "REJECTD",
  SKIPPED: "SKIPPED",
};

/** Writes the text of a receipt in the form of SMPP 3.4 Appendix B. */
export function writeReceiptText(receipt: ReceiptToWrite): string {
  const submitted = String(receipt.submitted ?? 1).padStart(3, "0");
  const delivered = String(receipt.delivered ?? (receipt.state === "DELIVERED" ? 1 : 0)).padStart(3, "0");
  const error = receipt.errorCode ?? "000";
  const text = (receipt.text ?? "").slice(0, MAX_ECHO_CHARACTERS);
  return (
    `id:${receipt.id} sub:${submitted} dlvrd:${delivered} submit date:${receipt.submitDate} ` +
    `done date:${receipt.doneDate} stat:${STAT_WORDS[receipt.state]} err:${error} text:${text}`
  );
}
