import { rfc2822 } from "../../kernel/time.ts";
import type { JsonObject } from "../../platform/http/index.ts";
import { twimlErrors } from "../../protocols/twiml/index.ts";
import { messageErrors } from "./errors.ts";
import type { Medium, Message } from "./message.ts";

const VERSION = "2010-04-01";

/** Public texts by code, for `error_message`. */
const ERROR_MESSAGES = new Map([
  ...Object.values(twimlErrors).map(({ code, text }) => [code, text] as const),
  ...Object.values(messageErrors).map(({ code, message }) => [code, message] as const),
]);

/** Where a message is found, relative to the API's host, without extension. */
export function messagePath(message: Pick<Message, "accountSid" | "sid">): string {
  return `/${VERSION}/Accounts/${message.accountSid}/Messages/${message.sid}`;
}

/** A message as the API shows it. Numbers are text where Twilio writes them so. */
export function viewMessage(message: Readonly<Message>): JsonObject {
  const path = messagePath(message);
  return {
    account_sid: message.accountSid,
    api_version: VERSION,
    body: message.body,
    date_created: rfc2822(message.createdMs),
    date_sent: message.sentMs === undefined ? null : rfc2822(message.sentMs),
    date_updated: rfc2822(message.updatedMs),
    direction: message.direction,
    error_code: message.errorCode ?? null,
    error_message: message.errorCode === undefined ? null : (ERROR_MESSAGES.get(message.errorCode) ?? null),
    from: message.from,
    messaging_service_sid: null,
    num_media: String(message.media?.length ?? message.mediaUrls?.length ?? 0),
    num_segments: String(message.segments),
    price: null,
    price_unit: "USD",
    sid: message.sid,
    status: message.status,
    subresource_uris: {
      media: `${path}/Media.json`,
      ...(message.provideFeedback === true ? { feedback: `${path}/Feedback.json` } : {}),
    },
    to: message.to,
    uri: `${path}.json`,
  };
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
