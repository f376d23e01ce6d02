import type { Stored } from "./record-store.ts";
import type { VettingFiling, VettingStanding } from "./registry.ts";

/** What is stored of a vetting. */
export interface VettingContent {
  readonly brandSid: string;
  readonly vetter: VettingFiling["vetter"];
  readonly vettingId: string | null;
  readonly status: VettingStanding["status"];
  readonly filingId: string;
}

/** A vetting of a brand by a third party (`VT…`). */
export type Vetting = Stored<VettingContent>;

export const MAX_VETTINGS_PER_BRAND = 100;
export const VETTERS = ["campaign-verify", "aegis"] as const;

/** A token of Campaign Verify, as their documents show it: `cv|1.0|tcr|10dlc|…`. */
const TOKEN = /^cv\|\d+\.\d+\|tcr\|10dlc\|[^|\s]{8,64}\|[^|\s]{8,256}$/;

export const isCampaignVerifyToken = (text: string): boolean => TOKEN.test(text);

/** Aegis vets businesses for a score, Campaign Verify political organizations. */
export const vettingClassOf = ({ vetter }: VettingContent): "POLITICAL" | "STANDARD" =>
  vetter === "campaign-verify" ? "POLITICAL" : "STANDARD";
