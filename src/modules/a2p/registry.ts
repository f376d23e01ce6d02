/**
 * The registry that campaigns are registered with, as this module needs it. The simulated one
 * is the default; one for a real registry implements the same two calls.
 */

/** A problem with what was filed. Codes as Twilio numbers them. */
export interface FilingError {
  readonly code: number;
  readonly description: string;
  /** Which fields are concerned, as the API names them. */
  readonly fields: readonly string[];
}

/** A business, as it is filed. */
export interface BrandFiling {
  readonly kind: "brand";
  readonly brandType: "STANDARD" | "SOLE_PROPRIETOR";
  readonly isMock: boolean;
  /** Without secondary vetting there is no score. */
  readonly skipVetting: boolean;
  /** What its profiles in Trust Hub say, by the type of the item. */
  readonly attributes: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** A vetting that somebody else did or shall do. */
export interface VettingFiling {
  readonly kind: "vetting";
  readonly brandId: string;
  readonly vetter: "campaign-verify" | "aegis";
  /** The token of a vetting that is imported. */
  readonly vettingId: string | null;
}

/** A sole proprietor is to be asked once more to confirm. */
export interface OtpFiling {
  readonly kind: "otp";
  readonly brandId: string;
}

/** A campaign of a brand. */
export interface CampaignFiling {
  readonly kind: "campaign";
  readonly brandId: string;
  readonly isBrandVerified: boolean;
  readonly isMock: boolean;
  readonly usecase: string;
  readonly description: string;
  readonly messageFlow: string;
  readonly samples: readonly string[];
  readonly hasLinks: boolean;
  readonly hasPhone: boolean;
  readonly content: Readonly<Record<string, unknown>>;
}

/** A campaign that was registered elsewhere and is shared with this system. */
export interface ExternalCampaignFiling {
  readonly kind: "external-campaign";
  readonly campaignId: string;
  readonly isMigration: boolean;
}

/** A campaign ends. */
export interface CampaignRemoval {
  readonly kind: "campaign-removal";
  /** The registry's name for it; `null` where it had not decided yet. */
  readonly campaignId: string | null;
  /** The filing that asked for the campaign. */
  readonly filingId: string;
}

/** A toll-free number and how it is used. */
export interface TollFreeFiling {
  readonly kind: "toll-free";
  readonly number: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

export type FilingBody =
  | BrandFiling
  | VettingFiling
  | OtpFiling
  | CampaignFiling
  | ExternalCampaignFiling
  | CampaignRemoval
  | TollFreeFiling;

/** One thing that the registry is asked to decide. */
export interface Filing {
  /** Unique for ever; the same when it is handed over once more because nobody knows whether it arrived. */
  readonly id: string;
  readonly accountSid: string;
  readonly body: FilingBody;
}

/** Where a brand stands. */
export interface BrandStanding {
  readonly kind: "brand";
  readonly status:
    | "PENDING"
    | "IN_REVIEW"
    | "APPROVED"
    | "FAILED"
    | "SUSPENDED"
    | "DELETION_PENDING"
    | "DELETION_FAILED";
  /** The registry's own name for it, once it has one. */
  readonly brandId?: string;
  readonly identityStatus?: "SELF_DECLARED" | "UNVERIFIED" | "VERIFIED" | "VETTED_VERIFIED";
  readonly score?: number;
  readonly russell3000?: boolean;
  readonly governmentEntity?: boolean;
  readonly taxExemptStatus?: string;
  readonly errors?: readonly FilingError[];
}

export interface VettingStanding {
  readonly kind: "vetting";
  readonly status: "PENDING" | "SUCCESS" | "FAILED";
  readonly vettingId?: string;
  readonly score?: number;
}

export interface OtpStanding {
  readonly kind: "otp";
  readonly status: "SENT" | "CONFIRMED" | "EXPIRED";
}

export interface CampaignStanding {
  readonly kind: "campaign";
  readonly status: "PENDING" | "IN_PROGRESS" | "VERIFIED" | "FAILED" | "SUSPENDED";
  readonly campaignId?: string;
  /** What the registry knows of a campaign that was registered elsewhere. */
  readonly external?: { readonly usecase: string; readonly score?: number; readonly brandId: string };
  readonly errors?: readonly FilingError[];
}

export interface RemovalStanding {
  readonly kind: "campaign-removal";
  readonly status: "DONE";
}

export interface TollFreeStanding {
  readonly kind: "toll-free";
  readonly status: "PENDING_REVIEW" | "IN_REVIEW" | "TWILIO_APPROVED" | "TWILIO_REJECTED";
  readonly errors?: readonly FilingError[];
  /** Whether what was rejected may be edited and submitted again. */
  readonly isEditAllowed?: boolean;
}

export type StandingBody =
  | BrandStanding
  | VettingStanding
  | OtpStanding
  | CampaignStanding
  | RemovalStanding
  | TollFreeStanding;

/** Where something that was filed stands now. */
export interface RegistryStanding {
  /** What {@link CampaignRegistry.file} gave. */
  readonly ref: string;
  /** Grows with every change. */
  readonly sequence: number;
  /** Nothing changes any more. */
  readonly isFinal: boolean;
  readonly body: StandingBody;
}

/** The most references one call of {@link CampaignRegistry.standings} is asked about. */
export const MAX_REFS = 100;

/** A registry of brands, campaigns and toll-free numbers. */
export interface CampaignRegistry {
  readonly name: string;
  /**
   * Files something, once for each `id` however often it is called: a caller that crashed calls
   * again with the same. Resolves to the registry's reference. Rejects when it cannot be said
   * whether it was filed; a refusal of what is filed is a standing, not a rejection.
   */
  file(filing: Filing): Promise<{ readonly ref: string }>;
  /** Where things stand. References it does not know are left out. At most {@link MAX_REFS}. */
  standings(refs: readonly string[]): Promise<readonly RegistryStanding[]>;
  /** Calls `listener` when something changed, where the registry tells (webhooks); without it standings are asked for from time to time. */
  onChange?(listener: (ref: string) => void): () => void;
}
