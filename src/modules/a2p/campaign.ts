import type { Stored } from "./record-store.ts";
import type { CampaignStanding, FilingError } from "./registry.ts";

/** What a customer says of a campaign. */
export interface CampaignText {
  readonly description: string;
  readonly messageFlow: string;
  readonly samples: readonly string[];
  readonly hasLinks: boolean;
  readonly hasPhone: boolean;
  readonly ageGated: boolean;
  readonly directLending: boolean;
  readonly privacyPolicyUrl: string | null;
  readonly termsUrl: string | null;
}

/** What is stored of a campaign. */
export interface CampaignContent extends CampaignText {
  /** Absent for one that was registered elsewhere. */
  readonly brandSid: string | null;
  readonly serviceSid: string;
  readonly usecase: string;
  readonly subscriberOptIn: boolean;
  readonly optInMessage: string | null;
  readonly optOutMessage: string | null;
  readonly helpMessage: string | null;
  readonly optInKeywords: readonly string[];
  readonly optOutKeywords: readonly string[];
  readonly helpKeywords: readonly string[];
  readonly isMock: boolean;
  readonly isExternal: boolean;
  readonly status: CampaignStanding["status"];
  readonly campaignId: string | null;
  readonly external: NonNullable<CampaignStanding["external"]> | null;
  readonly errors: readonly FilingError[];
  /** Filings so far, so that each has a name of its own. */
  readonly filings: number;
  readonly filingId: string;
}

/** What a Messaging Service sends, for whom and how people agreed to it (`QE…`). */
export type Campaign = Stored<CampaignContent>;

export const MAX_CAMPAIGNS_PER_ACCOUNT = 5_000;

/** The campaign after what the registry says. What it does not say stays. */
export function campaignAfter(campaign: CampaignContent, standing: CampaignStanding): CampaignContent {
  const { status, errors = [] } = standing;
  return {
    ...campaign,
    status,
    errors,
    campaignId: standing.campaignId ?? campaign.campaignId,
    external: standing.external ?? campaign.external,
    usecase: standing.external?.usecase ?? campaign.usecase,
  };
}
