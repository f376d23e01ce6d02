import { rfc2822 } from "../../kernel/time.ts";
import type { JsonObject } from "../../platform/http/index.ts";
import { twimlErrors } from "../../protocols/twiml/index.ts";
import type { AcceptedMessage } from "./create-message.ts";
import { messageErrors } from "./errors.ts";
import { FAILURE_TEXTS } from "./failure-texts.ts";
import type { Medium, Message } from "./message.ts";

const VERSION = "2010-04-01";

/** Public texts by code, for `error_message`. */
const ERROR_MESSAGES = new Map([
  ...FAILURE_TEXTS,
  ...Object.values(twimlErrors).map(({ code, text }) => [code, text] as const),
  ...Object.values(messageErrors).map(({ code, message }) => [code, message] as const),
]);

/** What a code of a message means, for people; `null` where there is none. */
export function errorMessageOf(code: number | undefined): string | null {
  return code === undefined ? null : (ERROR_MESSAGES.get(code) ?? null);
}

/** Where a message is found, relative to the API's host, without extension. */
export function messagePath(message: Pick<Message, "accountSid" | "sid">): string {
  return `/${VERSION}/Accounts/${message.accountSid}/Messages/${message.sid}`;
}

/** A message as the API shows it. Numbers are text where Twilio writes them so. */
export function viewMessage(message: AcceptedMessage): JsonObject {
  const path = messagePath(message);
  const { isJustAccepted = false, from, quote } = message;
  return {
    account_sid: message.accountSid,
    api_version: VERSION,
    body: message.body,
    date_created: rfc2822(message.createdMs),
    date_sent: message.sentMs === undefined ? null : rfc2822(message.sentMs),
    date_updated: rfc2822(message.updatedMs),
    direction: message.direction,
    error_code: message.errorCode ?? null,
    error_message: errorMessageOf(message.errorCode),
    // A service that chooses the sender has not done so yet.
    from: from === "" || isJustAccepted ? null : from,
    messaging_service_sid: message.serviceSid ?? null,
    num_media: String(message.media?.length ?? message.mediaUrls?.length ?? 0),
    num_segments: from === "" || isJustAccepted ? "0" : String(message.segments),
    price: message.priceMicros === undefined ? null : viewPrice(message.priceMicros),
    price_unit: message.priceUnit ?? quote?.currency ?? "USD",
    sid: message.sid,
    status: message.serviceSid !== undefined && message.isJustAccepted !== undefined ? "accepted" : message.status,
    subresource_uris: {
      media: `${path}/Media.json`,
      ...(message.provideFeedback === true ? { feedback: `${path}/Feedback.json` } : {}),
    },
    to: message.to,
    uri: `${path}.json`,
  };
}

const MICROS = 1_000_000;
const MICROS_OF_LAST_DECIMAL = 10;

/** What was paid, as a negative decimal with five places, and a sixth where it has one: `-0.00750`. */
function viewPrice(micros: number): string {
  if (micros === 0) return "0.00000";
  return (-micros / MICROS).toFixed(micros % MICROS_OF_LAST_DECIMAL === 0 ? 5 : 6);
}

/** A medium of a message as the API shows it. */
export function viewMedium(medium: Medium & { readonly message: Readonly<Message> }): JsonObject {
  const { message } = medium;
  const date = rfc2822(message.createdMs);
  return {
    account_sid: message.accountSid,
    content_type: medium.contentType,
    date_created: date,
    date_updated: date,
    parent_sid: message.sid,
    sid: medium.sid,
    uri: `${messagePath(message)}/Media/${medium.sid}.json`,
  };
}

/** The feedback on a message as the API shows it. */
export function viewFeedback(message: Readonly<Message>): JsonObject {
  return {
    account_sid: message.accountSid,
    date_created: rfc2822(message.updatedMs),
    date_updated: rfc2822(message.updatedMs),
    message_sid: message.sid,
    outcome: message.feedback ?? "unconfirmed",
    uri: `${messagePath(message)}/Feedback.json`,
  };
}
