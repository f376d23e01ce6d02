import { AppError } from "../../kernel/errors.ts";
import type { ServicesDeps } from "./deps.ts";
import { serviceErrors } from "./errors.ts";
import { membersOf } from "./member.store.ts";
import { MAX_SERVICES_PER_ACCOUNT } from "./pool-member.ts";
import { findService, insertService, removeService, writeService } from "./service.store.ts";
import { UNCONFIGURED_SERVICE, type Service, type ServiceChanges, type Target } from "./service.ts";
import { sticksForgotten } from "./sticky-senders.ts";

/** Makes a service with an empty pool. */
export async function createService(
  deps: ServicesDeps,
  { accountSid, changes }: { readonly accountSid: string; readonly changes: ServiceChanges },
): Promise<Service> {
  const { database, clock, book, mintSid } = deps;
  const configuration = { ...UNCONFIGURED_SERVICE, ...changes };
  const service = await insertService(database, {
    sid: mintSid("MG"),
    accountSid,
    atMs: clock.nowMs(),
    configuration,
  });
  if (service === undefined) throw new AppError(serviceErrors.tooManyServices, { max: MAX_SERVICES_PER_ACCOUNT });
  book.put({ service, members: [] });
  return service;
}

/** Changes a service. `undefined` where the account has no such service. */
export async function updateService(
  { database, clock, book }: ServicesDeps,
  target: Target,
  changes: ServiceChanges,
): Promise<Service | undefined> {
  const whole = await database.transaction(async (tx) => {
    const before = await findService(tx, target, true);
    if (before === undefined) return undefined;
    const configuration = { ...before.configuration, ...changes };
    const service = await writeService(tx, target, { atMs: clock.nowMs(), configuration });
    return service === undefined ? undefined : { service, members: await membersOf(tx, target.sid) };
  });
  if (whole !== undefined) book.put(whole);
  return whole?.service;
}

/** Deletes a service; its numbers stay the account's. Resolves to whether there was one. */
export async function deleteService(deps: ServicesDeps, target: Target): Promise<boolean> {
  const { database, book, cell, logger } = deps;
  const isRemoved = await database.transaction(async (tx) => {
    // Those who change its pool hold it while they do.
    await findService(tx, target, true);
    return removeService(tx, target);
  });
  if (!isRemoved) return false;
  book.remove(target.sid);
  try {
    await cell().commit(sticksForgotten(target.accountSid, target.sid), "progress");
  } catch (error) {
    // What is left of it is never asked for again, and goes when there is no room.
    logger.warn("services.sticks-not-forgotten", { serviceSid: target.sid, reason: String(error) });
  }
  return true;
}
