import type { QuoteInput } from "./quote.ts";

type Message = Pick<QuoteInput, "channel" | "direction" | "senderKind">;

const LONG_CODES = { local: "longcode", mobile: "longcode", tollfree: "tollfree", shortcode: "shortcode" } as const;

function make(channel: Message["channel"], direction: Message["direction"], kind: Message["senderKind"]): string {
  const base = `${channel}-${direction}`;
  // An alphanumeric sender is no number, so it has no category below the direction.
  if (kind === "alphanumeric") return base;
  // Twilio spells this one category with a dash.
  if (base === "mms-inbound" && kind === "tollfree") return "mms-inbound-toll-free";
  return `${base}-${LONG_CODES[kind]}`;
}

const CATEGORIES = new Map<string, string>();
for (const channel of ["sms", "mms"] as const) {
  for (const direction of ["outbound", "inbound"] as const) {
    for (const kind of ["local", "mobile", "tollfree", "shortcode", "alphanumeric"] as const) {
      CATEGORIES.set(channel + direction + kind, make(channel, direction, kind));
    }
  }
}

/** The usage category of a message, as Twilio names it. */
export function categoryOf(
  channel: Message["channel"],
  direction: Message["direction"],
  kind: Message["senderKind"],
): string {
  return CATEGORIES.get(channel + direction + kind) ?? `${channel}-${direction}`;
}
