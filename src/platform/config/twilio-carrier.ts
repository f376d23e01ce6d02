/** What the file can say about a carrier that is an account of a Twilio-compatible platform. */
import { httpPeerFields } from "./http-peer-settings.ts";
import type { SettingsOf } from "./schema.ts";
import { defineSettings, optional, required, setting } from "./schema.ts";
import { oneOf, record, text, url } from "./value-types.ts";

const secretText = text({
  expected: "16 to 128 visible ASCII characters",
  maxLength: 128,
  pattern: /^[\x21-\x7e]{16,}$/,
});

const sidOf = (prefix: string) =>
  text({
    expected: `${prefix} and 32 hexadecimal digits`,
    maxLength: 34,
    pattern: new RegExp(`^${prefix}[0-9a-fA-F]{32}$`),
  });

/** The keys of a carrier with `type: twilio`, beside those that every carrier has. */
export const twilioCarrierType = defineSettings({
  baseUrl: setting(url(["http", "https"], "an http or https URL"), {
    default: "https://api.twilio.com",
    group: "Connection",
    description: "Where its API is.",
  }),
  accountSid: required(sidOf("AC"), { group: "Connection", description: "The account." }),
  authToken: required(secretText, {
    group: "Connection",
    description: "The account's auth token. Its callbacks are signed with it, also where an API key is given.",
    secret: true,
  }),
  apiKey: optional(
    record({
      sid: required(sidOf("SK"), { description: "The SID of the key." }),
      secret: required(secretText, { description: "Its secret.", secret: true }),
    }),
    { group: "Connection", description: "A key to make requests with. Without it, the auth token does." },
  ),
  messagingServiceSid: optional(sidOf("MG"), {
    group: "Sender",
    description: "A Messaging Service there that chooses the sender. Without it, the message's own `From` is sent.",
  }),
  from: optional(text({ expected: "a sender of at most 20 characters", maxLength: 20, pattern: /^[\x20-\x7e]+$/ }), {
    group: "Sender",
    description: "The sender of every message, in place of the message's own.",
  }),
  receipts: setting(oneOf("callback", "none"), {
    default: "callback",
    group: "Receipts",
    description: "Whether status callbacks are asked for. They need a public URL that the other side reaches.",
  }),
  ...httpPeerFields,
});

/** The settings of a Twilio carrier, complete, without those that every carrier has. */
export type TwilioCarrierSettings = SettingsOf<typeof twilioCarrierType>;
