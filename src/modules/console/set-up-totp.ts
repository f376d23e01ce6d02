import { AppError } from "../../kernel/errors.ts";
import type { ConsoleDeps } from "./deps.ts";
import { consoleErrors } from "./errors.ts";
import { mintRecoveryCodes, recoveryDigest, takeCode, totpContext } from "./second-factor.ts";
import { liftLimit } from "./session.store.ts";
import type { User } from "./user.ts";
import { findUser, lockUser, putTotp } from "./user.store.ts";

const ISSUER = "Trunkline";
/** The edge of the picture. */
const QR_PX = 240;

/** What an authenticator app is told, once. */
export interface TotpSecret {
  readonly secret: string;
  readonly uri: string;
  /** The URI as a QR code, an SVG document. */
  readonly qrSvg: string;
}

/** Somebody and the session in which he asks. */
export interface TotpAsker {
  readonly user: User;
  readonly sessionSid: string | undefined;
}

/** Gives a new secret, which is good once a code of it was confirmed. Throws 20409 where there is a second factor already. */
export async function beginTotp(deps: ConsoleDeps, user: User): Promise<TotpSecret> {
  const { sid, accountSid, email = "" } = user;
  if (user.isAccount) throw new AppError(consoleErrors.accountUser);
  const secret = deps.oneTimeCodes.newSecret();
  await deps.database.transaction(async (tx) => {
    const current = await lockUser(tx, { accountSid, sid });
    if (current === undefined || current.totp.secret !== undefined) throw new AppError(consoleErrors.totpOn);
    const totp = { ...current.totp, pending: deps.secrets.seal(secret, totpContext(sid)) };
    await putTotp(tx, { sid, totp, nowMs: deps.clock.nowMs() });
  });
  const uri = deps.oneTimeCodes.uri({ secret, label: email, issuer: ISSUER });
  return { secret, uri, qrSvg: await deps.qrCodes.svg(uri, QR_PX) };
}

/** Confirms the new secret by a code of it. Gives the recovery codes, which are told once. Throws 20006 for a wrong code. */
export async function confirmTotp(
  deps: ConsoleDeps,
  { user, sessionSid }: TotpAsker,
  code: string,
): Promise<readonly string[]> {
  const { sid, accountSid } = user;
  const attempt = begin(deps, sid);
  const codes = mintRecoveryCodes(deps);
  await deps.database.transaction(async (tx) => {
    const { totp } = (await lockUser(tx, { accountSid, sid })) ?? user;
    if (totp.secret !== undefined || totp.pending === undefined) throw new AppError(consoleErrors.totpOff);
    const secret = deps.secrets.open(totp.pending, totpContext(sid));
    const nowMs = deps.clock.nowMs();
    const step = deps.oneTimeCodes.stepOf({ secret, code: code.replaceAll(/\s/g, ""), nowMs });
    if (step === undefined) throw new AppError(consoleErrors.codeWrong);
    const recoveryDigests = codes.map((each) => recoveryDigest(deps, sid, each));
    const confirmed = { secret: totp.pending, pending: undefined, lastStep: step, recoveryDigests };
    await putTotp(tx, { sid, totp: confirmed, nowMs });
    if (sessionSid !== undefined) await liftLimit(tx, sessionSid);
  });
  deps.attempts.succeeded(attempt);
  deps.logger.info("console.second-factor-set", { accountSid, userSid: sid });
  return codes;
}

/** Takes the second factor away, by a code of it. Throws 20006 for a wrong one, 20409 where there is none. */
export async function removeTotp(deps: ConsoleDeps, user: User, code: string): Promise<void> {
  if (user.totp.secret === undefined) throw new AppError(consoleErrors.totpOff);
  const { sid, accountSid } = user;
  const attempt = begin(deps, sid);
  if (!(await takeCode(deps, user, code))) throw new AppError(consoleErrors.codeWrong);
  deps.attempts.succeeded(attempt);
  const { lastStep } = (await findUser(deps.database, { accountSid, sid }))?.totp ?? user.totp;
  const totp = { secret: undefined, pending: undefined, lastStep, recoveryDigests: [] };
  await putTotp(deps.database, { sid, totp, nowMs: deps.clock.nowMs() });
  deps.logger.warn("console.second-factor-removed", { accountSid, userSid: sid });
}

function begin(deps: ConsoleDeps, userSid: string) {
  const attempt = { user: userSid, address: `code of ${userSid}`, isKnownAddress: true };
  const waitMs = deps.attempts.begin(attempt);
  if (waitMs > 0) throw new AppError(consoleErrors.tooManyTries, { seconds: Math.ceil(waitMs / 1_000) });
  return attempt;
}
