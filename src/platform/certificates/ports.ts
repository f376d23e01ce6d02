import type { ServerCertificate } from "../ports.ts";

/** Certificates that were given or obtained for single names, for a TLS server to show by SNI (RFC 6066 §3). */
export interface CertificateStore {
  /**
   * The certificate for exactly this name (lower case, no final dot); `undefined` where there is none that
   * holds now. The same object until it changes, at once, and cheap: it is asked in every handshake.
   */
  certificateOf(name: string): ServerCertificate | undefined;
}

/** Answers to challenges of a certificate authority, over HTTP at `/.well-known/acme-challenge/<token>` (RFC 8555 §8.3). */
export interface ChallengeBoard {
  put(token: string, keyAuthorization: string): void;
  remove(token: string): void;
}

/** Obtains certificates from an authority by RFC 8555. */
export interface CertificateIssuer {
  /**
   * Proves by HTTP-01 that `domain` is ours and resolves to a new key and the certificate with its chain. Rejects
   * with what the authority said. Takes seconds to minutes.
   */
  obtain(order: { readonly domain: string; readonly challenges: ChallengeBoard }): Promise<ServerCertificate>;
}

/** Where an issuer keeps the key by which the authority knows it: PEM. */
export interface IssuerKeyStore {
  /** The key that is kept, or the one that `make` makes, which is then kept. */
  key(make: () => Promise<string>): Promise<string>;
}
