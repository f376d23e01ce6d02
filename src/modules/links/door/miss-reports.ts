import { S3FifoCache } from "../../../platform/cache/index.ts";
import type { LinkDeps } from "../deps.ts";
import type { LinkDomain } from "../domains/index.ts";
import { linkAlerts } from "../errors.ts";
import type { Link } from "../link.ts";
import type { LinkTrouble } from "../link-machine.ts";

/** Domains and links whose last report is remembered. */
const MAX_REMEMBERED = 50_000;
/** One report of a link, or of all that is unknown on a domain, within this time. */
const PAUSE_MS = 60_000;

/** A request for what is not there. */
export interface Miss {
  readonly domain: LinkDomain;
  readonly pathname: string;
  /** The link, where there is one that has ended or is disabled. */
  readonly link: Readonly<Link> | undefined;
  readonly hasFallback: boolean;
}

/**
 * Tells accounts of requests for links that are not there (30104, 30105), at most once a minute
 * for each link and for all unknown ones of a domain together: anybody can ask for anything.
 */
export class MissReports {
  private readonly deps: Pick<LinkDeps, "cell" | "clock">;
  private readonly last = new S3FifoCache<number>({ maxEntries: MAX_REMEMBERED });

  constructor(deps: Pick<LinkDeps, "cell" | "clock">) {
    this.deps = deps;
  }

  note({ domain, pathname, link, hasFallback }: Miss): void {
    const { clock, cell } = this.deps;
    const nowMs = clock.nowMs();
    const key = link?.sid ?? domain.sid;
    const last = this.last.get(key);
    if (last !== undefined && nowMs - last < PAUSE_MS) return;
    this.last.set(key, nowMs);
    const trouble: LinkTrouble = {
      kind: "link.trouble",
      accountSid: domain.accountSid,
      errorCode: hasFallback ? linkAlerts.missedToFallback : linkAlerts.missed,
      text: `${link === undefined ? "No link" : "A link that has ended"} was asked for${hasFallback ? " and led to the fallback URL" : ""}.`,
      resourceSid: link?.sid ?? domain.sid,
      requestUrl: `https://${domain.name}${pathname}`,
    };
    cell().commitThen(trouble, "progress", () => undefined);
  }
}
