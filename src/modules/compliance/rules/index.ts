/** The rules in the order in which they are asked: one file and one line each. */
import { alphanumericSender } from "./alphanumeric-sender.ts";
import { bannedWords } from "./banned-words.ts";
import { dltRegistry } from "./dlt-registry.ts";
import { doNotCall } from "./do-not-call.ts";
import { flashMessage } from "./flash-message.ts";
import { geoPermission } from "./geo-permission.ts";
import { numericSender } from "./numeric-sender.ts";
import { optOut } from "./opt-out.ts";
import { premiumDestination } from "./premium-destination.ts";
import { publicShortener } from "./public-shortener.ts";
import { quietHours } from "./quiet-hours.ts";
import { registration } from "./registration.ts";
import type { Rule } from "./rule.ts";
import { spam } from "./spam.ts";
import { stopMention } from "./stop-mention.ts";

export type { Rule, RuleAnswer, RuleWorld } from "./rule.ts";
export { PREMIUM_PREFIXES } from "./premium-destination.ts";

export const rules: readonly Rule[] = [
  optOut,
  geoPermission,
  premiumDestination,
  alphanumericSender,
  numericSender,
  registration,
  dltRegistry,
  flashMessage,
  quietHours,
  doNotCall,
  publicShortener,
  bannedWords,
  stopMention,
  spam,
];
