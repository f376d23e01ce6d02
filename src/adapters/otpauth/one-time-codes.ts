import { Secret, TOTP } from "otpauth";
import type { OneTimeCodes } from "../../platform/console/index.ts";

const SECRET_OCTETS = 20;
const PERIOD_S = 30;
const DIGITS = 6;
/** Steps to both sides of the present one: phones are seldom half a minute off. */
const WINDOW = 1;

/** Codes of authenticator apps by the package `otpauth`, with the parameters that all apps know. */
export const oneTimeCodes: OneTimeCodes = {
  newSecret: () => new Secret({ size: SECRET_OCTETS }).base32,
  uri: ({ secret, label, issuer }) => totp(secret, label, issuer).toString(),
  stepOf: ({ secret, code, nowMs }) => {
    if (!/^\d{6}$/.test(code)) return undefined;
    const delta = totp(secret).validate({ token: code, timestamp: nowMs, window: WINDOW });
    return delta === null ? undefined : Math.floor(nowMs / 1_000 / PERIOD_S) + delta;
  },
};

function totp(secret: string, label = "", issuer = ""): TOTP {
  const parameters = { algorithm: "SHA1", digits: DIGITS, period: PERIOD_S };
  return new TOTP({ ...parameters, issuer, label, secret: Secret.fromBase32(secret) });
}
