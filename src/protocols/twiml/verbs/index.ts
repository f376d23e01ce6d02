/** The registry of verbs: a new one is a sibling file and a line here. */
import { readMessage, type MessageVerb } from "./message.ts";
import { readRedirect, type RedirectVerb } from "./redirect.ts";
import type { VerbReader } from "./verb.ts";

export type { MessageVerb } from "./message.ts";
export type { RedirectVerb } from "./redirect.ts";
export type { VerbReader } from "./verb.ts";

/** A verb that may stand in the answer to a message. */
export type MessagingVerb = MessageVerb | RedirectVerb;

/** The verbs of answers to messages, by element. `Sms` is what `Message` was called first. */
export const messagingVerbs: ReadonlyMap<string, VerbReader<MessagingVerb>> = new Map<
  string,
  VerbReader<MessagingVerb>
>([
  ["Message", readMessage],
  ["Sms", readMessage],
  ["Redirect", readRedirect],
]);

/** Elements that are verbs of calls alone. */
export const voiceOnlyVerbs: ReadonlySet<string> = new Set([
  "Connect",
  "Dial",
  "Echo",
  "Enqueue",
  "Gather",
  "Hangup",
  "Leave",
  "Pause",
  "Pay",
  "Play",
  "Prompt",
  "Queue",
  "Record",
  "Refer",
  "Reject",
  "Say",
  "Siprec",
  "Start",
  "Stop",
  "Stream",
]);
