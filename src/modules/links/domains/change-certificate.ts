import { AppError } from "../../../kernel/errors.ts";
import {
  readCertificate,
  type CertificateProblem,
  type ReadCertificate,
} from "../../../platform/certificates/index.ts";
import { linkKeyContext } from "../../../platform/links/index.ts";
import type { LinkDeps } from "../deps.ts";
import { linkAlerts, linkErrors } from "../errors.ts";
import type { LinkTrouble } from "../link-machine.ts";
import type { LinkDomain } from "./domain.ts";
import { updateDomain, type DomainChange } from "./domain.store.ts";

type CertificateDeps = Pick<
  LinkDeps,
  "database" | "clock" | "domains" | "secrets" | "mintSid" | "rules" | "issuer" | "challenges" | "cell" | "logger"
>;

/** Takes the certificate, chain and key that an account gives for its domain. Throws the public error of what is wrong with them. */
export function giveCertificate(deps: CertificateDeps, domain: LinkDomain, pem: string): Promise<LinkDomain> {
  const read = readCertificate(pem, {
    domain: domain.name,
    nowMs: deps.clock.nowMs(),
    allowSelfSigned: deps.rules.allowSelfSigned,
  });
  if (typeof read === "string") throw refusalOf(read, domain.name);
  return storeCertificate(deps, domain, { read, isManaged: false });
}

const REASONS: Readonly<Record<CertificateProblem, string>> = {
  missing: "",
  "unreadable-certificate": "",
  "unreadable-key": "it cannot be read",
  "weak-key": "it is neither RSA of at least 2048 bits nor P-256, P-384 or P-521",
  unmatched: "",
  "self-signed": "",
  "broken-chain": "one of the chain did not sign the one before it",
  "wrong-name": "it is for other names",
  expired: "",
  "not-yet-valid": "it does not hold yet",
};

function refusalOf(problem: CertificateProblem, domain: string): AppError {
  const reason = REASONS[problem];
  switch (problem) {
    case "missing":
      return new AppError(linkErrors.certificateMissing);
    case "unreadable-certificate":
      return new AppError(linkErrors.certificateUnreadable);
    case "unreadable-key":
    case "weak-key":
      return new AppError(linkErrors.keyInvalid, { reason });
    case "unmatched":
      return new AppError(linkErrors.pairInvalid);
    case "self-signed":
      return new AppError(linkErrors.selfSigned);
    case "expired":
      return new AppError(linkErrors.certificateTooOld);
    default:
      return new AppError(linkErrors.certificateUnfit, { domain, reason });
  }
}

async function storeCertificate(
  { database, clock, domains, secrets, mintSid }: CertificateDeps,
  domain: LinkDomain,
  input: { readonly read: ReadCertificate; readonly isManaged: boolean },
): Promise<LinkDomain> {
  const { read, isManaged } = input;
  const atMs = clock.nowMs();
  const now = new Date(atMs);
  const isNew = domain.certificate === undefined;
  const change: DomainChange = {
    ...(isNew ? { certificate_sid: mintSid("CW"), certificate_created_at: now } : {}),
    certificate: read.cert,
    certificate_key: secrets.seal(read.key, linkKeyContext(domain.name)),
    certificate_managed: isManaged,
    certificate_requested_at: null,
    certificate_starts_at: new Date(read.startsMs),
    certificate_expires_at: new Date(read.expiresMs),
    certificate_updated_at: now,
  };
  return keep({ database, domains }, domain, { change, atMs });
}

async function keep(
  { database, domains }: Pick<LinkDeps, "database" | "domains">,
  domain: LinkDomain,
  input: { readonly change: DomainChange; readonly atMs: number },
): Promise<LinkDomain> {
  const changed = await updateDomain(database, domain.sid, input);
  if (changed === undefined) return domain;
  domains.put(changed);
  return changed;
}

/** Takes the certificate of a domain away. */
export function dropCertificate(deps: CertificateDeps, domain: LinkDomain): Promise<LinkDomain> {
  const change: DomainChange = {
    certificate_sid: null,
    certificate: null,
    certificate_key: null,
    certificate_managed: false,
    certificate_requested_at: null,
    certificate_starts_at: null,
    certificate_expires_at: null,
    certificate_created_at: null,
    certificate_updated_at: null,
  };
  return keep(deps, domain, { change, atMs: deps.clock.nowMs() });
}

/** Notes that a certificate is to be obtained, durably: what a crash interrupts is begun again. */
export async function requestCertificate(deps: CertificateDeps, domain: LinkDomain): Promise<LinkDomain> {
  if (deps.issuer === undefined) throw new AppError(linkErrors.issuerAbsent);
  if (domain.status !== "verified") throw new AppError(linkErrors.domainNotVerified, { domain: domain.name });
  const atMs = deps.clock.nowMs();
  const now = new Date(atMs);
  const isNew = domain.certificate === undefined;
  const change: DomainChange = {
    ...(isNew ? { certificate_sid: deps.mintSid("CW"), certificate_created_at: now, certificate_updated_at: now } : {}),
    certificate_requested_at: now,
    ...(isNew ? { certificate_managed: true } : {}),
  };
  return keep(deps, domain, { change, atMs });
}

/**
 * Obtains a certificate for a domain from the authority and puts it in place. True when it is
 * there; otherwise the account finds an alert, and what it had stays.
 */
export async function obtainCertificate(deps: CertificateDeps, domain: LinkDomain): Promise<boolean> {
  const { issuer, challenges, clock, logger, cell } = deps;
  if (issuer === undefined) return false;
  try {
    const { cert, key } = await issuer.obtain({ domain: domain.name, challenges });
    const demands = { domain: domain.name, nowMs: clock.nowMs() };
    const read = readCertificate(`${cert}\n${key}`, demands);
    if (typeof read === "string") throw new Error(`what the authority gave is ${read}`);
    await storeCertificate(deps, domain, { read, isManaged: true });
    logger.info("links.certificate-obtained", { domain: domain.name });
    return true;
  } catch (error) {
    const reason = error instanceof Error ? error.message.slice(0, 500) : String(error);
    logger.warn("links.certificate-not-obtained", { domain: domain.name, reason });
    const trouble: LinkTrouble = {
      kind: "link.trouble",
      accountSid: domain.accountSid,
      errorCode: linkAlerts.notObtained,
      text: `No certificate could be obtained for ${domain.name}: ${reason}`,
      resourceSid: domain.sid,
    };
    await cell()
      .commit(trouble, "progress")
      .catch(() => undefined);
    return false;
  }
}
