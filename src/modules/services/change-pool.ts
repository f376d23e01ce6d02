import { AppError } from "../../kernel/errors.ts";
import type { DatabaseSession } from "../../platform/ports.ts";
import type { ServicesDeps } from "./deps.ts";
import { serviceErrors } from "./errors.ts";
import { findChannelSender } from "./channel-sender.store.ts";
import { insertMember, memberBySid, membersOf, removeMember } from "./member.store.ts";
import {
  MAX_ALPHA_SENDERS,
  MAX_CHANNEL_SENDERS,
  MAX_POOL_NUMBERS,
  type MemberKind,
  type PoolMember,
} from "./pool-member.ts";
import { countRevision, findService } from "./service.store.ts";
import type { Target } from "./service.ts";

/** The pool of a service. */
export interface PoolTarget {
  readonly accountSid: string;
  readonly serviceSid: string;
}

type NewMember = Pick<PoolMember, "sid" | "kind" | "address" | "isoCountry">;

/** Adds a phone number or short code of the account. `undefined` where it has no such service. */
export async function addNumber(
  deps: ServicesDeps,
  target: PoolTarget,
  { sid, parameter }: { readonly sid: string; readonly parameter: string },
): Promise<PoolMember | undefined> {
  const number = deps.numbers.numberBySid(target.accountSid, sid);
  if (number === undefined) throw new AppError(serviceErrors.numberUnknown, { parameter, value: sid });
  const { number: address, sms, mms } = number;
  if (!sms && !mms) throw new AppError(serviceErrors.noMessages, { sender: address });
  const kind = number.kind === "shortcode" ? "shortcode" : "number";
  return addMember(deps, target, { sid, kind, address, isoCountry: "" });
}

/** Adds an alphanumeric sender, for one country or, with an empty one, for all. */
export async function addAlpha(
  deps: ServicesDeps,
  target: PoolTarget,
  { alpha, isoCountry }: { readonly alpha: string; readonly isoCountry: string },
): Promise<PoolMember | undefined> {
  if (deps.numbers.sender(target.accountSid, alpha) === undefined) {
    throw new AppError(serviceErrors.alphaInvalid, { value: alpha, reason: "the account has not registered it" });
  }
  return addMember(deps, target, { sid: deps.mintSid("AI"), kind: "alpha", address: alpha, isoCountry });
}

/** Adds a sender of a channel that the account has. */
export async function addChannelSender(
  deps: ServicesDeps,
  target: PoolTarget,
  sid: string,
): Promise<PoolMember | undefined> {
  const sender = await findChannelSender(deps.database, { accountSid: target.accountSid, sid });
  if (sender === undefined) throw new AppError(serviceErrors.numberUnknown, { parameter: "Sid", value: sid });
  return addMember(deps, target, { sid, kind: "channel", address: sender.senderId, isoCountry: "" });
}

async function addMember(deps: ServicesDeps, target: PoolTarget, added: NewMember): Promise<PoolMember | undefined> {
  const { database, clock, book } = deps;
  const service = { accountSid: target.accountSid, sid: target.serviceSid };
  const changed = await database.transaction(async (tx) => {
    if ((await findService(tx, service, true)) === undefined) return undefined;
    const known = await membersOf(tx, target.serviceSid);
    checkRoom(known, added);
    const member = await insertMember(tx, { ...target, ...added }, clock.nowMs());
    if (member === undefined) throw await takenAlready(tx, target, added);
    const counted = await countRevision(tx, service);
    return counted === undefined ? undefined : { member, whole: { service: counted, members: [...known, member] } };
  });
  if (changed !== undefined) book.put(changed.whole);
  return changed?.member;
}

const isNumber = (kind: MemberKind): boolean => kind === "number" || kind === "shortcode";

function checkRoom(known: readonly PoolMember[], { kind, address, isoCountry, sid }: NewMember): void {
  if (known.some((member) => member.sid === sid)) throw new AppError(serviceErrors.alreadyHere, { sender: address });
  const isAlpha = kind === "alpha";
  const max = isAlpha ? MAX_ALPHA_SENDERS : isNumber(kind) ? MAX_POOL_NUMBERS : MAX_CHANNEL_SENDERS;
  let count = 0;
  for (const member of known) {
    if (isNumber(kind) ? !isNumber(member.kind) : member.kind !== kind) continue;
    count += 1;
    if (isAlpha && member.isoCountry === isoCountry && member.address.toUpperCase() === address.toUpperCase()) {
      throw new AppError(serviceErrors.alreadyHere, { sender: address });
    }
  }
  if (count >= max) throw new AppError(serviceErrors.poolFull, { max });
}

async function takenAlready(tx: DatabaseSession, target: PoolTarget, added: NewMember): Promise<AppError> {
  const holder = await memberBySid(tx, { accountSid: target.accountSid, sid: added.sid });
  const isHere = holder?.serviceSid === target.serviceSid;
  return new AppError(isHere ? serviceErrors.alreadyHere : serviceErrors.inAnother, { sender: added.address });
}

/** Takes a sender out of a service's pool. Resolves to whether it was in it. */
export async function takeOut(
  deps: ServicesDeps,
  target: PoolTarget,
  { sid, kind }: { readonly sid: string; readonly kind: MemberKind },
): Promise<boolean> {
  const member = await memberBySid(deps.database, { accountSid: target.accountSid, sid });
  if (member?.serviceSid !== target.serviceSid || member.kind !== kind) return false;
  return leavePool(deps, { accountSid: target.accountSid, sid }, target.serviceSid);
}

/**
 * A number or channel sender is no longer the account's: it leaves the pool that it is in.
 * Resolves to whether it was in one.
 */
export async function senderReleased(deps: ServicesDeps, target: Target): Promise<boolean> {
  const member = await memberBySid(deps.database, target);
  return member === undefined ? false : leavePool(deps, target, member.serviceSid);
}

async function leavePool({ database, book }: ServicesDeps, target: Target, serviceSid: string): Promise<boolean> {
  const service = { accountSid: target.accountSid, sid: serviceSid };
  const whole = await database.transaction(async (tx) => {
    if ((await findService(tx, service, true)) === undefined) return undefined;
    if ((await removeMember(tx, { ...target, serviceSid })) === undefined) return undefined;
    const counted = await countRevision(tx, service);
    return counted === undefined ? undefined : { service: counted, members: await membersOf(tx, serviceSid) };
  });
  if (whole !== undefined) book.put(whole);
  return whole !== undefined;
}
