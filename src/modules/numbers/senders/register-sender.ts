import { AppError } from "../../../kernel/errors.ts";
import type { DatabaseSession } from "../../../platform/ports.ts";
import { isAlphanumericSender, MAX_ALPHANUMERIC_PER_ACCOUNT, type AlphanumericSender } from "../alphanumeric.ts";
import { deleteSender, findSender, insertSender, lockSenders, writeSenderStatus } from "../alphanumeric.store.ts";
import type { NumbersDeps } from "../deps.ts";
import { senderErrors } from "./errors.ts";

/** A sender that an account wants. */
export interface SenderWish {
  readonly accountSid: string;
  readonly sender: string;
  /** ISO 3166-1 alpha-2; empty for all countries that need no registration. */
  readonly isoCountry: string;
}

/** Registers a sender of an account: approved at once, or pending until the operator looks at it. */
export async function registerSender(deps: NumbersDeps, wish: SenderWish): Promise<AlphanumericSender> {
  const { accountSid } = wish;
  const { made, senders } = await deps.database.transaction((tx) => registerIn(deps, tx, wish));
  deps.book.setAlphanumeric(accountSid, senders);
  return made;
}

/** As {@link registerSender}, in a transaction whose commit the caller tells the book of. */
export async function registerIn(
  deps: NumbersDeps,
  tx: DatabaseSession,
  { accountSid, sender, isoCountry }: SenderWish,
): Promise<{ readonly made: AlphanumericSender; readonly senders: readonly AlphanumericSender[] }> {
  if (!isAlphanumericSender(sender)) throw new AppError(senderErrors.invalid, { value: sender });
  const country = isoCountry.toUpperCase();
  if (country !== "" && !/^[A-Z]{2}$/.test(country)) {
    throw new AppError(senderErrors.countryInvalid, { value: isoCountry });
  }
  const known = await lockSenders(tx, accountSid);
  if (known.length >= MAX_ALPHANUMERIC_PER_ACCOUNT) {
    throw new AppError(senderErrors.tooMany, { max: MAX_ALPHANUMERIC_PER_ACCOUNT });
  }
  const capitals = sender.toUpperCase();
  if (known.some((one) => one.sender.toUpperCase() === capitals && one.isoCountry === country)) {
    throw new AppError(senderErrors.known, { value: sender });
  }
  const atMs = deps.clock.nowMs();
  const made: AlphanumericSender = {
    sid: deps.mintSid("AI"),
    accountSid,
    sender,
    isoCountry: country,
    status: deps.approveSenders ? "approved" : "pending",
    createdMs: atMs,
    updatedMs: atMs,
  };
  await insertSender(tx, made);
  return { made, senders: [...known, made] };
}

/** What the operator decides about a sender. `undefined` where there is none. */
export async function reviewSender(
  { database, clock, book }: NumbersDeps,
  sid: string,
  status: AlphanumericSender["status"],
): Promise<AlphanumericSender | undefined> {
  const found = await findSender(database, sid);
  if (found === undefined) return undefined;
  const { accountSid } = found;
  const { reviewed, senders } = await database.transaction(async (tx) => {
    const known = await lockSenders(tx, accountSid);
    const before = known.find((one) => one.sid === sid);
    if (before === undefined) return { reviewed: undefined, senders: known };
    const reviewed = { ...before, status, updatedMs: clock.nowMs() };
    await writeSenderStatus(tx, reviewed);
    return { reviewed, senders: known.map((one) => (one.sid === sid ? reviewed : one)) };
  });
  book.setAlphanumeric(accountSid, senders);
  return reviewed;
}

/** Gives up a sender of an account. Resolves to whether there was one. */
export async function removeSender({ database, book }: NumbersDeps, accountSid: string, sid: string): Promise<boolean> {
  const senders = await database.transaction(async (tx) => {
    const known = await lockSenders(tx, accountSid);
    if (!known.some((one) => one.sid === sid)) return undefined;
    await deleteSender(tx, sid);
    return known.filter((one) => one.sid !== sid);
  });
  if (senders !== undefined) book.setAlphanumeric(accountSid, senders);
  return senders !== undefined;
}
