import { createRequire } from "node:module";
import type * as Acme from "acme-client";
import type { CertificateIssuer, IssuerKeyStore } from "../../platform/certificates/index.ts";

/** How an authority is spoken to. */
export interface AcmeIssuerOptions {
  /** The authority's directory (RFC 8555 §7.1.1), for example `https://acme-v02.api.letsencrypt.org/directory`. */
  readonly directoryUrl: string;
  /** To whom it writes before certificates end; may be left out. */
  readonly email?: string;
  readonly keys: IssuerKeyStore;
  /** Authorities such as ZeroSSL want an account of theirs (RFC 8555 §7.3.4). */
  readonly externalAccount?: { readonly keyId: string; readonly macKey: string };
  /** Between two looks at an order; grows from the first to the second. 1 s and 15 s unless told. */
  readonly pollMs?: { readonly least: number; readonly most: number };
}

const POLL_ATTEMPTS = 20;
const POLL_MS = { least: 1_000, most: 15_000 };

/**
 * Certificates by RFC 8555 and HTTP-01, with the package `acme-client`. Using it agrees to
 * the authority's terms of service: the operator does so by configuring a directory.
 */
export function acmeIssuer(options: AcmeIssuerOptions): CertificateIssuer {
  // Loaded when it is first needed: most systems obtain no certificates, and the package is large.
  let acme: typeof Acme | undefined;
  const load = (): typeof Acme => (acme ??= createRequire(import.meta.url)("acme-client") as typeof Acme);
  return {
    async obtain({ domain, challenges }) {
      const { crypto } = load();
      const client = await makeClient(options, load());
      // A P-256 key: a shorter handshake than RSA, and every browser since 2011 knows it.
      const [key, csr] = await crypto.createCsr({ altNames: [domain] }, await crypto.createPrivateEcdsaKey("P-256"));
      const cert = await client.auto({
        csr,
        ...(options.email === undefined ? {} : { email: options.email }),
        termsOfServiceAgreed: true,
        challengePriority: ["http-01"],
        // The authority looks from outside, which we cannot do from here.
        skipChallengeVerification: true,
        challengeCreateFn: (_authorization, { token }, keyAuthorization) =>
          Promise.resolve(challenges.put(token, keyAuthorization)),
        challengeRemoveFn: (_authorization, { token }) => Promise.resolve(challenges.remove(token)),
      });
      return { key: key.toString("utf8"), cert };
    },
  };
}

async function makeClient(options: AcmeIssuerOptions, { crypto, Client }: typeof Acme): Promise<Acme.Client> {
  const { directoryUrl, keys, externalAccount, pollMs = POLL_MS } = options;
  const accountKey = await keys.key(async () => (await crypto.createPrivateEcdsaKey("P-256")).toString("utf8"));
  return new Client({
    directoryUrl,
    accountKey,
    backoffAttempts: POLL_ATTEMPTS,
    backoffMin: pollMs.least,
    backoffMax: pollMs.most,
    ...(externalAccount === undefined
      ? {}
      : { externalAccountBinding: { kid: externalAccount.keyId, hmacKey: externalAccount.macKey } }),
  });
}
