/** What other modules ask of customer profiles, trust products and bundles. */

/** A dossier that was reviewed: a customer profile or trust product (`BU…`) of Trust Hub, or a regulatory bundle. */
export interface Profile {
  readonly sid: string;
  readonly accountSid: string;
  readonly policySid: string;
  readonly status: "draft" | "pending-review" | "in-review" | "twilio-rejected" | "twilio-approved";
  /** Attributes of its end users and documents, by the type of the item: `customer_profile_business_information` … */
  readonly attributes: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** What a regulatory bundle is good for. */
export interface BundleStanding {
  /** `twilio-approved` ones count. */
  readonly status: string;
  readonly isoCountry: string;
  /** `local`, `mobile`, `national`, `toll-free` … */
  readonly numberType: string;
}

export interface Profiles {
  /** A dossier of this account; `undefined` where there is none. */
  profile(accountSid: string, sid: string): Promise<Profile | undefined>;
}

/** Bundles as numbers ask for them. */
export interface Bundles {
  /** A regulatory bundle of this account; `undefined` where there is none. */
  bundle(accountSid: string, sid: string): Promise<BundleStanding | undefined>;
}
