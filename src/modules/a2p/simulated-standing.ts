import { KNOWN_ERRORS, magicInput, type MagicInput } from "./magic-inputs.ts";
import type {
  BrandFiling,
  BrandStanding,
  CampaignFiling,
  CampaignStanding,
  ExternalCampaignFiling,
  FilingBody,
  FilingError,
  StandingBody,
  TollFreeFiling,
  TollFreeStanding,
  VettingFiling,
  VettingStanding,
} from "./registry.ts";

/** What becomes of something, and how long after it was filed, in review times. */
export interface SimulatedStep {
  readonly after: number;
  readonly body: StandingBody;
}

const SLOW_FACTOR = 20;

/** All that the simulated registry ever says of something that was filed under `ref`. The same for the same input. */
export function simulatedSteps(body: FilingBody, ref: string): readonly SimulatedStep[] {
  switch (body.kind) {
    case "brand":
      return brandSteps(body, ref);
    case "vetting":
      return vettingSteps(body);
    case "otp":
      return [
        { after: 0, body: { kind: "otp", status: "SENT" } },
        { after: 1, body: { kind: "otp", status: "CONFIRMED" } },
      ];
    case "campaign":
      return campaignSteps(body, ref);
    case "external-campaign":
      return externalSteps(body);
    case "campaign-removal":
      return [{ after: 0, body: { kind: "campaign-removal", status: "DONE" } }];
    case "toll-free":
      return tollFreeSteps(body);
  }
}

function paced<B extends StandingBody>(magic: MagicInput, steps: readonly (readonly [number, B])[]): SimulatedStep[] {
  const factor = magic.isSlow ? SLOW_FACTOR : 1;
  return steps.map(([after, body]) => ({ after: after * factor, body }));
}

function errorsOf(codes: readonly number[], from: number, to: number): FilingError[] {
  return codes
    .filter((code) => code >= from && code <= to)
    .map((code) => ({
      code,
      description: KNOWN_ERRORS[code]?.description ?? "The registration was rejected.",
      fields: KNOWN_ERRORS[code]?.fields ?? [],
    }));
}

/** Every text of the profiles, so that a business's name is found whatever its type is called. */
function textsOf(attributes: BrandFiling["attributes"]): string {
  return Object.values(attributes)
    .flatMap((item) => Object.values(item))
    .filter((value) => typeof value === "string")
    .join("\n");
}

function brandSteps(filing: BrandFiling, ref: string): SimulatedStep[] {
  const text = textsOf(filing.attributes);
  const magic = magicInput(text);
  const errors = errorsOf(magic.codes, 30_700, 30_799);
  const pending: BrandStanding = { kind: "brand", status: "PENDING" };
  if (errors.length > 0)
    return paced(magic, [
      [0, pending],
      [1, { kind: "brand", status: "FAILED", errors }],
    ]);
  if (magic.isStuck)
    return paced(magic, [
      [0, pending],
      [1, { kind: "brand", status: "IN_REVIEW" }],
    ]);
  const approved = approvedBrand(filing, magic, ref);
  const steps: [number, BrandStanding][] = [
    [0, pending],
    [1, approved],
  ];
  if (filing.brandType === "SOLE_PROPRIETOR") {
    if (!filing.isMock && !magic.isSilent) steps.push([2, { ...approved, identityStatus: "VERIFIED" }]);
  } else if (!filing.isMock && !filing.skipVetting && !magic.isUnverified) {
    const score = magic.score ?? scoreOf(text);
    steps.push([2, { ...approved, identityStatus: "VETTED_VERIFIED", score }]);
  }
  if (magic.isSuspended) steps.push([4, { kind: "brand", status: "SUSPENDED" }]);
  return paced(magic, steps);
}

function approvedBrand(filing: BrandFiling, magic: MagicInput, ref: string): BrandStanding {
  const isSole = filing.brandType === "SOLE_PROPRIETOR";
  const company = companyType(filing.attributes);
  return {
    kind: "brand",
    status: "APPROVED",
    brandId: ref,
    identityStatus: isSole || magic.isUnverified ? "UNVERIFIED" : "VERIFIED",
    russell3000: company === "public",
    governmentEntity: company === "government",
    ...(company === "non-profit" ? { taxExemptStatus: "501c3" } : {}),
  };
}

function companyType(attributes: BrandFiling["attributes"]): string {
  const type = Object.values(attributes)
    .map((item) => item["company_type"])
    .find((value) => typeof value === "string");
  return typeof type === "string" ? type.toLowerCase() : "private";
}

function vettingSteps({ vetter, vettingId, brandId }: VettingFiling): SimulatedStep[] {
  const magic = magicInput(vettingId ?? "");
  const isFailed = (vettingId ?? "").includes("FAIL");
  const pending: VettingStanding = { kind: "vetting", status: "PENDING" };
  const id = vettingId ?? `AE${brandId}`;
  if (isFailed)
    return paced(magic, [
      [0, pending],
      [1, { kind: "vetting", status: "FAILED", vettingId: id }],
    ]);
  const score = vetter === "aegis" ? { score: scoreOf(`${brandId} again`) } : {};
  return paced(magic, [
    [0, pending],
    [1, { kind: "vetting", status: "SUCCESS", vettingId: id, ...score }],
  ]);
}

const SHORTENERS = /\b(bit\.ly|tinyurl\.com|goo\.gl|t\.co|ow\.ly|is\.gd)\//i;

function campaignSteps(filing: CampaignFiling, ref: string): SimulatedStep[] {
  const magic = magicInput(filing.description);
  const codes = [...magic.codes];
  if (!filing.isBrandVerified && !filing.isMock) codes.push(30_991);
  if (filing.samples.some((sample) => SHORTENERS.test(sample))) codes.push(30_892);
  const errors = errorsOf(codes, 30_880, 30_999);
  const begun: [number, CampaignStanding][] = [
    [0, { kind: "campaign", status: "PENDING" }],
    [0.5, { kind: "campaign", status: "IN_PROGRESS" }],
  ];
  if (magic.isStuck) return paced(magic, begun);
  if (errors.length > 0) return paced(magic, [...begun, [1, { kind: "campaign", status: "FAILED", errors }]]);
  begun.push([1, { kind: "campaign", status: "VERIFIED", campaignId: ref }]);
  if (magic.isSuspended) begun.push([4, { kind: "campaign", status: "SUSPENDED" }]);
  return paced(magic, begun);
}

/** Campaign ids of the registry: C and six capitals or digits. Others are not known. */
const CAMPAIGN_ID = /^C[A-Z0-9]{6}$/;

function externalSteps({ campaignId }: ExternalCampaignFiling): SimulatedStep[] {
  const begun: [number, CampaignStanding] = [0, { kind: "campaign", status: "PENDING" }];
  const magic = magicInput("");
  if (!CAMPAIGN_ID.test(campaignId)) {
    return paced(magic, [
      begun,
      [1, { kind: "campaign", status: "FAILED", errors: errorsOf([30_880], 30_880, 30_880) }],
    ]);
  }
  const external = { usecase: "MIXED", score: scoreOf(campaignId), brandId: `B${campaignId.slice(1)}` };
  return paced(magic, [begun, [1, { kind: "campaign", status: "VERIFIED", campaignId, external }]]);
}

function tollFreeSteps({ fields }: TollFreeFiling): SimulatedStep[] {
  const magic = magicInput([fields["use_case_summary"], fields["business_name"]].filter(isText).join("\n"));
  const errors = errorsOf(magic.codes, 30_440, 30_499);
  const begun: [number, TollFreeStanding][] = [
    [0, { kind: "toll-free", status: "PENDING_REVIEW" }],
    [0.5, { kind: "toll-free", status: "IN_REVIEW" }],
  ];
  if (magic.isStuck) return paced(magic, begun);
  const decided: TollFreeStanding =
    errors.length > 0
      ? { kind: "toll-free", status: "TWILIO_REJECTED", errors, isEditAllowed: !magic.isFinal }
      : { kind: "toll-free", status: "TWILIO_APPROVED" };
  return paced(magic, [...begun, [1, decided]]);
}

const isText = (value: unknown): value is string => typeof value === "string";

const MAX_SCORE = 100;

/** A score from 1 to 100 that depends on the text alone (FNV-1a, 32 bits). */
function scoreOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return ((hash >>> 0) % MAX_SCORE) + 1;
}
