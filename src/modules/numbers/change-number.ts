import { AppError } from "../../kernel/errors.ts";
import type { DatabaseSession } from "../../platform/ports.ts";
import { parseAddress } from "../../protocols/e164/index.ts";
import { holdAddresses } from "./addresses/address.store.ts";
import { holdApplications } from "./application.store.ts";
import { checkRequirements } from "./check-requirements.ts";
import { UNCONFIGURED_NUMBER, type Changes, type NumberConfiguration } from "./configuration.ts";
import type { NumbersDeps } from "./deps.ts";
import { drawAny, drawWanted } from "./draw-numbers.ts";
import { numberErrors } from "./errors.ts";
import {
  assignNumber,
  findNumber,
  findStanding,
  lockFreeNumber,
  releaseNumber,
  writeNumber,
  type NumberTarget,
} from "./number.store.ts";
import { formatNumber, sidPrefixOf, type OwnedNumber, type PhoneNumberKind } from "./phone-number.ts";

/** A request for a number: a certain one, or any of an area code. */
export interface BuyInput {
  readonly accountSid: string;
  readonly phoneNumber?: string | undefined;
  readonly areaCode?: string | undefined;
  /** The kinds that the resource asked for sells. */
  readonly kinds: readonly PhoneNumberKind[];
  readonly changes: Changes<NumberConfiguration>;
}

const AREA_CODE = /^[2-9]\d{2}$/;

/** Gives a free number to an account. However many try at once, each number is sold once. */
export async function buyNumber(deps: NumbersDeps, input: BuyInput): Promise<OwnedNumber> {
  const wanted = wantedNumber(input);
  const { accountSid } = input;
  const areaCode = input.areaCode ?? "";
  // A number of the shared inventory becomes this cell's own before anybody in this cell can buy it.
  if (wanted !== undefined) await drawWanted(deps, wanted, accountSid);
  for (let isDrawn = false; ; isDrawn = true) {
    const bought = await deps.database.transaction(async (tx) => {
      const atMs = deps.clock.nowMs();
      const number = wanted ?? (await lockFreeNumber(tx, { areaCode, accountSid, atMs }));
      return number === undefined ? undefined : buyIn(deps, tx, { ...input, number, atMs });
    });
    if (bought?.sold !== undefined) {
      deps.book.putNumber(bought.sold);
      return bought.sold;
    }
    if (bought !== undefined) throw await notSold(deps, bought.number, accountSid);
    if (isDrawn || !(await drawAny(deps, areaCode, accountSid)))
      throw new AppError(numberErrors.areaCodeEmpty, { areaCode });
  }
}

async function buyIn(
  deps: NumbersDeps,
  tx: DatabaseSession,
  input: BuyInput & { readonly number: string; readonly atMs: number },
): Promise<{ readonly number: string; readonly sold?: OwnedNumber }> {
  const { accountSid, kinds, number, atMs, changes } = input;
  await checkApplications(tx, accountSid, changes);
  await holdAddresses(tx, accountSid, changes);
  const configuration = configure(UNCONFIGURED_NUMBER, changes, number);
  const sid = deps.mintSid(sidPrefixOf(number));
  const sold = await assignNumber(tx, { number, accountSid, sid, kinds, configuration, atMs });
  if (sold === undefined) return { number };
  checkCapability(sold, changes);
  await checkRequirements(deps, tx, sold);
  return { number, sold };
}

function wantedNumber({ phoneNumber = "", areaCode = "" }: BuyInput): string | undefined {
  if (phoneNumber !== "") {
    const address = parseAddress(phoneNumber);
    if (address.kind !== "e164") throw new AppError(numberErrors.numberInvalid, { value: phoneNumber });
    return address.e164;
  }
  if (areaCode === "") throw new AppError(numberErrors.numberRequired);
  if (!AREA_CODE.test(areaCode)) throw new AppError(numberErrors.areaCodeInvalid, { value: areaCode });
  return undefined;
}

async function notSold({ database, clock }: NumbersDeps, number: string, accountSid: string): Promise<AppError> {
  const standing = await findStanding(database, { number, accountSid, atMs: clock.nowMs() });
  if (standing?.open !== true) return new AppError(numberErrors.numberNotAvailable, { number });
  return new AppError(numberErrors.kindMismatch, { number, kind: standing.kind });
}

/** What an account changes on its number. */
export interface UpdateInput extends NumberTarget {
  readonly changes: Changes<NumberConfiguration>;
  /** The account that the number goes to; the caller has been found to act for it. */
  readonly transferTo?: string | undefined;
}

/** Changes an account's number, and hands it to another account where asked. `undefined` where there is no such number. */
export async function updateNumber(deps: NumbersDeps, input: UpdateInput): Promise<OwnedNumber | undefined> {
  const { changes } = input;
  const accountSid = input.transferTo ?? input.accountSid;
  const isTransfer = accountSid !== input.accountSid;
  const updated = await deps.database.transaction(async (tx) => {
    if ((await findNumber(tx, input)) === undefined) return undefined;
    // Applications are held before the number, as their deletion does it: no two wait for each other.
    await checkApplications(tx, accountSid, changes);
    await holdAddresses(tx, accountSid, changes);
    const number = await findNumber(tx, input, true);
    if (number === undefined) return undefined;
    checkCapability(number, changes);
    const before = isTransfer ? { ...number.configuration, ...LEFT_BEHIND } : number.configuration;
    const configuration = configure(before, changes, number.number);
    const written = await writeNumber(tx, input, { accountSid, configuration, atMs: deps.clock.nowMs() });
    if (written !== undefined && (isTransfer || REQUIRED.some((key) => changes[key] !== undefined))) {
      await checkRequirements(deps, tx, written);
    }
    return written;
  });
  if (updated !== undefined) deps.book.putNumber(updated);
  return updated;
}

/** What a number may be required to have. */
const REQUIRED = ["addressSid", "bundleSid"] as const;

/** What refers to things of the account that a number leaves. */
const LEFT_BEHIND: Changes<NumberConfiguration> = {
  smsApplicationSid: "",
  voiceApplicationSid: "",
  trunkSid: "",
  addressSid: "",
  bundleSid: "",
  identitySid: "",
};

/** Gives an account's number back to the inventory. Resolves to whether there was one. */
export async function returnNumber(deps: NumbersDeps, target: NumberTarget): Promise<boolean> {
  const released = await releaseNumber(deps.database, target, deps.clock.nowMs() + deps.quarantineMs);
  if (released === undefined) return false;
  deps.book.removeNumber(released);
  return true;
}

/** The configuration after a change. Throws for a fallback without what it falls back from. */
function configure(
  before: NumberConfiguration,
  changes: Changes<NumberConfiguration>,
  number: string,
): NumberConfiguration {
  const after = { ...before, ...changes };
  if (after.friendlyName === "") after.friendlyName = formatNumber(number);
  // A call goes to a trunk or to an application, never to both; what is set later counts.
  if (isSet(changes.trunkSid)) after.voiceApplicationSid = "";
  else if (isSet(changes.voiceApplicationSid)) after.trunkSid = "";
  if (isSet(changes.smsFallbackUrl) && after.smsUrl === "" && after.smsApplicationSid === "") {
    throw new AppError(numberErrors.smsFallbackAlone);
  }
  if (isSet(changes.voiceFallbackUrl) && after.voiceUrl === "" && after.voiceApplicationSid === "") {
    throw new AppError(numberErrors.voiceFallbackAlone);
  }
  return after;
}

function checkCapability({ number, sms, mms }: OwnedNumber, changes: Changes<NumberConfiguration>): void {
  if (sms || mms) return;
  const parameter = isSet(changes.smsUrl) ? "SmsUrl" : isSet(changes.smsApplicationSid) ? "SmsApplicationSid" : "";
  if (parameter !== "") throw new AppError(numberErrors.noMessages, { number, parameter });
}

async function checkApplications(
  tx: DatabaseSession,
  accountSid: string,
  { smsApplicationSid = "", voiceApplicationSid = "" }: Changes<NumberConfiguration>,
): Promise<void> {
  const sids = [smsApplicationSid, voiceApplicationSid].filter(isSet);
  const held = await holdApplications(tx, accountSid, sids);
  for (const sid of sids) {
    if (!held.has(sid)) throw new AppError(numberErrors.applicationNotAccessible, { value: sid });
  }
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== "";
}
