/** One entry of the table: the public number, how grave it is, and what the account reads. */
export interface TwimlErrorSpec {
  readonly code: number;
  readonly level: "error" | "warning";
  readonly text: string;
}

/** What can be wrong with the answer to a webhook, numbered as Twilio numbers it, in our own words. */
export const twimlErrors = {
  fetchFailed: { code: 11200, level: "error", text: "The webhook's server did not answer with success." },
  connectFailed: {
    code: 11205,
    level: "error",
    text: "No connection to the webhook's server could be made, or it did not answer in time.",
  },
  protocolViolation: {
    code: 11206,
    level: "error",
    text: "The webhook's server answered with something that is not HTTP.",
  },
  badHost: {
    code: 11210,
    level: "error",
    text: "The host name of the webhook cannot be resolved or may not be asked.",
  },
  tooManyRedirects: { code: 11215, level: "error", text: "The webhook was redirected too often." },
  tlsFailed: { code: 11220, level: "error", text: "The TLS handshake with the webhook's server failed." },
  certificateDomain: {
    code: 11235,
    level: "error",
    text: "The certificate of the webhook's server is for another name.",
  },
  certificatePath: {
    code: 11237,
    level: "error",
    text: "The certificate of the webhook's server is signed by nobody who is trusted.",
  },
  tooLarge: { code: 11750, level: "error", text: "The answer is longer than 64 KiB." },
  parseFailed: { code: 12100, level: "error", text: "The answer is no well-formed XML." },
  xmlVersion: { code: 12101, level: "error", text: "The answer declares an XML version that does not exist." },
  rootNotResponse: { code: 12102, level: "error", text: "The outermost element of the answer must be Response." },
  schema: {
    code: 12200,
    level: "warning",
    text: "The answer has an element or attribute that TwiML does not know; it is ignored.",
  },
  contentType: { code: 12300, level: "error", text: "The answer's Content-Type is none that can be used here." },
  toInvalid: { code: 14101, level: "warning", text: "The recipient of a reply is not a number that can be texted." },
  fromInvalid: { code: 14102, level: "warning", text: "The sender of a reply is not a usable number." },
  bodyInvalid: { code: 14103, level: "warning", text: "A reply has no text and no media, or its text is too long." },
  methodInvalid: { code: 14104, level: "warning", text: "A method must be GET or POST." },
  statusCallbackInvalid: { code: 14105, level: "warning", text: "A status callback is no valid http or https URL." },
  documentLimit: {
    code: 14106,
    level: "warning",
    text: "Too many documents were asked for in the handling of one message.",
  },
  rateLimit: { code: 14107, level: "error", text: "Replies are sent to one recipient faster than is allowed." },
  fromNotCapable: { code: 14108, level: "warning", text: "The sender of a reply cannot send texts." },
  replyLimit: {
    code: 14109,
    level: "warning",
    text: "The answer asks for more replies than are allowed; the rest are ignored.",
  },
  voiceVerb: { code: 14110, level: "warning", text: "The answer has a verb that is for calls only; it is ignored." },
} satisfies Record<string, TwimlErrorSpec>;
