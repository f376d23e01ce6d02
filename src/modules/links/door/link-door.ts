import { AppError } from "../../../kernel/errors.ts";
import { EPOCH_HEADER, HOME_HEADER, type Standing } from "../../../platform/fleet/index.ts";
import { headerOf, parseFields, type HttpRequest, type HttpResponse } from "../../../platform/http/index.ts";
import { normalizeHost } from "../../../platform/hosts/index.ts";
import {
  agentOf,
  NoticeGate,
  referrerOf,
  VisitorBook,
  type ClickJournal,
  type ClickNotice,
  type Visit,
  type Visitor,
} from "../clicks/index.ts";
import type { LinkDeps } from "../deps.ts";
import type { LinkDomain } from "../domains/index.ts";
import { looksLikeCode } from "../../../platform/links/index.ts";
import type { Link } from "../link.ts";
import { shortUrl } from "../shorten.ts";
import { hostOfUrl, locationOf } from "../url-rules.ts";
import type { MissReports } from "./miss-reports.ts";
import {
  BLOCKED_PAGE,
  GONE_PAGE,
  LATER_PAGE,
  METHOD_PAGE,
  NOT_FOUND_PAGE,
  passwordPage,
  plainText,
  redirect,
  ROBOTS,
  TRIES_PAGE,
} from "./pages.ts";
import { PasswordTries } from "./password-tries.ts";

export interface LinkDoorOptions {
  readonly deps: LinkDeps;
  readonly journal: ClickJournal;
  readonly misses: MissReports;
  /** `sync`: an answer waits until its click is on the disk. `async`: it does not; a crash loses the clicks of the last milliseconds. */
  readonly durability: "sync" | "async";
  /** Where a request comes from. Behind an edge that is not the other end of the connection. */
  readonly addressOf: (request: HttpRequest) => string;
  /** How an account stands that moves to another cell. */
  readonly standing?: ((key: string) => Standing | undefined) | undefined;
}

/** Host fields whose domain is remembered as they came. */
const MAX_KNOWN_HOSTS = 10_000;
const MAX_HOST_CHARACTERS = 262;
const MAX_PATH_CHARACTERS = 128;
const MAX_FORM_OCTETS = 2_048;
/** Programs that make texts into links take what follows one for part of it now and then. */
const TRAILING = /[.,;:!?)\]>'"…]+$/;
const CODE = /^[A-Za-z0-9_-]{1,64}$/;
const CHALLENGES = "/.well-known/";
const ABSOLUTE_TARGET = /^https?:\/\/([^/?#]*)/i;
/** Set by edges on requests that are for a link domain; the account that has it. They take it off what clients send. */
export const LINK_HEADER = "x-trunkline-link";

/**
 * Answers requests to link domains: leads on, counts who came, asks for passwords. A link is
 * looked up in memory and in the index, which cost no waiting; the only thing waited for is the
 * disk that the click goes to. Nothing that a visitor sends becomes part of an address that is led to.
 */
export class LinkDoor {
  private readonly options: LinkDoorOptions;
  private readonly visitors = new VisitorBook();
  private readonly notices = new NoticeGate();
  private readonly tries = new PasswordTries();
  /** Host fields that are no link domain are not remembered: there is no end of them. */
  private readonly hosts = new Map<string, string>();

  constructor(options: LinkDoorOptions) {
    this.options = options;
  }

  /** The link domain that a host field names; `undefined` where it names none that works. */
  domainOf(host: string): LinkDomain | undefined {
    const { domains } = this.options.deps;
    if (domains.isEmpty) return undefined;
    const known = this.hosts.get(host);
    if (known !== undefined) return domains.serving(known);
    if (host.length > MAX_HOST_CHARACTERS) return undefined;
    const name = normalizeHost(host.replace(/:\d{1,5}$/, ""));
    const domain = name === undefined ? undefined : domains.serving(name);
    if (domain === undefined) return undefined;
    if (this.hosts.size >= MAX_KNOWN_HOSTS) this.hosts.clear();
    this.hosts.set(host, domain.name);
    return domain;
  }

  /** Answers a request to a link domain. `undefined` for one that an edge takes for one and this cell does not know (any more). */
  answer(request: HttpRequest, domain: LinkDomain | undefined): HttpResponse | Promise<HttpResponse> {
    const pathname = pathOf(request.target);
    if (pathname === "/robots.txt") return ROBOTS;
    if (pathname.startsWith(CHALLENGES)) {
      const answer = this.options.deps.challenges.answerOf(pathname);
      return answer === undefined ? (this.awayOf(request, domain) ?? NOT_FOUND_PAGE) : plainText(answer);
    }
    const { method } = request;
    if (method !== "GET" && method !== "HEAD" && method !== "POST") return METHOD_PAGE;
    const code = codeOf(pathname);
    if (code === undefined) return this.awayOf(request, domain) ?? this.miss(domain, pathname, undefined);
    const address = looksLikeCode(code) || domain === undefined ? code : `${domain.name}/${code}`;
    const link = this.options.deps.book.find(address);
    if (link !== undefined) return this.open(request, domain, link);
    return this.findElsewhere(request, domain, address);
  }

  /** What neither memory nor index knows: gone with its account, or lost by the index, or nothing. */
  private async findElsewhere(
    request: HttpRequest,
    domain: LinkDomain | undefined,
    address: string,
  ): Promise<HttpResponse> {
    const away = this.elsewhere(domain?.accountSid ?? accountTold(request));
    if (away !== undefined) return away;
    const link = await this.options.deps.book.findLost(address);
    return link === undefined ? this.miss(domain, pathOf(request.target), undefined) : this.open(request, domain, link);
  }

  private open(
    request: HttpRequest,
    domain: LinkDomain | undefined,
    link: Readonly<Link>,
  ): HttpResponse | Promise<HttpResponse> {
    const moved = this.elsewhere(link.accountSid);
    if (moved !== undefined) return moved;
    // A code works on its own domain alone: on another it would borrow that one's name.
    if (domain === undefined || link.isAway === true || link.domain !== domain.name) {
      return this.miss(domain, pathOf(request.target), undefined);
    }
    const nowMs = this.options.deps.clock.nowMs();
    const hasEnded = link.expiresAtMs !== 0 && link.expiresAtMs <= nowMs;
    if (hasEnded || link.status === "disabled") return this.miss(domain, pathOf(request.target), link);
    const { domains } = this.options.deps;
    if (domains.hasBlocks && domains.isBlocked(hostOfUrl(link.url))) return BLOCKED_PAGE;
    if (link.password !== undefined) return this.guarded(request, domain, link);
    if (request.method === "POST") return METHOD_PAGE;
    return this.lead({ request, domain, link, status: link.isPermanent === true ? 301 : 302 });
  }

  /** What an edge is told that asks for a domain which has left this cell. */
  private awayOf(request: HttpRequest, domain: LinkDomain | undefined): HttpResponse | undefined {
    return domain === undefined ? this.elsewhere(accountTold(request)) : undefined;
  }

  /** A 421 for what is at home in another cell now, by which the edge mends its route; 503 for what is on its way. */
  private elsewhere(key: string): HttpResponse | undefined {
    const standing = this.options.standing?.(key);
    if (standing === undefined || standing.kind === "frozen" || standing.kind === "sealed") return undefined;
    if (standing.kind === "arriving") return LATER_PAGE;
    const { cell, epoch } = standing.home;
    return { ...NOT_FOUND_PAGE, status: 421, headers: [HOME_HEADER, cell, EPOCH_HEADER, String(epoch)] };
  }

  private lead(input: {
    readonly request: HttpRequest;
    readonly domain: LinkDomain;
    readonly link: Readonly<Link>;
    readonly status: 301 | 302 | 303;
  }): HttpResponse | Promise<HttpResponse> {
    const { request, domain, link, status } = input;
    const answer = redirect(status, locationOf(link.url));
    const visitor = this.visitors.visitorOf(request);
    const visit = this.visitOf(request, domain, link, visitor);
    const { journal, durability } = this.options;
    if (visitor.kind !== "click" || durability === "async") {
      journal.note(visit);
      return answer;
    }
    return journal.commit(visit).then(() => answer);
  }

  private visitOf(request: HttpRequest, domain: LinkDomain, link: Readonly<Link>, visitor: Visitor): Visit {
    const visit: { -readonly [Name in keyof Visit]: Visit[Name] } = {
      sid: link.sid,
      account: link.accountSid,
      kind: visitor.kind,
    };
    if (visitor.kind !== "click") return visit;
    const country = this.options.deps.countryOf(this.options.addressOf(request));
    if (country !== undefined) visit.country = country;
    const referrer = referrerOf(request);
    if (referrer !== undefined) visit.referrer = referrer;
    if (visitor.device !== undefined) visit.device = visitor.device;
    if (visitor.browser !== undefined) visit.browser = visitor.browser;
    if (visitor.system !== undefined) visit.system = visitor.system;
    const callbackUrl = domain.config?.callbackUrl ?? "";
    if (callbackUrl !== "" && this.notices.admits(link.sid, this.options.deps.clock.nowMs())) {
      visit.tell = noticeOf(request, domain, link, callbackUrl);
    }
    return visit;
  }

  /** A link with a password: a form, and what was written into it. Nothing of it stands in an address. */
  private async guarded(request: HttpRequest, domain: LinkDomain, link: Readonly<Link>): Promise<HttpResponse> {
    if (request.method !== "POST") return passwordPage(false);
    const { clock, secrets } = this.options.deps;
    const address = this.options.addressOf(request);
    const password = await passwordOf(request);
    // Asked once the password is here: many requests whose bodies come late are not let in by one look.
    if (!this.tries.mayTry(link.sid, address, clock.nowMs())) return TRIES_PAGE;
    if (password === undefined || !secrets.sameDigest(secrets.digest(password, link.sid), link.password ?? "")) {
      this.tries.noteWrong(link.sid, address, clock.nowMs());
      return passwordPage(true);
    }
    return this.lead({ request, domain, link, status: 303 });
  }

  /** Nothing to lead to: the domain's fallback, or a page. Only links that were there once are told of each time. */
  private miss(domain: LinkDomain | undefined, pathname: string, link: Readonly<Link> | undefined): HttpResponse {
    if (domain === undefined) return NOT_FOUND_PAGE;
    const fallbackUrl = domain.config?.fallbackUrl ?? "";
    if (pathname !== "/") this.options.misses.note({ domain, pathname, link, hasFallback: fallbackUrl !== "" });
    if (fallbackUrl !== "") return redirect(302, locationOf(fallbackUrl));
    return link === undefined ? NOT_FOUND_PAGE : GONE_PAGE;
  }
}

/** The path of a target, without its query; cut, because nothing longer is looked up. */
function pathOf(target: string): string {
  const start = target.startsWith("/") ? 0 : target.indexOf("/", target.indexOf("://") + 3);
  if (start < 0) return "/";
  const question = target.indexOf("?", start);
  const end = question < 0 ? target.length : question;
  return target.slice(start, Math.min(end, start + MAX_PATH_CHARACTERS + 1));
}

function codeOf(pathname: string): string | undefined {
  if (pathname.length > MAX_PATH_CHARACTERS) return undefined;
  const text = pathname.slice(1);
  if (CODE.test(text)) return text;
  const trimmed = text.replace(/\/$/, "").replace(TRAILING, "");
  return CODE.test(trimmed) ? trimmed : undefined;
}

async function passwordOf(request: HttpRequest): Promise<string | undefined> {
  try {
    const body = await request.readBody(MAX_FORM_OCTETS);
    return parseFields(body.toString("utf8")).first("password");
  } catch (error) {
    if (error instanceof AppError) return undefined;
    throw error;
  }
}

function noticeOf(request: HttpRequest, domain: LinkDomain, link: Readonly<Link>, url: string): ClickNotice {
  const notice: { -readonly [Name in keyof ClickNotice]: ClickNotice[Name] } = {
    url,
    userAgent: agentOf(request),
    link: link.url,
    shortLink: shortUrl(domain, link.code),
    createdMs: link.createdMs,
  };
  if (link.messageSid !== undefined) notice.messageSid = link.messageSid;
  if (link.serviceSid !== undefined) notice.serviceSid = link.serviceSid;
  if (link.from !== undefined) notice.from = link.from;
  if (link.to !== undefined) notice.to = link.to;
  return notice;
}

/** The account that an edge takes for the domain's; empty where no edge has said so. */
function accountTold({ headers }: HttpRequest): string {
  return headerOf(headers, LINK_HEADER) ?? "";
}

/** The host that a request is for, found as the stages before this find it: forwarded, in the target, or in `Host`. */
export function hostFieldOf({ headers, target }: HttpRequest): string {
  const forwarded = headerOf(headers, "x-forwarded-host");
  if (forwarded !== undefined) {
    const comma = forwarded.indexOf(",");
    return (comma < 0 ? forwarded : forwarded.slice(0, comma)).trim();
  }
  const named = target.startsWith("/") ? undefined : ABSOLUTE_TARGET.exec(target)?.[1];
  return named ?? headerOf(headers, "host") ?? "";
}
