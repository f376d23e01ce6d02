import { AppError } from "../../kernel/errors.ts";
import type { LinkCodes } from "../../platform/links/index.ts";
import type { DomainBook, LinkDomain } from "./domains/index.ts";
import { linkErrors } from "./errors.ts";
import { findUrls, type FoundUrl } from "./find-urls.ts";
import type { LinkState } from "./link-state.ts";
import type { LinkShortening, NewLink, Shortened } from "./shortening.ts";
import { hostOfUrl } from "./url-rules.ts";

export interface ShortenerOptions {
  readonly state: LinkState;
  readonly codes: LinkCodes;
  readonly domains: DomainBook;
  readonly cellNumber: number;
  readonly mintSid: (prefix: string) => string;
}

const DAY_MS = 86_400_000;
/** How long links of messages work, as Twilio's. */
export const MESSAGE_LINK_MS = 90 * DAY_MS;

/** Link shortening from memory: domains from the book, codes from a number that is counted up. */
export class Shortener implements LinkShortening {
  private readonly options: ShortenerOptions;

  constructor(options: ShortenerOptions) {
    this.options = options;
  }

  shorten(input: Parameters<LinkShortening["shorten"]>[0]): Shortened {
    const { accountSid, serviceSid, body, atMs } = input;
    const found = findUrls(body).filter(({ url }) => !this.isShort(url));
    if (found.length === 0) return { body, links: [] };
    this.refuseBlocked(found);
    const domain = this.options.domains.ofService(accountSid, serviceSid);
    if (domain === undefined) throw new AppError(linkErrors.noDomain, { service: serviceSid });
    const trouble = this.options.domains.troubleOf(domain, atMs);
    if (trouble !== undefined) {
      if (domain.config?.continueOnFailure === true) return { body, links: [] };
      throw trouble;
    }
    return this.replace(body, found, domain, atMs);
  }

  /** Whether a URL is on a link domain of this system. */
  private isShort(url: string): boolean {
    return this.options.domains.isLinkDomain(hostOfUrl(url));
  }

  private refuseBlocked(found: readonly FoundUrl[]): void {
    for (const { url } of found) {
      const host = hostOfUrl(url);
      if (this.options.domains.isBlocked(host)) throw new AppError(linkErrors.urlBlocked, { host });
    }
  }

  private replace(body: string, found: readonly FoundUrl[], domain: LinkDomain, atMs: number): Shortened {
    const links: NewLink[] = [];
    const byUrl = new Map<string, NewLink>();
    let short = "";
    let at = 0;
    for (const { start, end, url } of found) {
      // The same URL twice in one message is one link.
      let link = byUrl.get(url);
      if (link === undefined) {
        link = this.newLink(domain, url, atMs);
        byUrl.set(url, link);
        links.push(link);
      }
      short += body.slice(at, start) + shortUrl(domain, link.code);
      at = end;
    }
    return { body: short + body.slice(at), links };
  }

  private newLink(domain: LinkDomain, url: string, atMs: number): NewLink {
    const { state, codes, cellNumber, mintSid } = this.options;
    const sequence = state.takeSequence();
    const code = codes.code({ cellNumber, sequence });
    return { sid: mintSid("LK"), code, sequence, domain: domain.name, url, expiresAtMs: atMs + MESSAGE_LINK_MS };
  }
}

/** What stands in a text for a link. */
export function shortUrl(domain: LinkDomain, code: string): string {
  return `${domain.config?.disableHttps === true ? "" : "https://"}${domain.name}/${code}`;
}
