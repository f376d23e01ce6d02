import type { CertificateStore } from "../certificates/index.ts";
import type { Clock, Logger, ServerCertificate } from "../ports.ts";
import type { SecretBox } from "../secrets/index.ts";
import type { LinkCodes } from "./link-codes.ts";
import { LinkRouter, type LinkHome, type LinkSite } from "./link-router.ts";
import { linkKeyContext, type ToldCertificate, type ToldSite } from "./told-site.ts";

export interface LinkSitesOptions {
  readonly codes: LinkCodes;
  /** Opens the keys of certificates. */
  readonly secrets: Pick<SecretBox, "open">;
  readonly clock: Pick<Clock, "nowMs">;
  readonly logger: Logger;
}

/** What is known of the link domains of one cell. */
export interface CellSites {
  readonly revision: string;
  readonly sites: readonly ToldSite[];
}

/** A certificate with its key, or `undefined` for one whose key could not be opened. */
interface Opened {
  readonly of: ToldCertificate;
  readonly certificate: ServerCertificate | undefined;
}

/**
 * The link domains of all cells, as an edge learned them: which hosts they are, where requests
 * to them go, and their certificates. Keys are opened when they are first shown. What a cell
 * said holds until it says something else.
 */
export class LinkSites implements CertificateStore {
  private readonly options: LinkSitesOptions;
  private readonly router: LinkRouter;
  private readonly byCell = new Map<string, CellSites>();
  private certificates = new Map<string, ToldCertificate>();
  private readonly opened = new Map<string, Opened>();

  constructor(options: LinkSitesOptions) {
    this.options = options;
    this.router = new LinkRouter(options.codes);
  }

  /** The domains of a cell, in place of those that it was known to have. */
  replace(cell: string, known: CellSites): void {
    this.byCell.set(cell, known);
    this.router.replace(cell, known.sites);
    this.gatherCertificates();
  }

  /** A cell is gone for good. */
  forget(cell: string): void {
    if (!this.byCell.delete(cell)) return;
    this.router.replace(cell, []);
    this.gatherCertificates();
  }

  /** What a cell said last; `undefined` where it never said anything. */
  revisionOf(cell: string): string | undefined {
    return this.byCell.get(cell)?.revision;
  }

  /** The cells that have said something. */
  cells(): IterableIterator<[string, CellSites]> {
    return this.byCell.entries();
  }

  /** The site of a host, with or without port; `undefined` for hosts that are no link domain. */
  siteOf(host: string): LinkSite | undefined {
    return this.router.siteOf(host);
  }

  /** Where a request of that site goes; `pathname` begins with a slash. */
  homeOf(site: LinkSite, pathname: string): LinkHome {
    return this.router.homeOf(site, pathname);
  }

  /** The number of the cell that gave out the code that a path names. */
  cellNumberOf(pathname: string): number | undefined {
    return this.router.cellNumberOf(pathname);
  }

  certificateOf(name: string): ServerCertificate | undefined {
    const { clock, secrets, logger } = this.options;
    const told = this.certificates.get(name);
    if (told === undefined || told.expiresMs <= clock.nowMs()) return undefined;
    const known = this.opened.get(name);
    if (known?.of === told) return known.certificate;
    let certificate: ServerCertificate | undefined;
    try {
      certificate = { cert: told.cert, key: secrets.open(told.sealedKey, linkKeyContext(name)) };
    } catch (error) {
      logger.warn("links.key-not-opened", { name, reason: error instanceof Error ? error.message : String(error) });
    }
    this.opened.set(name, { of: told, certificate });
    return certificate;
  }

  /** Of a domain that several cells say they have (while its account moves), the one counts that the router has. */
  private gatherCertificates(): void {
    const all = new Map<string, ToldCertificate>();
    for (const { sites } of this.byCell.values()) {
      for (const { domain, accountSid, certificate } of sites) {
        if (certificate === undefined || this.router.siteOf(domain)?.accountSid !== accountSid) continue;
        const known = all.get(domain);
        if (known === undefined || known.expiresMs < certificate.expiresMs) all.set(domain, certificate);
      }
    }
    this.certificates = all;
    for (const name of this.opened.keys()) if (!all.has(name)) this.opened.delete(name);
  }
}
