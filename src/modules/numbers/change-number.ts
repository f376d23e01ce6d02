import { AppError } from "../../kernel/errors.ts";
import type { DatabaseSession } from "../../platform/ports.ts";
import { parseAddress } from "../../protocols/e164/index.ts";
import { holdApplications } from "./application.store.ts";
import { UNCONFIGURED_NUMBER, type Changes, type NumberConfiguration } from "./configuration.ts";
import type { NumbersDeps } from "./deps.ts";
import { numberErrors } from "./errors.ts";
import {
  assignNumber,
  findNumber,
  freeNumberKind,
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
  const bought = await deps.database.transaction(async (tx) => {
    const number = wanted ?? (await lockFreeNumber(tx, input.areaCode ?? ""));
    if (number === undefined) throw new AppError(numberErrors.areaCodeEmpty, { areaCode: input.areaCode ?? "" });
    await checkApplications(tx, input.accountSid, input.changes);
    const configuration = configure(UNCONFIGURED_NUMBER, input.changes, number);
    const { accountSid, kinds } = input;
    const sid = deps.mintSid(sidPrefixOf(number));
    const sold = await assignNumber(tx, { number, accountSid, sid, kinds, configuration, atMs: deps.clock.nowMs() });
    if (sold === undefined) return { number };
    checkCapability(sold, input.changes);
    return { number, sold };
  });
  if (bought.sold === undefined) throw await notSold(deps, bought.number);
  deps.book.putNumber(bought.sold);
  return bought.sold;
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

async function notSold({ database }: NumbersDeps, number: string): Promise<AppError> {
  const kind = await freeNumberKind(database, number);
  if (kind === undefined) return new AppError(numberErrors.numberNotAvailable, { number });
  return new AppError(numberErrors.kindMismatch, { number, kind });
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
    const number = await findNumber(tx, input, true);
    if (number === undefined) return undefined;
    checkCapability(number, changes);
    const before = isTransfer ? { ...number.configuration, ...LEFT_BEHIND } : number.configuration;
    const configuration = configure(before, changes, number.number);
    return writeNumber(tx, input, { accountSid, configuration, atMs: deps.clock.nowMs() });
  });
  if (updated !== undefined) deps.book.putNumber(updated);
  return updated;
}

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
  const released = await releaseNumber(deps.database, target);
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
