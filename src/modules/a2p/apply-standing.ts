import type { DatabaseSession } from "../../platform/ports.ts";
import { brandAfter, type Brand } from "./brand.ts";
import { campaignAfter, type Campaign } from "./campaign.ts";
import type { OpenFiling } from "./filing.store.ts";
import type { Notice } from "./notice.ts";
import type { RecordTarget } from "./record-store.ts";
import type {
  BrandStanding,
  CampaignStanding,
  FilingError,
  OtpStanding,
  RegistryStanding,
  TollFreeStanding,
  VettingStanding,
} from "./registry.ts";
import { brandStore, campaignStore, tollFreeStore, vettingStore } from "./stores.ts";
import { verificationAfter, type TollFreeVerification } from "./toll-free.ts";

/** What a standing led to. */
export interface Applied {
  readonly brand?: Brand;
  readonly campaign?: Campaign;
  readonly verification?: TollFreeVerification;
  readonly notice?: Notice;
  /** It is about something that is gone or was filed anew since. */
  readonly isStale?: true;
}

const STALE: Applied = { isStale: true };

interface Step {
  readonly tx: DatabaseSession;
  readonly filing: OpenFiling;
  readonly standing: RegistryStanding;
  readonly atMs: number;
}

/** Changes what a standing is about, within a transaction that holds the filing. */
export function applyStanding(step: Step): Promise<Applied> {
  const { body } = step.standing;
  switch (body.kind) {
    case "brand":
      return applyBrand(step, body);
    case "vetting":
      return applyVetting(step, body);
    case "otp":
      return applyOtp(step, body);
    case "campaign":
      return applyCampaign(step, body);
    case "toll-free":
      return applyTollFree(step, body);
    case "campaign-removal":
      return Promise.resolve({});
  }
}

const targetOf = ({ filing }: Step): RecordTarget => ({ accountSid: filing.accountSid, sid: filing.resourceSid });

async function applyBrand(step: Step, standing: BrandStanding): Promise<Applied> {
  const { tx, filing, atMs } = step;
  const brand = await brandStore.find(tx, targetOf(step), true);
  if (brand === undefined || brand.content.filingId !== filing.id) return STALE;
  const written = await brandStore.write(tx, brand, { atMs, content: brandAfter(brand.content, standing) });
  if (written === undefined) return STALE;
  if (standing.status === brand.content.status && standing.score === undefined) return { brand: written };
  const { tcrId } = written.content;
  const notice = noticeOf(step, {
    status: standing.status,
    errors: standing.errors,
    more: { brandSid: brand.sid, ...(tcrId === null ? {} : { externalId: tcrId }) },
  });
  return { brand: written, notice };
}

async function applyVetting(step: Step, standing: VettingStanding): Promise<Applied> {
  const { tx, filing, atMs } = step;
  const vetting = await vettingStore.find(tx, targetOf(step), true);
  if (vetting === undefined || vetting.content.filingId !== filing.id) return STALE;
  const { status, vettingId = vetting.content.vettingId } = standing;
  await vettingStore.write(tx, vetting, { atMs, content: { ...vetting.content, status, vettingId } });
  const { brandSid } = vetting.content;
  const notice = status === "PENDING" ? {} : { notice: noticeOf(step, { status, more: { brandSid } }) };
  const brand = await brandStore.find(tx, { accountSid: filing.accountSid, sid: brandSid }, true);
  if (status !== "SUCCESS" || brand === undefined) return notice;
  const content = {
    ...brand.content,
    identityStatus: "VETTED_VERIFIED" as const,
    score: standing.score ?? brand.content.score,
  };
  const written = await brandStore.write(tx, brand, { atMs, content });
  return written === undefined ? notice : { ...notice, brand: written };
}

async function applyOtp(step: Step, { status }: OtpStanding): Promise<Applied> {
  const { tx, atMs } = step;
  if (status !== "CONFIRMED") return {};
  const brand = await brandStore.find(tx, targetOf(step), true);
  if (brand === undefined) return STALE;
  const written = await brandStore.write(tx, brand, {
    atMs,
    content: { ...brand.content, identityStatus: "VERIFIED" },
  });
  return written === undefined ? STALE : { brand: written };
}

async function applyCampaign(step: Step, standing: CampaignStanding): Promise<Applied> {
  const { tx, filing, atMs } = step;
  const campaign = await campaignStore.find(tx, targetOf(step), true);
  if (campaign === undefined || campaign.content.filingId !== filing.id) return STALE;
  const written = await campaignStore.write(tx, campaign, { atMs, content: campaignAfter(campaign.content, standing) });
  if (written === undefined) return STALE;
  if (standing.status === campaign.content.status) return { campaign: written };
  const { brandSid, serviceSid, campaignId } = written.content;
  const notice = noticeOf(step, {
    status: standing.status,
    errors: standing.errors,
    more: {
      serviceSid,
      ...(brandSid === null ? {} : { brandSid }),
      ...(campaignId === null ? {} : { externalId: campaignId }),
    },
  });
  return { campaign: written, notice };
}

async function applyTollFree(step: Step, standing: TollFreeStanding): Promise<Applied> {
  const { tx, filing, atMs } = step;
  const known = await tollFreeStore.find(tx, targetOf(step), true);
  if (known === undefined || known.content.filingId !== filing.id) return STALE;
  const content = verificationAfter(known.content, standing, atMs);
  const verification = await tollFreeStore.write(tx, known, { atMs, content });
  if (verification === undefined) return STALE;
  if (standing.status === known.content.status) return { verification };
  const { status, errors } = standing;
  return { verification, notice: noticeOf(step, { status, errors, more: {} }) };
}

function noticeOf(
  { filing, standing, atMs }: Step,
  told: {
    readonly status: string;
    readonly errors?: readonly FilingError[] | undefined;
    readonly more: Partial<Notice>;
  },
): Notice {
  const error = told.errors?.[0];
  return {
    id: `${filing.id}:${standing.sequence}`,
    accountSid: filing.accountSid,
    type: `${standing.body.kind}.${told.status.toLowerCase().replaceAll("_", "-")}`,
    resourceSid: filing.resourceSid,
    status: told.status,
    atMs,
    ...told.more,
    ...(error === undefined ? {} : { errorCode: error.code, errorText: error.description }),
  };
}
