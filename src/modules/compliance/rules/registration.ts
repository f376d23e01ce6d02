import { AppError, type ErrorSpec } from "../../../kernel/errors.ts";
import type { RegistrationGap } from "../../a2p/index.ts";
import { ruleErrors } from "../errors.ts";
import type { Rule } from "./rule.ts";

const GAPS: Readonly<Record<RegistrationGap, ErrorSpec>> = {
  unregistered: ruleErrors.unregistered,
  "campaign-pending": ruleErrors.campaignPending,
  "campaign-suspended": ruleErrors.campaignSuspended,
  "toll-free-unverified": ruleErrors.tollFreeUnverified,
  "toll-free-rejected": ruleErrors.tollFreeRejected,
};

/** Recipients whose carriers ask for A2P 10DLC campaigns: the United States with its territories. */
const COUNTRIES = new Set(["US", "PR", "VI", "GU", "AS", "MP"]);
/** Canada blocks toll-free numbers that are not verified. */
const TOLL_FREE_COUNTRIES = new Set([...COUNTRIES, "CA"]);

/** A number that texts to the United States has a campaign; a toll-free number is verified. */
export const registration: Rule = {
  name: "registration",
  asked: "both",
  errors: [...new Set(Object.values(GAPS))],
  concerns: (country, { registrations }) => registrations !== undefined && TOLL_FREE_COUNTRIES.has(country),
  judge: ({ accountSid, serviceSid, from, senderKind, country = "" }, { registrations }) => {
    if (senderKind === "alphanumeric" || senderKind === "shortcode") return undefined;
    if (senderKind !== "tollfree" && !COUNTRIES.has(country)) return undefined;
    const gap = registrations?.gap({ accountSid, from, serviceSid });
    return gap === undefined ? undefined : { refuse: new AppError(GAPS[gap], { from }) };
  },
};
