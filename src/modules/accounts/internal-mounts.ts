import { isSid } from "../../kernel/ids.ts";
import { AppError } from "../../kernel/errors.ts";
import { signedMount, type FleetKey } from "../../platform/fleet/index.ts";
import type { Mount } from "../../platform/http/index.ts";
import { countAccounts } from "./account.store.ts";
import { createMainAccount } from "./create-main-account.ts";
import { accountCredential, keyCredential, type CredentialRecord } from "./credential-record.ts";
import type { AccountsDeps } from "./deps.ts";
import { accountErrors } from "./errors.ts";
import type { RecordCache } from "./record-cache.ts";

/** A record that was read less than this ago is told as it is. */
const MAX_AGE_MS = 1_000;
const MAX_BODY_OCTETS = 4_096;

/**
 * What a cell answers to other processes of the system about its accounts:
 * - `GET …/credentials/{Sid}`: a {@link CredentialRecord}; 404 where there is none.
 * - `POST …/accounts` with `{sid, friendlyName}`: makes a main account, once; `{sid, created, authToken}`.
 * - `GET …/accounts/count`: `{mainAccounts, subaccounts}` that are not closed.
 */
export function accountMounts(deps: AccountsDeps, fleetKey: FleetKey): Mount[] {
  const { clock } = deps;
  return [
    signedMount(fleetKey, clock, {
      method: "GET",
      path: "/credentials/{Sid}",
      run: ({ path }) => credentialOf(deps, path["Sid"] ?? ""),
    }),
    signedMount(fleetKey, clock, {
      method: "POST",
      path: "/accounts",
      maxBodyOctets: MAX_BODY_OCTETS,
      run: async ({ json }) => {
        const { sid, created, authToken = null } = await createMainAccount(deps, readWish(json));
        return { sid, created, authToken };
      },
    }),
    signedMount(fleetKey, clock, {
      method: "GET",
      path: "/accounts/count",
      run: () => countAccounts(deps.database),
    }),
  ];
}

async function credentialOf({ records }: AccountsDeps, sid: string): Promise<CredentialRecord | undefined> {
  if (isSid(sid, "SK")) {
    const key = await newest(records.keys, sid);
    return key === undefined ? undefined : keyCredential(key);
  }
  const account = isSid(sid, "AC") ? await newest(records.accounts, sid) : undefined;
  return account === undefined ? undefined : accountCredential(account);
}

/** The record as it is now, else as it was: who is known goes on while the database is down. */
async function newest<V extends object>(records: RecordCache<V>, sid: string): Promise<V | undefined> {
  try {
    return await records.findCurrent(sid, MAX_AGE_MS);
  } catch {
    return records.find(sid);
  }
}

function readWish(json: unknown): { sid: string; friendlyName: string | undefined } {
  const { sid, friendlyName } = (json ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof sid !== "string") throw new AppError(accountErrors.sidInvalid);
  if (friendlyName !== undefined && typeof friendlyName !== "string") {
    throw new AppError(accountErrors.friendlyNameInvalid);
  }
  return { sid, friendlyName };
}
