import { AppError } from "../../../kernel/errors.ts";
import type { LinkDeps } from "../deps.ts";
import { linkErrors } from "../errors.ts";
import { MAX_SERVICES_PER_DOMAIN, type LinkDomain } from "./domain.ts";
import { changeService, updateDomain } from "./domain.store.ts";
import { hostOfUrl } from "../url-rules.ts";

type ConfigDeps = Pick<LinkDeps, "database" | "clock" | "domains" | "mintSid" | "isService">;

/** What is to be set; what is `undefined` stays, an empty URL is taken away. */
export interface ConfigChange {
  readonly fallbackUrl: string | undefined;
  readonly callbackUrl: string | undefined;
  readonly continueOnFailure: boolean | undefined;
  readonly disableHttps: boolean | undefined;
}

/** Sets where clicks are told and where what is not found leads. */
export async function configureDomain(deps: ConfigDeps, domain: LinkDomain, change: ConfigChange): Promise<LinkDomain> {
  const { database, clock, domains, mintSid } = deps;
  const { fallbackUrl, callbackUrl, continueOnFailure, disableHttps } = change;
  if (fallbackUrl !== undefined && hostOfUrl(fallbackUrl) === domain.name) {
    throw new AppError(linkErrors.fallbackInvalid, { reason: "it leads to this domain again" });
  }
  const atMs = clock.nowMs();
  const now = new Date(atMs);
  const known = domain.config;
  const config = {
    fallbackUrl: fallbackUrl ?? known?.fallbackUrl ?? "",
    callbackUrl: callbackUrl ?? known?.callbackUrl ?? "",
    continueOnFailure: continueOnFailure ?? known?.continueOnFailure ?? false,
    disableHttps: disableHttps ?? known?.disableHttps ?? false,
  };
  const changed = await updateDomain(database, domain.sid, {
    atMs,
    change: {
      config: JSON.stringify(config),
      config_updated_at: now,
      ...(known === undefined ? { config_sid: mintSid("ZK"), config_created_at: now } : {}),
    },
  });
  if (changed === undefined) return domain;
  domains.put(changed);
  return changed;
}

/** Makes a messaging service use a domain for its links. */
export async function giveService(deps: ConfigDeps, domain: LinkDomain, serviceSid: string): Promise<LinkDomain> {
  const { database, clock, domains, isService } = deps;
  if (!isService(domain.accountSid, serviceSid)) throw new AppError(linkErrors.serviceInvalid, { service: serviceSid });
  if (domain.services.length >= MAX_SERVICES_PER_DOMAIN && !domain.services.includes(serviceSid)) {
    throw new AppError(linkErrors.tooManyServices, { max: MAX_SERVICES_PER_DOMAIN });
  }
  const changed = await changeService(database, { domain, serviceSid, isGiven: true, atMs: clock.nowMs() });
  if (changed === "taken") throw new AppError(linkErrors.serviceTaken, { service: serviceSid });
  if (changed === undefined) return domain;
  domains.put(changed);
  return changed;
}

/** Takes a messaging service from its domain. False where it had another one, or none. */
export async function takeService(deps: ConfigDeps, domain: LinkDomain, serviceSid: string): Promise<boolean> {
  const { database, clock, domains } = deps;
  const changed = await changeService(database, { domain, serviceSid, isGiven: false, atMs: clock.nowMs() });
  if (changed === undefined || changed === "taken") return false;
  domains.put(changed);
  return true;
}
