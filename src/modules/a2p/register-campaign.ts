import { AppError } from "../../kernel/errors.ts";
import type { DatabaseSession } from "../../platform/ports.ts";
import type { Brand } from "./brand.ts";
import { MAX_CAMPAIGNS_PER_ACCOUNT, type Campaign, type CampaignContent, type CampaignText } from "./campaign.ts";
import type { A2pDeps } from "./deps.ts";
import { a2pErrors } from "./errors.ts";
import { filingIdOf } from "./filing-id.ts";
import { addFiling, removeFilingsOf } from "./filing.store.ts";
import { lockName } from "./lock-name.ts";
import type { RecordTarget } from "./record-store.ts";
import type { CampaignFiling } from "./registry.ts";
import { brandStore, campaignStore } from "./stores.ts";
import { usecaseOf } from "./usecases.ts";

/** What a customer registers. */
export type CampaignInput = CampaignText &
  Pick<
    CampaignContent,
    | "usecase"
    | "subscriberOptIn"
    | "optInMessage"
    | "optOutMessage"
    | "helpMessage"
    | "optInKeywords"
    | "optOutKeywords"
    | "helpKeywords"
  > & { readonly accountSid: string; readonly serviceSid: string; readonly brandSid: string };

/** A campaign of a service: `QE…` below `MG…`. */
export interface CampaignTarget extends RecordTarget {
  readonly serviceSid: string;
}

/** Registers what a Messaging Service sends. A service has one campaign at most. */
export async function registerCampaign(deps: A2pDeps, input: CampaignInput): Promise<Campaign> {
  const { accountSid, brandSid, serviceSid, ...said } = input;
  const atMs = deps.clock.nowMs();
  const campaign = await deps.database.transaction(async (tx) => {
    await checkFree(tx, accountSid, serviceSid);
    const brand = await usableBrand(tx, input);
    const sid = deps.mintSid("QE");
    const filingId = filingIdOf(sid, 0);
    const content: CampaignContent = {
      ...said,
      brandSid,
      serviceSid,
      isMock: brand.content.isMock,
      isExternal: false,
      status: "PENDING",
      campaignId: null,
      external: null,
      errors: [],
      filings: 1,
      filingId,
    };
    await addFiling(tx, { id: filingId, accountSid, resourceSid: sid, body: campaignFiling(content, brand), atMs });
    return campaignStore.insert(tx, { sid, accountSid, atMs, content });
  });
  deps.book.putCampaign(campaign);
  deps.wake();
  return campaign;
}

async function checkFree(tx: DatabaseSession, accountSid: string, serviceSid: string): Promise<void> {
  await lockName(tx, serviceSid);
  const slice = { limit: 1, cursor: undefined, direction: "next" } as const;
  const filters = [["t.content->>'serviceSid' = ?", serviceSid]] as const;
  const [known] = await campaignStore.list(tx, { accountSids: [accountSid], filters }, slice);
  if (known !== undefined) throw new AppError(a2pErrors.campaignExists, { serviceSid, sid: known.sid });
  if ((await campaignStore.count(tx, [accountSid])) >= MAX_CAMPAIGNS_PER_ACCOUNT) {
    throw new AppError(a2pErrors.tooMany, { max: MAX_CAMPAIGNS_PER_ACCOUNT, what: "campaigns" });
  }
}

/** The brand, held so that it does not change before the transaction ends. */
async function usableBrand(
  tx: DatabaseSession,
  { accountSid, brandSid, usecase }: Pick<CampaignInput, "accountSid" | "brandSid" | "usecase">,
): Promise<Brand> {
  const refused = (reason: string): AppError => new AppError(a2pErrors.brandNotValid, { value: brandSid, reason });
  const brand = await brandStore.find(tx, { accountSid, sid: brandSid }, true);
  if (brand === undefined) throw refused("there is no such brand");
  const { status, brandType, isMock } = brand.content;
  if (status !== "APPROVED") throw refused(`it is ${status}`);
  const known = usecaseOf(usecase);
  if (known === undefined) throw new AppError(a2pErrors.usecaseInvalid, { value: usecase });
  if ((known.kind === "sole-proprietor") !== (brandType === "SOLE_PROPRIETOR")) {
    throw refused(`a brand of the type ${brandType} has no campaigns for ${usecase}`);
  }
  if (brandType !== "SOLE_PROPRIETOR") return brand;
  if (isMock) throw refused("a mock brand of a sole proprietor has no campaigns");
  const others = await campaignStore.count(tx, [accountSid], [["t.content->>'brandSid' = ?", brandSid]]);
  if (others > 0) throw refused("a sole proprietor has one campaign at most");
  return brand;
}

function campaignFiling(content: CampaignContent, { content: brand }: Brand): CampaignFiling {
  const { isMock, usecase, description, messageFlow, samples, hasLinks, hasPhone } = content;
  const { subscriberOptIn, optInMessage, optOutMessage, helpMessage, optInKeywords, optOutKeywords } = content;
  const { helpKeywords, ageGated, directLending, privacyPolicyUrl, termsUrl } = content;
  return {
    kind: "campaign",
    brandId: brand.tcrId ?? "",
    isBrandVerified: brand.identityStatus !== "UNVERIFIED" && brand.identityStatus !== null,
    isMock,
    usecase,
    description,
    messageFlow,
    samples,
    hasLinks,
    hasPhone,
    content: {
      subscriberOptIn,
      optInMessage,
      optOutMessage,
      helpMessage,
      optInKeywords,
      optOutKeywords,
      helpKeywords,
      ageGated,
      directLending,
      privacyPolicyUrl,
      termsUrl,
    },
  };
}

/** Connects a campaign that was registered elsewhere with a service. */
export async function importCampaign(
  deps: A2pDeps,
  input: {
    readonly accountSid: string;
    readonly serviceSid: string;
    readonly campaignId: string;
    readonly isMigration: boolean;
  },
): Promise<Campaign> {
  const { accountSid, serviceSid, campaignId, isMigration } = input;
  const atMs = deps.clock.nowMs();
  const campaign = await deps.database.transaction(async (tx) => {
    await checkFree(tx, accountSid, serviceSid);
    const sid = deps.mintSid("QE");
    const filingId = filingIdOf(sid, 0);
    const body = { kind: "external-campaign", campaignId, isMigration } as const;
    await addFiling(tx, { id: filingId, accountSid, resourceSid: sid, body, atMs });
    return campaignStore.insert(tx, {
      sid,
      accountSid,
      atMs,
      content: { ...UNSAID, serviceSid, campaignId, filingId },
    });
  });
  deps.book.putCampaign(campaign);
  deps.wake();
  return campaign;
}

/** What is not known here of a campaign that was registered elsewhere. */
const UNSAID: Omit<CampaignContent, "serviceSid" | "campaignId" | "filingId"> = {
  description: "",
  messageFlow: "",
  samples: [],
  hasLinks: false,
  hasPhone: false,
  ageGated: false,
  directLending: false,
  privacyPolicyUrl: null,
  termsUrl: null,
  brandSid: null,
  usecase: "",
  subscriberOptIn: false,
  optInMessage: null,
  optOutMessage: null,
  helpMessage: null,
  optInKeywords: [],
  optOutKeywords: [],
  helpKeywords: [],
  isMock: false,
  isExternal: true,
  status: "PENDING",
  external: null,
  errors: [],
  filings: 1,
};

/** Files a campaign that has failed anew, as it is described now. `undefined` where there is no such campaign. */
export async function updateCampaign(
  deps: A2pDeps,
  target: CampaignTarget,
  text: CampaignText,
): Promise<Campaign | undefined> {
  const { accountSid, sid } = target;
  const atMs = deps.clock.nowMs();
  const campaign = await deps.database.transaction(async (tx) => {
    const locked = await findCampaign(tx, target, true);
    if (locked === undefined) return undefined;
    const { status, brandSid, filings, isExternal } = locked.content;
    if (status === "SUSPENDED") throw new AppError(a2pErrors.campaignSuspended, { sid });
    if (status !== "FAILED" || brandSid === null || isExternal) {
      throw new AppError(a2pErrors.campaignNotFailed, { status });
    }
    const brand = await brandStore.find(tx, { accountSid, sid: brandSid }, true);
    if (brand?.content.status !== "APPROVED") {
      throw new AppError(a2pErrors.brandNotValid, {
        value: brandSid,
        reason: `it is ${brand?.content.status ?? "gone"}`,
      });
    }
    const filingId = filingIdOf(sid, filings);
    const content: CampaignContent = {
      ...locked.content,
      ...text,
      status: "PENDING",
      errors: [],
      filings: filings + 1,
      filingId,
    };
    await addFiling(tx, { id: filingId, accountSid, resourceSid: sid, body: campaignFiling(content, brand), atMs });
    return campaignStore.write(tx, target, { atMs, content });
  });
  if (campaign === undefined) return undefined;
  deps.book.putCampaign(campaign);
  deps.wake();
  return campaign;
}

/** Ends a campaign, here and with the registry. Resolves to whether there was one. */
export async function endCampaign(deps: A2pDeps, target: CampaignTarget): Promise<boolean> {
  const { accountSid, sid } = target;
  const atMs = deps.clock.nowMs();
  const ended = await deps.database.transaction(async (tx) => {
    const locked = await findCampaign(tx, target, true);
    if (locked === undefined) return undefined;
    if (locked.content.status === "SUSPENDED") throw new AppError(a2pErrors.campaignSuspended, { sid });
    await campaignStore.remove(tx, target);
    await removeFilingsOf(tx, sid);
    const { campaignId, filings, filingId } = locked.content;
    const body = { kind: "campaign-removal", campaignId, filingId } as const;
    await addFiling(tx, { id: filingIdOf(sid, filings), accountSid, resourceSid: sid, body, atMs });
    return locked;
  });
  if (ended === undefined) return false;
  deps.book.removeCampaign(ended);
  deps.wake();
  return true;
}

/** A campaign of a service. */
export async function findCampaign(
  session: DatabaseSession,
  target: CampaignTarget,
  lock = false,
): Promise<Campaign | undefined> {
  const found = await campaignStore.find(session, target, lock);
  return found?.content.serviceSid === target.serviceSid ? found : undefined;
}
