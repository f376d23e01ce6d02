import { AppError } from "../../../kernel/errors.ts";
import { iso8601 } from "../../../kernel/time.ts";
import { regionOf, timeZonesOf } from "../../../protocols/e164/index.ts";
import { nextAllowed, type CountryRule, type MarketingHours } from "../countries/index.ts";
import { ruleErrors } from "../errors.ts";
import type { Draft } from "../compliance.ts";
import { isMarketing } from "../marketing.ts";
import type { Rule } from "./rule.ts";

const DAY_MS = 86_400_000;

/**
 * Marketing is sent only at hours at which the recipient's country and state let it be sent, by
 * every time zone in which the number may be. Refused, or held until then, as the account has it.
 */
export const quietHours: Rule = {
  name: "quiet-hours",
  asked: "both",
  errors: [ruleErrors.quietHours],
  concerns: (country, { countries, quietHours: book }) =>
    countries.of(country).rule.marketingHours !== undefined || book.hasOwnHours,
  judge: (draft, world) => {
    // Who has just written is answered at any hour.
    if (!isMarketing(draft) || draft.confirms !== undefined || draft.direction === "outbound-reply") return undefined;
    const choice = world.quietHours.choice(draft.accountSid, draft.serviceSid);
    if (choice.action === "off") return undefined;
    const { rule } = world.countries.of(draft.country ?? "");
    const zones = timeZonesOf(draft.to);
    if (zones === undefined) return undefined;
    let moment = draft.atMs;
    for (const hours of [hoursOf(draft, rule), choice.hours]) {
      if (hours !== undefined) moment = bothAllow(hours, zones, moment, draft.atMs);
    }
    if (moment === draft.atMs) return undefined;
    if (choice.action === "hold") return { holdUntilMs: moment };
    const place = placeOf(draft, rule);
    return { refuse: new AppError(ruleErrors.quietHours, { place, next: iso8601(moment) }) };
  },
};

/** From `moment` on; a day after the message where no hour is found within two weeks, to be asked again then. */
function bothAllow(hours: MarketingHours, zones: readonly string[], moment: number, atMs: number): number {
  return nextAllowed(hours, zones, moment) ?? atMs + DAY_MS;
}

function hoursOf({ to }: Draft, { marketingHours, stateHours }: CountryRule): MarketingHours | undefined {
  const state = stateHours === undefined ? undefined : regionOf(to);
  return (state === undefined ? undefined : stateHours?.[state]) ?? marketingHours;
}

function placeOf({ to }: Draft, { country, stateHours }: CountryRule): string {
  const state = regionOf(to);
  return state !== undefined && stateHours?.[state] !== undefined ? `${country}-${state}` : country;
}
