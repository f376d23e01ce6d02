import type { ConsoleDeps } from "./deps.ts";
import type { User } from "./user.ts";
import { takeRecoveryCode, takeStep } from "./user.store.ts";

const RECOVERY_CODES = 10;
/** 80 bits, in four groups of four. */
const CODE_CHARACTERS = 16;
/** Base32 without letters that look like digits or like each other. */
const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";

/** In what a user's secret and his recovery codes are bound. */
export const totpContext = (userSid: string): string => `${userSid} second factor`;

/** Ten new recovery codes. */
export function mintRecoveryCodes({ randomBytes }: Pick<ConsoleDeps, "randomBytes">): string[] {
  return Array.from({ length: RECOVERY_CODES }, () => {
    const letters = Array.from(randomBytes(CODE_CHARACTERS), (octet) => ALPHABET[octet & 31]).join("");
    return (letters.match(/.{4}/g) ?? []).join("-");
  });
}

/** What is stored of a recovery code, however it was typed. */
export function recoveryDigest({ secrets }: Pick<ConsoleDeps, "secrets">, userSid: string, code: string): string {
  const typed = code.toLowerCase().replaceAll(/[^a-z0-9]/g, "");
  const meant = typed.replaceAll("o", "0").replaceAll(/[il]/g, "1");
  return secrets.digest(meant, totpContext(userSid));
}

/**
 * Takes a code of a user whose second factor is set up: one of the app, or a recovery code. Each is
 * taken once, also where it comes twice at the same time.
 */
export async function takeCode(deps: ConsoleDeps, user: User, text: string): Promise<boolean> {
  const { secret } = user.totp;
  if (secret === undefined) return false;
  const code = text.replaceAll(/\s/g, "");
  if (/^\d{6}$/.test(code)) {
    const opened = deps.secrets.open(secret, totpContext(user.sid));
    const step = deps.oneTimeCodes.stepOf({ secret: opened, code, nowMs: deps.clock.nowMs() });
    return step !== undefined && takeStep(deps.database, user.sid, step);
  }
  if (code.length > 64) return false;
  const taken = await takeRecoveryCode(deps.database, user.sid, recoveryDigest(deps, user.sid, code));
  if (taken) deps.logger.warn("console.recovery-code-used", { userSid: user.sid });
  return taken;
}
