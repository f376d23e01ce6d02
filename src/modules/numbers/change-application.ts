import { AppError } from "../../kernel/errors.ts";
import { findApplication, insertApplication, removeApplication, writeApplication } from "./application.store.ts";
import { MAX_APPLICATIONS_PER_ACCOUNT, type Application } from "./application.ts";
import { UNCONFIGURED_APPLICATION, type ApplicationConfiguration, type Changes } from "./configuration.ts";
import type { NumbersDeps } from "./deps.ts";
import { numberErrors } from "./errors.ts";
import { unlinkApplication, type NumberTarget } from "./number.store.ts";

/** Creates an application of an account. */
export async function createApplication(
  deps: NumbersDeps,
  input: { readonly accountSid: string; readonly changes: Changes<ApplicationConfiguration> },
): Promise<Application> {
  const configuration = configure(UNCONFIGURED_APPLICATION, input.changes);
  const { accountSid } = input;
  const atMs = deps.clock.nowMs();
  const created = await insertApplication(deps.database, { accountSid, sid: deps.mintSid("AP"), atMs, configuration });
  if (created === undefined) {
    throw new AppError(numberErrors.tooManyApplications, { max: MAX_APPLICATIONS_PER_ACCOUNT });
  }
  deps.book.putApplication(created);
  return created;
}

/** Changes an application. `undefined` where the account has no such one. */
export async function updateApplication(
  deps: NumbersDeps,
  input: NumberTarget & { readonly changes: Changes<ApplicationConfiguration> },
): Promise<Application | undefined> {
  const updated = await deps.database.transaction(async (tx) => {
    const found = await findApplication(tx, input, true);
    if (found === undefined) return undefined;
    const configuration = configure(found.configuration, input.changes);
    return writeApplication(tx, input, { atMs: deps.clock.nowMs(), configuration });
  });
  if (updated !== undefined) deps.book.putApplication(updated);
  return updated;
}

/** Deletes an application and takes it off the account's numbers. Resolves to whether there was one. */
export async function deleteApplication(deps: NumbersDeps, target: NumberTarget): Promise<boolean> {
  const unlinked = await deps.database.transaction(async (tx) => {
    if (!(await removeApplication(tx, target))) return undefined;
    return unlinkApplication(tx, target, deps.clock.nowMs());
  });
  if (unlinked === undefined) return false;
  deps.book.removeApplication(target.sid);
  for (const number of unlinked) deps.book.putNumber(number);
  return true;
}

/** The configuration after a change. Throws for a fallback without what it falls back from. */
function configure(
  before: ApplicationConfiguration,
  changes: Changes<ApplicationConfiguration>,
): ApplicationConfiguration {
  const after = { ...before, ...changes };
  if ((changes.smsFallbackUrl ?? "") !== "" && after.smsUrl === "") throw new AppError(numberErrors.smsFallbackAlone);
  if ((changes.voiceFallbackUrl ?? "") !== "" && after.voiceUrl === "") {
    throw new AppError(numberErrors.voiceFallbackAlone);
  }
  return after;
}
