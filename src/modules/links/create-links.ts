import { AppError } from "../../kernel/errors.ts";
import { looksLikeCode } from "../../platform/links/index.ts";
import type { LinkDeps } from "./deps.ts";
import type { LinkDomain } from "./domains/index.ts";
import { linkErrors } from "./errors.ts";
import { addressOf, type Link } from "./link.ts";
import type { LinksMade } from "./link-machine.ts";
import { checkTarget } from "./url-rules.ts";

/** A link that the API is asked for, with its types checked and its values not. */
export interface LinkRequest {
  readonly url: string;
  /** One of the account's domains; its only one where absent. */
  readonly domain: string | undefined;
  readonly slug: string | undefined;
  /** Epoch milliseconds; 0 for never. */
  readonly expiresAtMs: number;
  readonly password: string | undefined;
  readonly title: string | undefined;
  readonly tags: readonly string[];
  readonly isPermanent: boolean;
}

export const MAX_TITLE_CHARACTERS = 200;
export const MAX_TAGS = 20;
export const MAX_TAG_CHARACTERS = 50;
export const MAX_PASSWORD_CHARACTERS = 128;
/** Links in one record of the log; with the longest URLs a record stays far below what the log takes. */
const MAX_LINKS_PER_RECORD = 1_000;
const SLUG = /^[A-Za-z0-9_-]{1,64}$/;
/** What stands for a slug in a request of a browser. */
const RESERVED_SLUGS: ReadonlySet<string> = new Set(["robots", "favicon", "well-known", "sitemap"]);

/** A link that was made, or why not. */
export type LinkOutcome = Link | AppError;

/** Slugs that are being made, so that two requests at once do not both find one free. */
const underWay = new WeakMap<LinkDeps, Set<string>>();

/** Makes links for an account, durably. Each is made or refused for itself, in the order of the requests. */
export async function createLinks(
  deps: LinkDeps,
  accountSid: string,
  requests: readonly LinkRequest[],
): Promise<LinkOutcome[]> {
  const outcomes: LinkOutcome[] = [];
  const reserved = underWay.get(deps) ?? new Set<string>();
  underWay.set(deps, reserved);
  const made: Link[] = [];
  let greatest: number | undefined;
  const mine: string[] = [];
  // Looked for once a name: an account's only domain is found among those of all.
  const domains = new Map<string, LinkDomain>();
  const domainOf = (name = ""): LinkDomain => {
    const domain = domains.get(name) ?? domainFor(deps, accountSid, name === "" ? undefined : name);
    domains.set(name, domain);
    return domain;
  };
  try {
    for (const request of requests) {
      try {
        const { link, sequence } = makeLink(deps, { accountSid, domain: domainOf(request.domain) }, request, reserved);
        if (sequence === undefined) mine.push(addressOf(link));
        else greatest = sequence;
        made.push(link);
        outcomes.push(link);
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        outcomes.push(error);
      }
    }
    await commit(deps, made, greatest);
    return outcomes;
  } finally {
    for (const address of mine) reserved.delete(address);
  }
}

/** All of one request in one batch: after a crash all of them are there, or none. */
async function commit(deps: LinkDeps, made: readonly Link[], greatest: number | undefined): Promise<void> {
  if (made.length === 0) return;
  const records: LinksMade[] = [];
  for (let at = 0; at < made.length; at += MAX_LINKS_PER_RECORD) {
    const links = made.slice(at, at + MAX_LINKS_PER_RECORD);
    records.push({ kind: "link.made", links, ...(greatest === undefined ? {} : { sequence: greatest }) });
  }
  await deps.cell().commitAll(records);
}

function makeLink(
  deps: LinkDeps,
  { accountSid, domain }: { readonly accountSid: string; readonly domain: LinkDomain },
  request: LinkRequest,
  reserved: Set<string>,
): { readonly link: Link; readonly sequence: number | undefined } {
  const { domains, clock, state, codes, cellNumber, mintSid } = deps;
  checkTarget(request.url, domains);
  const { slug } = request;
  if (slug !== undefined) takeSlug(deps, domain, slug, reserved);
  const sequence = slug === undefined ? state.takeSequence() : undefined;
  const code = slug ?? codes.code({ cellNumber, sequence: sequence ?? 0 });
  const sid = mintSid("LK");
  const link: Link = {
    sid,
    accountSid,
    domain: domain.name,
    code,
    url: request.url,
    createdMs: clock.nowMs(),
    expiresAtMs: request.expiresAtMs,
    revision: 0,
    status: "active",
    ...seldom(deps, sid, request),
  };
  return { link, sequence };
}

/** What few links have, as it stands in a link. */
export function seldom(
  { secrets }: Pick<LinkDeps, "secrets">,
  sid: string,
  { title, tags, password, isPermanent }: Pick<LinkRequest, "title" | "tags" | "password" | "isPermanent">,
): Pick<Link, "title" | "tags" | "password" | "isPermanent"> {
  return {
    ...(title === undefined || title === "" ? {} : { title }),
    ...(tags.length === 0 ? {} : { tags }),
    ...(password === undefined || password === "" ? {} : { password: secrets.digest(password, sid) }),
    ...(isPermanent ? { isPermanent } : {}),
  };
}

/** The domain for a new link. Throws where it is not the account's, or links on it would not work. */
function domainFor({ domains, clock }: LinkDeps, accountSid: string, name: string | undefined): LinkDomain {
  const domain = domains.forLinks(accountSid, name?.toLowerCase());
  if (domain === undefined) throw new AppError(linkErrors.domainRequired);
  const trouble = domains.troubleOf(domain, clock.nowMs());
  if (trouble !== undefined) throw trouble;
  return domain;
}

function takeSlug(deps: LinkDeps, domain: LinkDomain, slug: string, reserved: Set<string>): void {
  const refuse = (reason: string): never => {
    throw new AppError(linkErrors.slugInvalid, { reason });
  };
  if (!SLUG.test(slug)) return refuse("it is not 1 to 64 letters, digits, hyphens and low lines");
  if (looksLikeCode(slug)) return refuse("ten plain letters and digits are what codes look like");
  if (RESERVED_SLUGS.has(slug.toLowerCase())) return refuse("browsers ask for it by themselves");
  const address = addressOf({ domain: domain.name, code: slug });
  if (reserved.has(address) || deps.book.find(address) !== undefined) {
    throw new AppError(linkErrors.slugTaken, { slug, domain: domain.name });
  }
  reserved.add(address);
}
