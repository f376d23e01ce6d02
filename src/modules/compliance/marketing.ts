import type { Draft } from "./compliance.ts";

/** `MessageIntent`s of which Twilio says that they are not essential, so that quiet hours and do-not-call lists hold. */
const NOT_ESSENTIAL = new Set(["marketing", "events", "education", "polling", "announcements"]);

/** Whether a message is marketing: by what its sender says it is for, else by its traffic class. */
export function isMarketing({ intent, trafficClass }: Pick<Draft, "intent" | "trafficClass">): boolean {
  return intent === undefined ? trafficClass === "marketing" : NOT_ESSENTIAL.has(intent);
}
