import type { SignedEndpoint } from "../../../platform/fleet/index.ts";
import { SITES_PER_PAGE, type ToldSite, type ToldSites } from "../../../platform/links/index.ts";
import type { Clock } from "../../../platform/ports.ts";
import type { DomainBook } from "./domain-book.ts";

/** Of certificates on one page. */
const MAX_PAGE_CHARACTERS = 4 * 1024 * 1024;

/**
 * `GET /link-sites?after=<revision>&from=<domain>`: the link domains of this cell that work, by
 * their names, a page at a time; `sites` is left out while nothing has changed since `after`.
 */
export function siteEndpoint(domains: DomainBook, clock: Pick<Clock, "nowMs">): SignedEndpoint {
  // A cell counts from the beginning after a restart, and must not seem to have said the same before.
  const startedMs = clock.nowMs();
  let listed: { readonly revision: number; readonly sites: readonly ToldSite[] } | undefined;
  return {
    method: "GET",
    path: "/link-sites",
    run: ({ query }): ToldSites => {
      const asked = new URLSearchParams(query);
      const revision = `${startedMs}-${domains.revision}`;
      if (asked.get("after") === revision) return { revision };
      if (listed?.revision !== domains.revision) listed = { revision: domains.revision, sites: sitesOf(domains) };
      const from = asked.get("from") ?? "";
      const at = from === "" ? 0 : firstAt(listed.sites, from);
      const end = endOfPage(listed.sites, at);
      const sites = listed.sites.slice(at, end);
      const next = listed.sites[end]?.domain;
      return next === undefined ? { revision, sites } : { revision, sites, next };
    },
  };
}

function sitesOf(domains: DomainBook): ToldSite[] {
  const sites: ToldSite[] = [];
  for (const { name, accountSid, status, certificate } of domains.all()) {
    if (status !== "verified") continue;
    if (certificate === undefined || certificate.cert === "") {
      sites.push({ domain: name, accountSid });
      continue;
    }
    const { cert, sealedKey, expiresMs = 0 } = certificate;
    sites.push({ domain: name, accountSid, certificate: { cert, sealedKey, expiresMs } });
  }
  return sites.sort((a, b) => (a.domain < b.domain ? -1 : 1));
}

/** Where the page ends that begins at `at`: it has one site at least, and is no longer than edges read. */
function endOfPage(sites: readonly ToldSite[], at: number): number {
  let characters = 0;
  let end = at;
  while (end < sites.length && end < at + SITES_PER_PAGE) {
    const { certificate } = sites[end] ?? {};
    characters += (certificate?.cert.length ?? 0) + (certificate?.sealedKey.length ?? 0);
    if (characters > MAX_PAGE_CHARACTERS && end > at) break;
    end += 1;
  }
  return end;
}

/** Where the domains from this one on begin, in a list by their names. */
function firstAt(sites: readonly ToldSite[], from: string): number {
  let low = 0;
  let high = sites.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sites[middle]?.domain ?? "") < from) low = middle + 1;
    else high = middle;
  }
  return low;
}
