/** What the file can say about every carrier that is reached by requests over HTTP. */
import type { SettingsOf } from "./schema.ts";
import { defineSettings, optional, setting } from "./schema.ts";
import { boolean, integer, url } from "./value-types.ts";

/** The keys that such carriers share. */
export const httpPeerFields = defineSettings({
  callbackBaseUrl: optional(url(["http", "https"], "an http or https URL"), {
    group: "Receipts",
    description: "The base of the URLs that it calls, as it sees them. Without it, this platform's public URL.",
  }),
  messagesPerSecond: optional(integer(1, 100_000), {
    group: "Traffic",
    description: "Submissions a second. Without it, as fast as `maxInFlight` allows.",
  }),
  maxInFlight: setting(integer(1, 1000), {
    default: 20,
    group: "Traffic",
    description: "How many requests may be under way.",
  }),
  connectTimeoutMs: setting(integer(100, 60_000), {
    default: 5_000,
    group: "Traffic",
    description: "How long finding and connecting to the server may take.",
  }),
  responseTimeoutMs: setting(integer(100, 600_000), {
    default: 30_000,
    group: "Traffic",
    description: "How long a request waits for its answer. After that its outcome is unknown.",
  }),
  tlsVerify: setting(boolean(), {
    default: true,
    group: "Connection",
    description: "Whether the certificate of an https server is checked. Off only on a private line.",
  }),
});

/** The shared settings, complete. */
export type HttpPeerSettings = SettingsOf<typeof httpPeerFields>;
