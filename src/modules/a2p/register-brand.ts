import { AppError } from "../../kernel/errors.ts";
import type { Profile } from "../regulatory/index.ts";
import { MAX_BRANDS_PER_ACCOUNT, MAX_BRAND_UPDATES, type Brand, type BrandContent } from "./brand.ts";
import type { A2pDeps } from "./deps.ts";
import { a2pErrors } from "./errors.ts";
import { filingIdOf } from "./filing-id.ts";
import { addFiling } from "./filing.store.ts";
import type { RecordTarget } from "./record-store.ts";
import type { BrandFiling } from "./registry.ts";
import { brandStore } from "./stores.ts";
import { lockName } from "./lock-name.ts";

/** A business to register. */
export interface BrandInput {
  readonly accountSid: string;
  readonly customerProfileSid: string;
  readonly a2pProfileSid: string;
  readonly brandType: BrandContent["brandType"];
  readonly isMock: boolean;
  readonly skipVetting: boolean;
}

/** Registers a business: it is stored, and filed with the registry soon after. */
export async function registerBrand(deps: A2pDeps, input: BrandInput): Promise<Brand> {
  const { accountSid } = input;
  const attributes = await attributesOf(deps, input);
  const sid = deps.mintSid("BN");
  const filingId = filingIdOf(sid, 0);
  const taxKey = taxKeyOf(attributes);
  const content: BrandContent = {
    customerProfileSid: input.customerProfileSid,
    a2pProfileSid: input.a2pProfileSid,
    brandType: input.brandType,
    isMock: input.isMock,
    skipVetting: input.skipVetting,
    status: "PENDING",
    identityStatus: null,
    tcrId: null,
    score: null,
    russell3000: null,
    governmentEntity: null,
    taxExemptStatus: null,
    errors: [],
    updates: 0,
    filingId,
    ...(taxKey === undefined ? {} : { taxKey }),
  };
  const atMs = deps.clock.nowMs();
  const brand = await deps.database.transaction(async (tx) => {
    await lockName(tx, accountSid);
    if ((await brandStore.count(tx, [accountSid])) >= MAX_BRANDS_PER_ACCOUNT) {
      throw new AppError(a2pErrors.tooMany, { max: MAX_BRANDS_PER_ACCOUNT, what: "brands" });
    }
    const body = brandFiling(content, attributes);
    await addFiling(tx, { id: filingId, accountSid, resourceSid: sid, body, atMs });
    return brandStore.insert(tx, { sid, accountSid, atMs, content });
  });
  deps.book.putBrand(brand);
  deps.wake();
  return brand;
}

/** Files a brand that has failed anew, with what its profiles say by now. `undefined` where there is no such brand. */
export async function updateBrand(deps: A2pDeps, target: RecordTarget): Promise<Brand | undefined> {
  const known = await brandStore.find(deps.database, target);
  if (known === undefined) return undefined;
  checkUpdate(known);
  const attributes = await attributesOf(deps, { accountSid: target.accountSid, ...known.content });
  const atMs = deps.clock.nowMs();
  const brand = await deps.database.transaction(async (tx) => {
    const locked = await brandStore.find(tx, target, true);
    if (locked === undefined) return undefined;
    checkUpdate(locked);
    const updates = locked.content.updates + 1;
    const filingId = filingIdOf(target.sid, updates);
    const content: BrandContent = { ...locked.content, status: "PENDING", errors: [], updates, filingId };
    const body = brandFiling(content, attributes);
    await addFiling(tx, { id: filingId, accountSid: target.accountSid, resourceSid: target.sid, body, atMs });
    return brandStore.write(tx, target, { atMs, content });
  });
  if (brand === undefined) return undefined;
  deps.book.putBrand(brand);
  deps.wake();
  return brand;
}

function checkUpdate({ content }: Brand): void {
  const { status, updates } = content;
  if (status !== "FAILED") throw new AppError(a2pErrors.brandNotFailed, { status });
  if (updates >= MAX_BRAND_UPDATES) throw new AppError(a2pErrors.updatesExceeded, { max: MAX_BRAND_UPDATES });
}

/** Asks a sole proprietor once more to confirm. `undefined` where there is no such brand. */
export async function requestOtp(deps: A2pDeps, target: RecordTarget): Promise<Brand | undefined> {
  const atMs = deps.clock.nowMs();
  const brand = await deps.database.transaction(async (tx) => {
    const locked = await brandStore.find(tx, target, true);
    if (locked === undefined) return undefined;
    const { brandType, status, identityStatus, tcrId, isMock } = locked.content;
    const isOpen = status === "APPROVED" && identityStatus !== "VERIFIED" && !isMock;
    if (brandType !== "SOLE_PROPRIETOR" || !isOpen || tcrId === null) throw new AppError(a2pErrors.otpNotPossible);
    // Within one minute it is the same request, so that nobody is texted a hundred times.
    const minute = Math.floor(atMs / 60_000);
    const id = filingIdOf(`${target.sid}:otp`, minute);
    const rows = await tx.query("select 1 from a2p_filings where id = $1", [id]);
    if (rows.length === 0) {
      const body = { kind: "otp", brandId: tcrId } as const;
      await addFiling(tx, { id, accountSid: target.accountSid, resourceSid: target.sid, body, atMs });
    }
    return locked;
  });
  if (brand !== undefined) deps.wake();
  return brand;
}

async function attributesOf(
  { profiles }: A2pDeps,
  input: Pick<BrandInput, "accountSid" | "customerProfileSid" | "a2pProfileSid">,
): Promise<BrandFiling["attributes"]> {
  const { accountSid, customerProfileSid, a2pProfileSid } = input;
  const customer = await profiles.profile(accountSid, customerProfileSid);
  checkApproved(customer, "CustomerProfileBundleSid", customerProfileSid);
  const a2p = await profiles.profile(accountSid, a2pProfileSid);
  checkApproved(a2p, "A2PProfileBundleSid", a2pProfileSid);
  return { ...customer.attributes, ...a2p.attributes };
}

function checkApproved(profile: Profile | undefined, parameter: string, value: string): asserts profile is Profile {
  if (profile?.status !== "twilio-approved") throw new AppError(a2pErrors.profileNotApproved, { parameter, value });
}

function brandFiling(content: BrandContent, attributes: BrandFiling["attributes"]): BrandFiling {
  const { brandType, isMock, skipVetting } = content;
  return { kind: "brand", brandType, isMock, skipVetting, attributes };
}

/** Tax numbers of the United States have nine digits; T-Mobile counts by them. */
const MIN_TAX_DIGITS = 9;

function taxKeyOf(attributes: BrandFiling["attributes"]): string | undefined {
  for (const item of Object.values(attributes)) {
    const number = item["business_registration_number"];
    const digits = typeof number === "string" ? number.replaceAll(/\D/g, "") : "";
    if (digits.length >= MIN_TAX_DIGITS) return `tax-${digits}`;
  }
  return undefined;
}
