/** How a link domain stands. Only a verified one answers and is used. */
export type DomainStatus = "pending" | "verified" | "blocked";

/** What an account has set on a domain. */
export interface DomainConfig {
  /** `ZK…`. */
  readonly sid: string;
  readonly fallbackUrl: string;
  readonly callbackUrl: string;
  readonly continueOnFailure: boolean;
  readonly disableHttps: boolean;
  readonly createdMs: number;
  readonly updatedMs: number;
}

/** The certificate of a domain, without its key. */
export interface DomainCertificate {
  /** `CW…`. */
  readonly sid: string;
  /** PEM, with the chain; empty while the first one is being obtained. */
  readonly cert: string;
  /** The key, sealed; empty with `cert`. */
  readonly sealedKey: string;
  /** Obtained from an authority, and renewed by us. */
  readonly isManaged: boolean;
  /** When it was asked for; `undefined` where nothing is under way. */
  readonly requestedMs: number | undefined;
  readonly startsMs: number | undefined;
  readonly expiresMs: number | undefined;
  readonly createdMs: number;
  readonly updatedMs: number;
}

/** A domain on which an account's links work. */
export interface LinkDomain {
  /** `DN…`. */
  readonly sid: string;
  readonly accountSid: string;
  /** Lower case, in ASCII. */
  readonly name: string;
  readonly status: DomainStatus;
  /** What proves that the account has the domain: in a TXT record, or in a file on the site. */
  readonly token: string;
  readonly revision: number;
  readonly createdMs: number;
  readonly updatedMs: number;
  readonly verifiedMs: number | undefined;
  readonly config: DomainConfig | undefined;
  readonly certificate: DomainCertificate | undefined;
  /** `MG…`, in order. */
  readonly services: readonly string[];
}

/** Domains of one account. */
export const MAX_DOMAINS_PER_ACCOUNT = 100;
/** Messaging services of one domain. */
export const MAX_SERVICES_PER_DOMAIN = 1_000;

/** The name whose TXT record proves a domain. */
export function proofName(domain: string): string {
  return `_trunkline-links.${domain}`;
}

/** The path on the domain whose content proves it. */
export const PROOF_PATH = "/.well-known/trunkline-links.txt";
