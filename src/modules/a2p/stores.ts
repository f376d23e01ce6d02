import type { BrandContent } from "./brand.ts";
import type { CampaignContent } from "./campaign.ts";
import { RecordStore } from "./record-store.ts";
import type { TollFreeContent } from "./toll-free.ts";
import type { VettingContent } from "./vetting.ts";

/** The tables of this module. */
export const brandStore = new RecordStore<BrandContent>("a2p_brands");
export const vettingStore = new RecordStore<VettingContent>("a2p_vettings");
export const campaignStore = new RecordStore<CampaignContent>("a2p_campaigns");
export const tollFreeStore = new RecordStore<TollFreeContent>("a2p_tollfree");
