import { AppError } from "../../kernel/errors.ts";
import { DEFAULT_SETTINGS, mintPassword, mintSystemId, isSystemId } from "./credential.ts";
import type { CredentialSettings, NewSmppCredential, SmppCredential } from "./credential.ts";
import {
  countCredentials,
  deleteCredentialRow,
  findCredential,
  insertCredential,
  lockOwner,
  updateCredential,
} from "./credential.store.ts";
import type { CredentialDeps } from "./deps.ts";
import { esmeErrors } from "./errors.ts";
import { isCidr } from "./peer-address.ts";

/** The most SMPP credentials that one account can have. */
export const MAX_CREDENTIALS_PER_ACCOUNT = 100;

type Wish = { readonly [K in keyof CredentialSettings]?: CredentialSettings[K] | undefined };

/** Creates a credential. Its password is told here and never again. */
export async function createCredential(
  deps: CredentialDeps,
  wish: Wish & { readonly accountSid: string; readonly systemId?: string | undefined },
): Promise<NewSmppCredential> {
  const { accountSid } = wish;
  const systemId = wish.systemId === undefined || wish.systemId === "" ? mintSystemId(deps.randomBytes) : wish.systemId;
  if (!isSystemId(systemId)) throw new AppError(esmeErrors.systemIdInvalid);
  const sid = deps.mintSid("EM");
  const password = mintPassword(deps.randomBytes);
  const nowMs = deps.clock.nowMs();
  const credential: SmppCredential = {
    sid,
    accountSid,
    systemId,
    digest: deps.secrets.digest(password, sid),
    createdMs: nowMs,
    updatedMs: nowMs,
    ...settled(DEFAULT_SETTINGS, wish),
  };
  await deps.database.transaction(async (tx) => {
    // The lock makes the count hold until the insertion.
    if (!(await lockOwner(tx, accountSid))) throw new AppError(esmeErrors.accountUnknown, { sid: accountSid });
    if ((await countCredentials(tx, accountSid)) >= MAX_CREDENTIALS_PER_ACCOUNT) {
      throw new AppError(esmeErrors.tooManyCredentials, { max: MAX_CREDENTIALS_PER_ACCOUNT });
    }
    if (!(await insertCredential(tx, credential))) throw new AppError(esmeErrors.systemIdTaken, { systemId });
  });
  deps.book.put(credential);
  deps.logger.info("esme.credential.created", { accountSid, sid, systemId });
  return { ...credential, password };
}

/** Changes settings; what is absent stays. With `newPassword` the old password opens nothing more. `undefined` where it is gone. */
export async function changeCredential(
  deps: CredentialDeps,
  wish: Wish & { readonly sid: string; readonly newPassword?: boolean | undefined },
): Promise<SmppCredential | NewSmppCredential | undefined> {
  const { sid } = wish;
  const password = wish.newPassword === true ? mintPassword(deps.randomBytes) : undefined;
  const changed = await deps.database.transaction(async (tx) => {
    const known = await findCredential(tx, sid, true);
    if (known === undefined) return undefined;
    const digest = password === undefined ? known.digest : deps.secrets.digest(password, sid);
    const next = { ...known, ...settled(known, wish), digest, updatedMs: deps.clock.nowMs() };
    await updateCredential(tx, next);
    return next;
  });
  if (changed === undefined) return undefined;
  deps.book.put(changed);
  deps.logger.info("esme.credential.changed", {
    accountSid: changed.accountSid,
    sid,
    password: password !== undefined,
  });
  return password === undefined ? changed : { ...changed, password };
}

/** Deletes a credential; its sessions are unbound. False where it is gone. */
export async function deleteCredential(deps: CredentialDeps, credential: SmppCredential): Promise<boolean> {
  const { sid, accountSid, systemId } = credential;
  const deleted = await deleteCredentialRow(deps.database, sid);
  deps.book.remove(systemId);
  if (deleted) deps.logger.info("esme.credential.deleted", { accountSid, sid, systemId });
  return deleted;
}

/** Settings as wished, where something is wished. An empty fallback URL clears it; so does an empty range all of them. */
function settled(known: CredentialSettings, wish: Wish): CredentialSettings {
  const ranges = wish.allowedCidrs ?? known.allowedCidrs;
  for (const value of ranges) if (!isCidr(value)) throw new AppError(esmeErrors.cidrInvalid, { value });
  return {
    friendlyName: wish.friendlyName ?? known.friendlyName,
    maxBinds: wish.maxBinds ?? known.maxBinds,
    window: wish.window ?? known.window,
    messagesPerSecond: wish.messagesPerSecond ?? known.messagesPerSecond,
    allowedCidrs: ranges,
    receiptFallbackUrl: (wish.receiptFallbackUrl ?? known.receiptFallbackUrl) || undefined,
    inbound: wish.inbound ?? known.inbound,
    trafficClass: wish.trafficClass ?? known.trafficClass,
    defaultAlphabet: wish.defaultAlphabet ?? known.defaultAlphabet,
    longTexts: wish.longTexts ?? known.longTexts,
  };
}
