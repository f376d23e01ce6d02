import type { Stored } from "./record-store.ts";
import type { FilingError, TollFreeStanding } from "./registry.ts";

/** The texts and lists of a verification, by their names in the API's answers. */
export type TollFreeFields = Readonly<Record<string, string | boolean | readonly string[] | null>>;

/** What is stored of a verification. */
export interface TollFreeContent {
  readonly numberSid: string;
  readonly number: string;
  readonly customerProfileSid: string | null;
  readonly externalReferenceId: string | null;
  readonly fields: TollFreeFields;
  readonly status: TollFreeStanding["status"];
  readonly errors: readonly FilingError[];
  readonly isEditAllowed: boolean | null;
  readonly editExpiresMs: number | null;
  readonly editReason: string | null;
  readonly filings: number;
  readonly filingId: string;
}

/** A toll-free number and what it is used for, as carriers want to know it (`HH…`). */
export type TollFreeVerification = Stored<TollFreeContent>;

export const MAX_VERIFICATIONS_PER_ACCOUNT = 5_000;
/** How long what was rejected may be edited (Twilio error 30437). */
export const EDIT_WINDOW_MS = 7 * 86_400_000;

/** The verification after what the registry says. */
export function verificationAfter(
  verification: TollFreeContent,
  standing: TollFreeStanding,
  atMs: number,
): TollFreeContent {
  const { status, errors = [] } = standing;
  const isRejected = status === "TWILIO_REJECTED";
  const isEditAllowed = isRejected ? (standing.isEditAllowed ?? true) : null;
  return {
    ...verification,
    status,
    errors,
    isEditAllowed,
    editExpiresMs: isEditAllowed === true ? atMs + EDIT_WINDOW_MS : null,
  };
}
