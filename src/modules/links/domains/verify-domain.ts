import { classifyAddress } from "../../../platform/http-client/index.ts";
import type { LinkDeps } from "../deps.ts";
import { PROOF_PATH, proofName, type LinkDomain } from "./domain.ts";
import { updateDomain } from "./domain.store.ts";

const MAX_SHOWN = 5;

type VerifyDeps = Pick<LinkDeps, "database" | "clock" | "domains" | "dns" | "fetchText" | "logger">;

/** Looks whether an account has proven its domain, by DNS or by a file, and makes it work if so. */
export async function verifyDomain(deps: VerifyDeps, domain: LinkDomain): Promise<LinkDomain> {
  if (domain.status !== "pending") return domain;
  if (!(await isProvenByDns(deps, domain)) && !(await isProvenByFile(deps, domain))) return domain;
  return setStatus(deps, domain, "verified");
}

async function isProvenByDns({ dns, logger }: VerifyDeps, { name, token }: LinkDomain): Promise<boolean> {
  try {
    return (await dns.texts(proofName(name))).some((text) => text.trim() === token);
  } catch (error) {
    logger.info("links.dns-unanswered", { domain: name, reason: String(error) });
    return false;
  }
}

async function isProvenByFile({ fetchText }: VerifyDeps, { name, token }: LinkDomain): Promise<boolean> {
  return (await fetchText(`http://${name}${PROOF_PATH}`))?.trim() === token;
}

/** Sets how a domain stands: what its proof did, or the operator says. */
export async function setStatus(
  { database, clock, domains }: Pick<LinkDeps, "database" | "clock" | "domains">,
  domain: LinkDomain,
  status: LinkDomain["status"],
): Promise<LinkDomain> {
  const atMs = clock.nowMs();
  const proven = status === "verified" && domain.verifiedMs === undefined ? { verified_at: new Date(atMs) } : {};
  const changed = await updateDomain(database, domain.sid, { change: { status, ...proven }, atMs });
  if (changed === undefined) return domain;
  domains.put(changed);
  return changed;
}

/** Whether a domain's name leads here, and if not, why. */
export async function validateDns(
  { net, rules }: Pick<LinkDeps, "net" | "rules">,
  { name }: LinkDomain,
): Promise<{ readonly isValid: boolean; readonly reason: string }> {
  const resolve = (host: string): Promise<string[]> => net.resolve(host).catch(() => []);
  const addresses = await resolve(name);
  if (addresses.length === 0) return { isValid: false, reason: `${name} has no address.` };
  if (rules.targets.length === 0) return { isValid: true, reason: "" };
  const targets = (await Promise.all(rules.targets.map(resolve))).flat();
  const strange = addresses.filter((address) => !targets.includes(address) && !rules.targets.includes(address));
  if (strange.length === 0) return { isValid: true, reason: "" };
  return { isValid: false, reason: `${name} leads to ${shown(strange)}, not to ${rules.targets.join(", ")}.` };
}

/** Addresses that only this network has are nobody's business: any name can be asked for. */
function shown(addresses: readonly string[]): string {
  const isPublic = addresses.every((address) => classifyAddress(address) === "public");
  return isPublic ? addresses.slice(0, MAX_SHOWN).join(", ") : "an address that is not public";
}
