import type { LinkCodes } from "./link-codes.ts";

/** A link domain, as an edge knows it. */
export interface LinkSite {
  /** Lower case, without port. */
  readonly domain: string;
  /** The account that has it. */
  readonly accountSid: string;
}

/** Where a request to a link domain goes first. */
export type LinkHome =
  /** The cell that gave the code out. Where the account has moved since, that cell says so (421). */
  | { readonly kind: "cell"; readonly cellNumber: number }
  /** Everything that is no code (slugs, the start page, challenges): to the home of the domain's account. */
  | { readonly kind: "account"; readonly accountSid: string };

/** Sites that an edge knows at most; there are seldom more than one for each customer. */
const MAX_SITES = 1_000_000;

/**
 * Says of requests whether they are for a link domain, and where these go. For edges, which
 * learn the domains of each cell and replace them as a whole.
 */
export class LinkRouter {
  private readonly codes: LinkCodes;
  private readonly byCell = new Map<string, readonly LinkSite[]>();
  private sites = new Map<string, LinkSite>();

  constructor(codes: LinkCodes) {
    this.codes = codes;
  }

  /** The domains of a cell, in place of those that it was known to have. */
  replace(cell: string, sites: readonly LinkSite[]): void {
    this.byCell.set(cell, sites);
    const all = new Map<string, LinkSite>();
    // A domain that two cells say they have: all edges take the same of the two.
    for (const [, some] of [...this.byCell].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
      for (const site of some) if (all.size < MAX_SITES && !all.has(site.domain)) all.set(site.domain, site);
    }
    this.sites = all;
  }

  /** The site of a host, with or without port; `undefined` for hosts that are no link domain. */
  siteOf(host: string): LinkSite | undefined {
    if (this.sites.size === 0) return undefined;
    const known = this.sites.get(host);
    if (known !== undefined) return known;
    const colon = host.indexOf(":");
    return this.sites.get((colon < 0 ? host : host.slice(0, colon)).toLowerCase().replace(/\.$/, ""));
  }

  /** Where a request of that site goes; `pathname` begins with a slash. */
  homeOf(site: LinkSite, pathname: string): LinkHome {
    const cellNumber = this.cellNumberOf(pathname);
    return cellNumber === undefined ? { kind: "account", accountSid: site.accountSid } : { kind: "cell", cellNumber };
  }

  /** The number of the cell that gave out the code that a path names; `undefined` for what is no code of a cell among others. */
  cellNumberOf(pathname: string): number | undefined {
    const place = this.codes.place(pathname.slice(1));
    return place === undefined || place.cellNumber === 0 ? undefined : place.cellNumber;
  }
}
