import type { SignedEndpoint } from "../../../platform/fleet/index.ts";
import type { DomainBook } from "./domain-book.ts";

/** A link domain, as an edge is told of it. */
export interface ToldSite {
  readonly domain: string;
  readonly accountSid: string;
  /** PEM, and the key as it was sealed for {@link keyContext}: every process of a system has the master key. */
  readonly certificate?: { readonly cert: string; readonly sealedKey: string; readonly expiresMs: number };
}

/** `GET /link-sites?after=<revision>`: the link domains of this cell that work; `sites` is left out while nothing has changed. */
export function siteEndpoint(domains: DomainBook): SignedEndpoint {
  return {
    method: "GET",
    path: "/link-sites",
    run: ({ query }) => {
      const after = new URLSearchParams(query).get("after");
      const { revision } = domains;
      return after === String(revision) ? { revision } : { revision, sites: sitesOf(domains) };
    },
  };
}

function sitesOf(domains: DomainBook): ToldSite[] {
  const sites: ToldSite[] = [];
  for (const { name, accountSid, status, certificate } of domains.all()) {
    if (status !== "verified") continue;
    const shown =
      certificate === undefined || certificate.cert === ""
        ? {}
        : {
            certificate: {
              cert: certificate.cert,
              sealedKey: certificate.sealedKey,
              expiresMs: certificate.expiresMs ?? 0,
            },
          };
    sites.push({ domain: name, accountSid, ...shown });
  }
  return sites;
}
