/** What a campaign is for. */
export interface Usecase {
  readonly code: string;
  readonly name: string;
  readonly description: string;
  /** Carriers look at such campaigns again after the registry has approved them. */
  readonly postApproval: boolean;
  /** How throughput is assigned: a declared purpose, several mixed ones, or a class of its own. */
  readonly kind: "declared" | "mixed" | "low-volume" | "sole-proprietor" | "special";
  /** AT&T's message class of special purposes. */
  readonly messageClass?: string;
}

const declared = (code: string, name: string, description: string, postApproval = false): Usecase => ({
  code,
  name,
  description,
  postApproval,
  kind: "declared",
});

const special = (messageClass: string, usecase: Usecase): Usecase => ({ ...usecase, kind: "special", messageClass });

/**
 * The purposes a campaign may have. Codes, names and which need post-approval: example of
 * FetchUsAppToPersonUsecase in Twilio's API description; classes: see throughput-tables.ts.
 */
export const USECASES: readonly Usecase[] = [
  declared("2FA", "Two-Factor authentication (2FA)", "One-time passwords, confirmations of sign-ins and resets"),
  declared("ACCOUNT_NOTIFICATION", "Account Notification", "Reminders and notices about a customer's account"),
  special(
    "N",
    declared(
      "AGENTS_FRANCHISES",
      "Agents and Franchises",
      "Brands with many agents or branches, each with numbers of its own",
      true,
    ),
  ),
  special("P", declared("CHARITY", "Charity", "Registered charities, without religious organizations")),
  special("G", declared("PROXY", "Proxy", "Conversations between two people through a number that hides theirs", true)),
  declared("CUSTOMER_CARE", "Customer Care", "Support and account management"),
  declared("DELIVERY_NOTIFICATION", "Delivery Notification", "Where a delivery is"),
  special("X", declared("EMERGENCY", "Emergency", "Public safety and health in emergencies", true)),
  declared("FRAUD_ALERT", "Fraud Alert Messaging", "Warnings of possible fraud"),
  declared("HIGHER_EDUCATION", "Higher Education", "Colleges, universities and school districts"),
  declared("K12_EDUCATION", "K-12 Education", "Platforms for schools up to grade 12", true),
  {
    code: "LOW_VOLUME",
    name: "Low Volume Mixed",
    description: "Several purposes at low volume, tests and demos",
    postApproval: false,
    kind: "low-volume",
  },
  { code: "MARKETING", name: "Marketing", description: "Anything that promotes", postApproval: false, kind: "mixed" },
  { code: "MIXED", name: "Mixed", description: "Several purposes in one campaign", postApproval: false, kind: "mixed" },
  special("Q", declared("POLITICAL", "Political", "Organized efforts to influence decisions of a group")),
  declared("POLLING_VOTING", "Polling and voting", "Surveys and votes that are not political"),
  declared(
    "PUBLIC_SERVICE_ANNOUNCEMENT",
    "Public Service Announcement",
    "Information that raises awareness of an important matter",
  ),
  declared("SECURITY_ALERT", "Security Alert", "A system may have been compromised and something must be done"),
  special("S", declared("SOCIAL", "Social", "Messages within communities", true)),
  declared("SWEEPSTAKE", "Sweepstake", "Sweepstakes", true),
];

/** The one purpose of a sole proprietor's brand. */
export const SOLE_PROPRIETOR_USECASE: Usecase = {
  code: "SOLE_PROPRIETOR",
  name: "Sole Proprietor",
  description: "Any purpose, at the volume of one person's business",
  postApproval: false,
  kind: "sole-proprietor",
};

const BY_CODE: ReadonlyMap<string, Usecase> = new Map(
  [...USECASES, SOLE_PROPRIETOR_USECASE].map((usecase) => [usecase.code, usecase]),
);

/** A purpose by its code. */
export function usecaseOf(code: string): Usecase | undefined {
  return BY_CODE.get(code);
}
