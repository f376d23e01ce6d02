import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { mintAuthority, mintServer } from "../../src/platform/front/certificate.ts";

const DAY_MS = 86_400_000;

/** An authority of a test, with what it signs. */
export interface TestAuthority {
  /** Its certificate, PEM. */
  readonly cert: string;
  /** Signs a certificate for a key of somebody's. */
  sign(names: readonly string[], publicKey: KeyObject, days?: { from: number; until: number }): string;
  /** A new key with a certificate for it, both PEM. */
  issue(
    names: readonly string[],
    days?: { from: number; until: number },
  ): { readonly cert: string; readonly key: string };
}

/** An authority whose certificates hold from a day before to 90 days after `nowMs`, unless told otherwise in days. */
export function testAuthority(nowMs: number): TestAuthority {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const issuer = { commonName: "Test authority", key: privateKey };
  const validity = (days: { from: number; until: number }) => ({
    fromMs: nowMs + days.from * DAY_MS,
    untilMs: nowMs + days.until * DAY_MS,
  });
  const usual = { from: -1, until: 90 };
  const sign: TestAuthority["sign"] = (names, publicKey, days = usual) =>
    mintServer(issuer, validity(days), { names, publicKey });
  return {
    cert: mintAuthority(issuer, validity({ from: -1, until: 3_650 }), { domains: ["example.com"], addresses: [] }),
    sign,
    issue: (names, days) => {
      const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
      return {
        cert: sign(names, pair.publicKey, days),
        key: pair.privateKey.export({ type: "pkcs8", format: "pem" }) as string,
      };
    },
  };
}
