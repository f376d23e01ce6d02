import type { JsonObject } from "../../../platform/http/index.ts";

/** How far the port of one number is. */
export type PortInNumberStatus =
  | "waiting-for-signature"
  | "submitted"
  | "pending"
  | "completed"
  | "rejected"
  | "expired"
  | "canceled"
  | "not-portable";

/** As the API writes the state of a whole request. */
export type PortInStatus =
  | "Waiting for Signature"
  | "In progress"
  | "Action Required"
  | "Completed"
  | "Expired"
  | "Canceled";

/** A number that is to come from another operator. */
export interface PortInNumber {
  /** `PU…` */
  readonly sid: string;
  readonly requestSid: string;
  /** The account that gets it. */
  readonly accountSid: string;
  readonly number: string;
  readonly kind: "LOCAL" | "MOBILE" | "TOLL-FREE" | "UNKNOWN";
  readonly country: string | null;
  /** What the losing carrier asks for; empty where there is none. */
  readonly pin: string;
  readonly portable: boolean;
  readonly notPortableCode: number | null;
  readonly status: PortInNumberStatus;
  readonly rejectionCode: string;
  /** When it comes, once that is confirmed. */
  readonly portAtMs: number | undefined;
  readonly createdMs: number;
  readonly updatedMs: number;
}

/** Numbers that an account brings along from one other operator. */
export interface PortInRequest {
  /** `KW…` */
  readonly sid: string;
  /** The account that gets the numbers. */
  readonly accountSid: string;
  /** The account that asked. */
  readonly ownerSid: string;
  readonly status: PortInStatus;
  readonly statusMs: number;
  readonly cancellationReason: string;
  /** What the request said, as it is shown: who the customer is, documents, dates. */
  readonly content: JsonObject;
  readonly ticket: number;
  readonly createdMs: number;
  readonly numbers: readonly PortInNumber[];
}

export const MAX_NUMBERS_PER_REQUEST = 1_000;
export const MAX_REQUESTS_PER_ACCOUNT = 10_000;

/** The last moment at which a port can be called off: then the losing carrier has confirmed it. */
const CANCELABLE: ReadonlySet<PortInNumberStatus> = new Set([
  "waiting-for-signature",
  "submitted",
  "pending",
  "rejected",
  "not-portable",
]);

export function isCancelable(status: PortInNumberStatus): boolean {
  return CANCELABLE.has(status);
}

/** The state of a request, which follows from those of its numbers. */
export function statusOfRequest(numbers: readonly Pick<PortInNumber, "status">[]): PortInStatus {
  const has = (status: PortInNumberStatus): boolean => numbers.some((number) => number.status === status);
  if (has("rejected") || has("not-portable")) return "Action Required";
  if (has("waiting-for-signature")) return "Waiting for Signature";
  if (has("submitted") || has("pending")) return "In progress";
  if (has("completed")) return "Completed";
  return has("expired") ? "Expired" : "Canceled";
}

/** The words of the codes that say why a number cannot be ported; the codes are Twilio's. */
export const NOT_PORTABLE: Readonly<Record<number, string>> = {
  22130: "UNSUPPORTED",
  22131: "ALREADY_IN_THE_TARGET_ACCOUNT",
  22132: "ALREADY_IN_TWILIO_DIFFERENT_OWNER",
  22133: "MANUAL_PORTING_AVAILABLE",
};

/** Why a losing carrier refuses. */
export const REJECTIONS: Readonly<Record<string, string>> = {
  "ALREADY-HERE": "The number is in this inventory already.",
  "PIN-MISMATCH": "The PIN is missing or is not the one that the losing carrier has.",
  "NAME-MISMATCH": "The customer's name is not the one that the losing carrier has.",
  "ACCOUNT-NUMBER-MISMATCH": "The account number is not the one that the losing carrier has.",
};
