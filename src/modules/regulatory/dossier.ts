import type { DossierKind, ItemKind, Product } from "./rule.ts";

export const STATUSES = ["draft", "pending-review", "in-review", "twilio-rejected", "twilio-approved"] as const;
export type DossierStatus = (typeof STATUSES)[number];

/** What a reviewer found wrong. */
export interface DossierError {
  readonly code: number;
  readonly message: string;
}

/** A customer profile, trust product or regulatory bundle (`BU…`). */
export interface Dossier {
  readonly sid: string;
  readonly accountSid: string;
  readonly kind: DossierKind;
  /** The policy or regulation (`RN…`). */
  readonly ruleSid: string;
  readonly friendlyName: string;
  readonly email: string;
  readonly statusCallback: string | null;
  readonly status: DossierStatus;
  readonly validUntilMs: number | null;
  readonly failureReason: string | null;
  readonly errors: readonly DossierError[];
  /** Rejected whatever it says. */
  readonly isTest: boolean;
  /** The bundle that it is a copy of. */
  readonly copyOf: string | null;
  /** When the reviewer looks at it again; `null` for never. */
  readonly dueMs: number | null;
  readonly revision: number;
  readonly createdMs: number;
  readonly updatedMs: number;
}

/** What changes of a dossier. */
export type DossierChange = Partial<
  Pick<
    Dossier,
    | "friendlyName"
    | "email"
    | "statusCallback"
    | "status"
    | "validUntilMs"
    | "failureReason"
    | "errors"
    | "dueMs"
    | "copyOf"
  >
>;

const DOCUMENT_STATUSES = ["draft", "pending-review", "rejected", "approved", "expired"] as const;
export type DocumentStatus = (typeof DOCUMENT_STATUSES)[number];

/** What an end user or a document says. */
export type Attributes = Readonly<Record<string, unknown>>;

/** An end user (`IT…`) or supporting document (`RD…`). End users stay in `draft`, which they do not show. */
export interface Item {
  readonly sid: string;
  readonly accountSid: string;
  readonly kind: ItemKind;
  readonly product: Product;
  readonly type: string;
  readonly friendlyName: string;
  readonly attributes: Attributes;
  readonly status: DocumentStatus;
  readonly failureReason: string | null;
  readonly errors: readonly DossierError[];
  readonly createdMs: number;
  readonly updatedMs: number;
}

/** Something that was put into a dossier (`BV…`), or a number or code that it stands for (`RA…`). */
export interface Assignment {
  readonly sid: string;
  readonly accountSid: string;
  readonly dossierSid: string;
  readonly objectSid: string;
  /** What the object is: the machine name of an item's type, a profile's kind, or the kind of an endpoint. */
  readonly objectType: string;
  readonly createdMs: number;
}

/** What an account may set a dossier to, from where it stands. */
const TRANSITIONS: Readonly<Record<DossierStatus, readonly string[]>> = {
  draft: ["pending-review"],
  "pending-review": ["draft"],
  "in-review": [],
  "twilio-rejected": ["draft", "pending-review"],
  "twilio-approved": [],
};

/** Whether an account may set this status now. */
export function maySet(from: DossierStatus, to: string): to is "draft" | "pending-review" {
  return TRANSITIONS[from].includes(to);
}

/** Whether items may be put in and taken out, and what they say may be changed. */
export function isOpen(status: DossierStatus): boolean {
  return status === "draft" || status === "twilio-rejected";
}

/** Whether a reviewer has it. */
export function isUnderReview(status: DossierStatus): boolean {
  return status === "pending-review" || status === "in-review";
}

/** The status of a document whose dossier has come to this status. */
export function documentStatusAt(status: DossierStatus): DocumentStatus {
  if (status === "draft") return "draft";
  if (status === "twilio-approved") return "approved";
  return status === "twilio-rejected" ? "rejected" : "pending-review";
}

/** Most dossiers of one kind that an account may have. */
export const MAX_DOSSIERS = 10_000;
/** Most end users, and most documents, that an account may have. */
export const MAX_ITEMS = 50_000;
/** Most items and profiles in one dossier. */
export const MAX_ASSIGNMENTS = 50;
/** Most numbers that one dossier may stand for. */
export const MAX_ENDPOINTS = 10_000;
/** Evaluations that are kept of one dossier; older ones are forgotten. */
export const MAX_EVALUATIONS = 100;
