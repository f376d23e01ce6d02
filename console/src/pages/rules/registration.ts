/** What a registry found wrong. */
export interface Problem {
  readonly error_code?: number;
  readonly description?: string;
}

/** An item of `a2p/BrandRegistrations`. */
export interface Brand {
  readonly sid: string;
  readonly brand_type: string;
  readonly status: string;
  readonly identity_status: string | null;
  readonly tcr_id: string | null;
  readonly brand_score: number | null;
  readonly failure_reason: string | null;
  readonly errors: readonly Problem[];
  readonly mock: boolean;
  readonly customer_profile_bundle_sid: string;
  readonly date_updated: string;
}

/** An item of `Compliance/Usa2p`. */
export interface Campaign {
  readonly sid: string;
  readonly brand_registration_sid: string;
  readonly messaging_service_sid: string;
  readonly description: string;
  readonly us_app_to_person_usecase: string;
  readonly campaign_status: string;
  readonly campaign_id: string | null;
  readonly message_samples: readonly string[];
  readonly errors: readonly Problem[];
  readonly rate_limits: {
    readonly att: { readonly mps: number; readonly msg_class: string };
    readonly tmobile: { readonly brand_tier: string };
  } | null;
  readonly date_updated: string;
}

/** An item of `Tollfree/Verifications`. */
export interface TollFree {
  readonly sid: string;
  readonly tollfree_phone_number: string;
  readonly business_name: string;
  readonly status: string;
  readonly rejection_reason: string | null;
  readonly edit_allowed: boolean | null;
  readonly date_updated: string;
}
