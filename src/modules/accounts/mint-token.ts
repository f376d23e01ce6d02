import { Buffer } from "node:buffer";
import type { AccountsDeps } from "./deps.ts";
import type { StoredToken } from "./token.store.ts";

const SECRET_OCTETS = 16;

/** A new secret: 32 hexadecimal digits. */
export function mintSecret({ randomBytes }: Pick<AccountsDeps, "randomBytes">): string {
  return Buffer.from(randomBytes(SECRET_OCTETS)).toString("hex");
}

/** A token as it is stored. It is bound to its account, not to its place, so that it can be promoted as it is. */
export function storedToken(
  { secrets, clock }: Pick<AccountsDeps, "secrets" | "clock">,
  accountSid: string,
  token: string,
): StoredToken {
  const nowMs = clock.nowMs();
  return {
    sealed: secrets.seal(token, accountSid),
    digest: secrets.digest(token, accountSid),
    createdMs: nowMs,
    updatedMs: nowMs,
  };
}
