import type { Database } from "../../platform/ports.ts";
import type { ServiceDirectory } from "../services/index.ts";
import type { Brand } from "./brand.ts";
import type { Campaign } from "./campaign.ts";
import type { RegistrationGap, Registrations } from "./registrations.ts";
import { brandStore, campaignStore, tollFreeStore } from "./stores.ts";
import { throughputOf, type Throughput } from "./throughput.ts";
import { TMOBILE_ZONE, type LimitRule, type ThroughputTable } from "./throughput-tables.ts";
import type { TollFreeVerification } from "./toll-free.ts";
import type { TrafficLimit } from "./traffic-limit.ts";
import { usOperator, type UsOperator } from "./us-networks.ts";
import { isTollFree } from "../../protocols/e164/index.ts";

/** What the book goes by. */
export interface BookOptions {
  readonly database: Database;
  readonly services: Pick<ServiceDirectory, "serviceOfSender">;
  readonly throughput: ThroughputTable;
  /** Whether senders that are not registered are refused. */
  readonly isEnforced: boolean;
  /** Numbers that the operator registered elsewhere. */
  readonly registeredElsewhere: readonly string[];
}

interface BrandEntry {
  readonly revision: number;
  readonly status: Brand["content"]["status"];
  readonly brandType: Brand["content"]["brandType"];
  readonly russell3000: boolean;
  readonly score?: number;
  /** What its daily cap is counted under. */
  readonly key: string;
}

interface CampaignEntry {
  readonly revision: number;
  readonly sid: string;
  readonly accountSid: string;
  readonly brandSid: string | null;
  readonly external: Campaign["content"]["external"];
  readonly usecase: string;
  readonly status: Campaign["content"]["status"];
  readonly isMock: boolean;
  /** Made when first asked for, by sender; emptied when the brand changes. */
  readonly limits: Map<string, LimitsByOperator>;
  throughput: Throughput | undefined;
}

interface VerificationEntry {
  readonly revision: number;
  readonly sid: string;
  readonly status: TollFreeVerification["content"]["status"];
}

type LimitsByOperator = Readonly<Record<UsOperator | "unknown", readonly TrafficLimit[]>>;

interface Pages {
  readonly brands: Map<string, BrandEntry>;
  /** By Messaging Service. */
  readonly campaigns: Map<string, CampaignEntry>;
  /** By account and number; several where earlier ones were rejected. */
  readonly verifications: Map<string, readonly VerificationEntry[]>;
}

type Change = (pages: Pages) => void;

const NONE: readonly TrafficLimit[] = [];
/** Numbers that can be tried out with, never registered and never sent to a carrier. */
const TEST_NUMBERS = "+1500555";
/** Senders of a campaign whose limits are kept ready. */
const MAX_SENDERS = 10_000;
/** Deleted records that are remembered, so that a change that was overtaken does not bring one back. */
const MAX_DELETED = 1_000;

/**
 * Who is registered, in memory. Told of every change after it was committed; changes may
 * arrive in another order than they were committed in, so the higher revision wins. Goes on
 * answering while the database is down.
 */
export class RegistrationBook implements Registrations {
  private readonly options: BookOptions;
  private readonly elsewhere: ReadonlySet<string>;
  private pages: Pages = emptyPages();
  private readonly deleted = new Set<string>();
  /** Changes since the load under way began, which may have read rows from before them. */
  private sinceLoad: Change[] | undefined;
  private loading: Promise<void> = Promise.resolve();

  constructor(options: BookOptions) {
    this.options = options;
    this.elsewhere = new Set(options.registeredElsewhere);
  }

  /** What is known, for the operator. */
  get size(): { readonly brands: number; readonly campaigns: number; readonly tollFreeNumbers: number } {
    const { brands, campaigns, verifications } = this.pages;
    return { brands: brands.size, campaigns: campaigns.size, tollFreeNumbers: verifications.size };
  }

  /** Reads everything anew. Rejects when the database does not answer, and then what was known stays. */
  reload(): Promise<void> {
    const load = this.loading.then(() => this.load());
    this.loading = load.catch(() => undefined);
    return load;
  }

  private async load(): Promise<void> {
    const since: Change[] = [];
    this.sinceLoad = since;
    try {
      const pages = emptyPages();
      const { database } = this.options;
      for await (const batch of brandStore.all(database)) for (const each of batch) addBrand(pages, each);
      for await (const batch of campaignStore.all(database)) for (const each of batch) addCampaign(pages, each);
      for await (const batch of tollFreeStore.all(database)) for (const each of batch) addVerification(pages, each);
      for (const change of since) change(pages);
      this.pages = pages;
    } finally {
      this.sinceLoad = undefined;
    }
  }

  private change(change: Change): void {
    change(this.pages);
    this.sinceLoad?.push(change);
  }

  /** Whether a Messaging Service has a campaign that US networks accepted. */
  isServiceRegistered(accountSid: string, serviceSid: string): boolean {
    const campaign = this.pages.campaigns.get(serviceSid);
    return campaign?.accountSid === accountSid && campaign.status === "VERIFIED" && !campaign.isMock;
  }

  putBrand(brand: Brand): void {
    this.change((pages) => addBrand(pages, brand));
  }

  putCampaign(campaign: Campaign): void {
    if (this.deleted.has(campaign.sid)) return;
    this.change((pages) => addCampaign(pages, campaign));
  }

  removeCampaign({ sid, content }: Campaign): void {
    this.remember(sid);
    this.change(({ campaigns }) => {
      if (campaigns.get(content.serviceSid)?.sid === sid) campaigns.delete(content.serviceSid);
    });
  }

  putVerification(verification: TollFreeVerification): void {
    if (this.deleted.has(verification.sid)) return;
    this.change((pages) => addVerification(pages, verification));
  }

  removeVerification({ sid, accountSid, content }: TollFreeVerification): void {
    this.remember(sid);
    this.change(({ verifications }) => {
      const key = verificationKey(accountSid, content.number);
      const left = (verifications.get(key) ?? []).filter((each) => each.sid !== sid);
      if (left.length === 0) verifications.delete(key);
      else verifications.set(key, left);
    });
  }

  private remember(sid: string): void {
    this.deleted.add(sid);
    if (this.deleted.size <= MAX_DELETED) return;
    for (const oldest of this.deleted) {
      this.deleted.delete(oldest);
      return;
    }
  }

  gap({ accountSid, from }: { accountSid: string; from: string }): RegistrationGap | undefined {
    return this.options.isEnforced ? this.actualGap(accountSid, from) : undefined;
  }

  /** The gap whether or not it is enforced, so that an operator can see what enforcing it would do. */
  actualGap(accountSid: string, from: string): RegistrationGap | undefined {
    // Short codes are registered before they exist, and senders of other countries are not the registry's business.
    if (!from.startsWith("+1") || from.startsWith(TEST_NUMBERS) || this.elsewhere.has(from)) return undefined;
    if (isTollFree(from)) return this.tollFreeGap(accountSid, from);
    const campaign = this.campaignOf(accountSid, from);
    if (campaign === undefined || campaign.isMock) return "unregistered";
    switch (campaign.status) {
      case "VERIFIED":
        return this.brandOf(campaign)?.status === "SUSPENDED" ? "campaign-suspended" : undefined;
      case "SUSPENDED":
        return "campaign-suspended";
      case "FAILED":
        return "unregistered";
      default:
        return "campaign-pending";
    }
  }

  limits({ accountSid, from, network }: { accountSid: string; from: string; network?: string | undefined }) {
    if (!from.startsWith("+1")) return NONE;
    const campaign = this.campaignOf(accountSid, from);
    if (campaign === undefined || campaign.status !== "VERIFIED") return NONE;
    const operator = network === undefined ? "unknown" : usOperator(network);
    if (operator === undefined) return NONE;
    return (campaign.limits.get(from) ?? this.prepare(campaign, from))[operator];
  }

  private campaignOf(accountSid: string, from: string): CampaignEntry | undefined {
    const service = this.options.services.serviceOfSender(accountSid, from);
    if (service === undefined) return undefined;
    const campaign = this.pages.campaigns.get(service.sid);
    return campaign?.accountSid === accountSid ? campaign : undefined;
  }

  private tollFreeGap(accountSid: string, from: string): RegistrationGap | undefined {
    const verifications = this.pages.verifications.get(verificationKey(accountSid, from));
    if (verifications === undefined) return "toll-free-unverified";
    if (verifications.some(({ status }) => status === "TWILIO_APPROVED")) return undefined;
    const isOpen = verifications.some(({ status }) => status !== "TWILIO_REJECTED");
    return isOpen ? "toll-free-unverified" : "toll-free-rejected";
  }

  /** What the campaign of a service may send; `undefined` where there is none. */
  throughput(serviceSid: string): Throughput | undefined {
    const campaign = this.pages.campaigns.get(serviceSid);
    return campaign === undefined ? undefined : this.throughputOf(campaign);
  }

  private throughputOf(campaign: CampaignEntry): Throughput {
    const brand = this.brandOf(campaign);
    campaign.throughput ??= throughputOf(this.options.throughput, {
      usecase: campaign.usecase,
      score: campaign.external?.score ?? brand?.score,
      brandType: brand?.brandType ?? "STANDARD",
      russell3000: brand?.russell3000 ?? false,
    });
    return campaign.throughput;
  }

  private brandOf({ brandSid }: CampaignEntry): BrandEntry | undefined {
    return brandSid === null ? undefined : this.pages.brands.get(brandSid);
  }

  /** The limits of a sender, by the recipient's network. */
  private prepare(campaign: CampaignEntry, from: string): LimitsByOperator {
    const { external, sid } = campaign;
    const brandKey = external?.brandId ?? this.brandOf(campaign)?.key ?? sid;
    const made = (operator: UsOperator | "unknown", rules: readonly LimitRule[]): readonly TrafficLimit[] =>
      rules.map(({ scope, segments, per }) => {
        const whose = scope === "campaign" ? sid : scope === "brand" ? brandKey : from;
        const key = `${scope}:${whose}:${operator}:${per}`;
        return per === "day" ? { key, segments, per, zone: TMOBILE_ZONE } : { key, segments, per };
      });
    const { rules } = this.throughputOf(campaign);
    const limits: LimitsByOperator = {
      att: made("att", rules.att),
      tmobile: made("tmobile", rules.tmobile),
      verizon: made("verizon", rules.verizon),
      other: made("other", rules.other),
      unknown: made("unknown", rules.unknown),
    };
    if (campaign.limits.size < MAX_SENDERS) campaign.limits.set(from, limits);
    return limits;
  }
}

const emptyPages = (): Pages => ({ brands: new Map(), campaigns: new Map(), verifications: new Map() });

const verificationKey = (accountSid: string, number: string): string => `${accountSid} ${number}`;

function addBrand({ brands, campaigns }: Pages, { sid, revision, content }: Brand): void {
  const known = brands.get(sid);
  if (known !== undefined && known.revision > revision) return;
  const { status, brandType, russell3000, score, taxKey } = content;
  brands.set(sid, {
    revision,
    status,
    brandType,
    russell3000: russell3000 === true,
    key: taxKey ?? sid,
    ...(score === null ? {} : { score }),
  });
  for (const campaign of campaigns.values()) {
    if (campaign.brandSid !== sid) continue;
    campaign.limits.clear();
    campaign.throughput = undefined;
  }
}

function addCampaign({ campaigns }: Pages, { sid, accountSid, revision, content }: Campaign): void {
  const { serviceSid, brandSid, external, usecase, status, isMock } = content;
  const known = campaigns.get(serviceSid);
  if (known?.sid === sid ? known.revision > revision : known !== undefined && known.sid > sid) return;
  const limits = new Map<string, LimitsByOperator>();
  campaigns.set(serviceSid, {
    revision,
    sid,
    accountSid,
    brandSid,
    external,
    usecase,
    status,
    isMock,
    limits,
    throughput: undefined,
  });
}

function addVerification({ verifications }: Pages, verification: TollFreeVerification): void {
  const { sid, accountSid, revision, content } = verification;
  const key = verificationKey(accountSid, content.number);
  const known = verifications.get(key) ?? [];
  const same = known.find((each) => each.sid === sid);
  if (same !== undefined && same.revision > revision) return;
  verifications.set(key, [...known.filter((each) => each !== same), { revision, sid, status: content.status }]);
}
