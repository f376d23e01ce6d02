/** What the file can say about a carrier that leads nowhere, for load tests. */
import type { SettingsOf } from "./schema.ts";
import { defineSettings, optional, setting } from "./schema.ts";
import { integer, oneOf } from "./value-types.ts";

/** The keys of a carrier with `type: null`, beside those that every carrier has. */
export const nullCarrierType = defineSettings({
  latencyMs: setting(integer(0, 600_000), {
    default: 20,
    group: "Traffic",
    description: "How long a submission takes.",
  }),
  messagesPerSecond: optional(integer(1, 1_000_000), {
    group: "Traffic",
    description: "Submissions a second. Without it, as fast as the window allows.",
  }),
  window: setting(integer(1, 100_000), {
    default: 1_000,
    group: "Traffic",
    description: "How many submissions may be under way.",
  }),
  texts: setting(oneOf("whole", "parts"), {
    default: "parts",
    group: "Texts",
    description: "Whether a long text is one submission or as many as it has parts.",
  }),
  refusedPercent: setting(integer(0, 100), {
    default: 0,
    group: "Faults",
    description: "How many submissions of a hundred are refused.",
  }),
  refusal: setting(oneOf("throttle", "later", "other-route", "permanent"), {
    default: "later",
    group: "Faults",
    description: "How they are refused.",
  }),
  receipts: setting(oneOf("delivered", "none"), {
    default: "delivered",
    group: "Receipts",
    description: "Whether receipts are given.",
  }),
  receiptDelayMs: setting(integer(0, 3_600_000), {
    default: 100,
    group: "Receipts",
    description: "How long after the submission the receipt comes.",
  }),
  failedPercent: setting(integer(0, 100), {
    default: 0,
    group: "Faults",
    description: "How many receipts of a hundred say that it was not delivered.",
  }),
  seed: setting(integer(0, 4_294_967_295), {
    default: 1,
    group: "Faults",
    description: "Decides which ones; the same, the same ones.",
  }),
});

/** The settings of a null carrier, complete, without those that every carrier has. */
export type NullCarrierSettings = SettingsOf<typeof nullCarrierType>;
