import type { BrandStanding, FilingError } from "./registry.ts";
import type { Stored } from "./record-store.ts";

/** What is stored of a brand. */
export interface BrandContent {
  readonly customerProfileSid: string;
  readonly a2pProfileSid: string;
  readonly brandType: "STANDARD" | "SOLE_PROPRIETOR";
  readonly isMock: boolean;
  readonly skipVetting: boolean;
  readonly status: BrandStanding["status"];
  readonly identityStatus: NonNullable<BrandStanding["identityStatus"]> | null;
  readonly tcrId: string | null;
  readonly score: number | null;
  readonly russell3000: boolean | null;
  readonly governmentEntity: boolean | null;
  readonly taxExemptStatus: string | null;
  readonly errors: readonly FilingError[];
  /** What the brand is to T-Mobile, however many accounts register it: made of its tax number; absent without one. */
  readonly taxKey?: string;
  /** Updates since it was created. */
  readonly updates: number;
  /** The filing that decides it; what older ones bring is too late. */
  readonly filingId: string;
}

/** A business that sends (`BN…`). */
export type Brand = Stored<BrandContent>;

/** Updates that a failed brand may have. */
export const MAX_BRAND_UPDATES = 3;
export const MAX_BRANDS_PER_ACCOUNT = 1_000;

/** The brand after what the registry says. What it does not say stays. */
export function brandAfter(brand: BrandContent, standing: BrandStanding): BrandContent {
  const { status, errors = [] } = standing;
  return {
    ...brand,
    status,
    errors,
    identityStatus: standing.identityStatus ?? brand.identityStatus,
    tcrId: standing.brandId ?? brand.tcrId,
    score: standing.score ?? brand.score,
    russell3000: standing.russell3000 ?? brand.russell3000,
    governmentEntity: standing.governmentEntity ?? brand.governmentEntity,
    taxExemptStatus: standing.taxExemptStatus ?? brand.taxExemptStatus,
  };
}

/** Which part of the registration an error is about, as the API named it before there were errors. */
export function feedbackOf(errors: readonly FilingError[]): string[] {
  const fields = new Set(errors.flatMap((error) => error.fields));
  const feedback = new Set<string>();
  if (fields.has("tax_id")) feedback.add("TAX_ID");
  if (fields.has("stock_symbol")) feedback.add("STOCK_SYMBOL");
  if (fields.has("tax_exempt_status")) feedback.add("NONPROFIT");
  if (fields.has("government_entity")) feedback.add("GOVERNMENT_ENTITY");
  return feedback.size > 0 || errors.length === 0 ? [...feedback] : ["OTHERS"];
}
