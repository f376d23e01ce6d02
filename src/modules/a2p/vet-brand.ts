import { AppError } from "../../kernel/errors.ts";
import type { A2pDeps } from "./deps.ts";
import { a2pErrors } from "./errors.ts";
import { filingIdOf } from "./filing-id.ts";
import { addFiling } from "./filing.store.ts";
import type { RecordTarget } from "./record-store.ts";
import { brandStore, vettingStore } from "./stores.ts";
import { isCampaignVerifyToken, MAX_VETTINGS_PER_BRAND, type Vetting, type VettingContent } from "./vetting.ts";

/** A vetting to import or to order. */
export interface VettingInput {
  readonly vetter: VettingContent["vetter"];
  readonly vettingId: string | undefined;
}

/** Has a brand vetted. `undefined` where there is no such brand. */
export async function vetBrand(deps: A2pDeps, brand: RecordTarget, input: VettingInput): Promise<Vetting | undefined> {
  const { vetter, vettingId = null } = input;
  const { accountSid } = brand;
  if (vetter === "campaign-verify" && !isCampaignVerifyToken(vettingId ?? "")) {
    throw new AppError(a2pErrors.tokenInvalid);
  }
  const atMs = deps.clock.nowMs();
  const vetting = await deps.database.transaction(async (tx) => {
    const locked = await brandStore.find(tx, brand, true);
    if (locked === undefined) return undefined;
    const { status, brandType, tcrId } = locked.content;
    if (status !== "APPROVED" || brandType !== "STANDARD" || tcrId === null) {
      throw new AppError(a2pErrors.tokenIncompatible, { reason: `${brandType} and ${status}` });
    }
    const ofBrand = ["t.content->>'brandSid' = ?", brand.sid] as const;
    const open = await vettingStore.count(tx, [accountSid], [ofBrand, ["t.content->>'status' = ?", "PENDING"]]);
    if (open > 0) throw new AppError(a2pErrors.importInProgress);
    if ((await vettingStore.count(tx, [accountSid], [ofBrand])) >= MAX_VETTINGS_PER_BRAND) {
      throw new AppError(a2pErrors.tooMany, { max: MAX_VETTINGS_PER_BRAND, what: "vettings of a brand" });
    }
    const sid = deps.mintSid("VT");
    const filingId = filingIdOf(sid, 0);
    const body = { kind: "vetting", brandId: tcrId, vetter, vettingId } as const;
    await addFiling(tx, { id: filingId, accountSid, resourceSid: sid, body, atMs });
    const content: VettingContent = { brandSid: brand.sid, vetter, vettingId, status: "PENDING", filingId };
    return vettingStore.insert(tx, { sid, accountSid, atMs, content });
  });
  if (vetting !== undefined) deps.wake();
  return vetting;
}
