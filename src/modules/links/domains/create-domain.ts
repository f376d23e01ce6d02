import { AppError } from "../../../kernel/errors.ts";
import { isVendorHost, normalizeHost } from "../../../platform/hosts/index.ts";
import type { LinkDeps } from "../deps.ts";
import { linkErrors } from "../errors.ts";
import { MAX_DOMAINS_PER_ACCOUNT, type LinkDomain } from "./domain.ts";
import { deleteDomain, dropPendingDomain, insertDomain } from "./domain.store.ts";
import { countLinks } from "../link.store.ts";

type CreateDeps = Pick<LinkDeps, "database" | "clock" | "rules" | "domains" | "mintSid" | "randomBytes">;

const TOKEN_OCTETS = 16;
/** For so long a name that nobody has proven is kept for whoever asked first. */
const PENDING_MS = 86_400_000;
const ADDRESS = /^[\d.]+$|:/;

/** Sets up a domain for an account's links. It works once the account has proven that it has the domain. */
export async function createDomain(
  deps: CreateDeps,
  input: { readonly accountSid: string; readonly name: string },
): Promise<LinkDomain> {
  const { database, clock, rules, domains, mintSid, randomBytes } = deps;
  const name = domainName(input.name, rules.reservedHosts);
  const atMs = clock.nowMs();
  const dropped = await dropPendingDomain(database, name, atMs - PENDING_MS);
  const old = dropped === undefined ? undefined : domains.bySid(dropped);
  if (old !== undefined) domains.remove(old);
  const made = await insertDomain(database, {
    sid: mintSid("DN"),
    accountSid: input.accountSid,
    name,
    status: rules.ownership === "waived" ? "verified" : "pending",
    token: hex(randomBytes(TOKEN_OCTETS)),
    atMs,
  });
  if (made === "full") throw new AppError(linkErrors.tooManyDomains, { max: MAX_DOMAINS_PER_ACCOUNT });
  if (made === "taken") throw new AppError(linkErrors.nameTaken, { name });
  domains.put(made);
  return made;
}

/**
 * A name as it is asked for over HTTP: lower case, in ASCII. Throws for addresses, names without
 * a dot, vendors' hosts and those of this installation: requests to these are not for links.
 */
export function domainName(text: string, reservedHosts: readonly string[]): string {
  const refuse = (reason: string): never => {
    throw new AppError(linkErrors.nameInvalid, { name: text.slice(0, 64), reason });
  };
  const bare = text
    .trim()
    .replace(/^https?:\/\//i, "")
    .replace(/\/$/, "");
  if (/[/?#@:\s\\]/.test(bare) || !URL.canParse(`http://${bare}/`)) return refuse("it is no host name");
  const name = normalizeHost(new URL(`http://${bare}/`).hostname);
  if (name === undefined) return refuse("it is no host name");
  if (ADDRESS.test(name)) return refuse("it is an address");
  if (!name.includes(".")) return refuse("it has no dot");
  if (isVendorHost(name)) return refuse("this installation answers there in a vendor's place");
  if (reservedHosts.includes(name)) return refuse("this installation itself is reached there");
  return name;
}

/** Deletes a domain that no link is on. */
export async function removeDomain(
  { database, domains, state }: Pick<LinkDeps, "database" | "domains" | "state">,
  domain: LinkDomain,
): Promise<void> {
  let links = await countLinks(database, domain.name, 1_000);
  for (const link of state.links.values()) if (link.domain === domain.name) links += 1;
  if (links > 0) throw new AppError(linkErrors.domainInUse, { links });
  await deleteDomain(database, domain.sid);
  domains.remove(domain);
}

function hex(octets: Uint8Array): string {
  return Array.from(octets, (octet) => octet.toString(16).padStart(2, "0")).join("");
}
