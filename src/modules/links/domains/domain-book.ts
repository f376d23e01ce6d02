import { AppError } from "../../../kernel/errors.ts";
import type { CertificateStore } from "../../../platform/certificates/index.ts";
import { linkKeyContext } from "../../../platform/links/index.ts";
import type { Clock, Database, ServerCertificate } from "../../../platform/ports.ts";
import type { SecretBox } from "../../../platform/secrets/index.ts";
import { linkErrors } from "../errors.ts";
import type { LinkDomain } from "./domain.ts";
import { readBlockedHosts, readDomains } from "./domain.store.ts";

export interface DomainBookOptions {
  readonly database: Database;
  readonly clock: Clock;
  readonly secrets: SecretBox;
  /** Whether links need a certificate of ours; not where TLS is taken off in front of this installation. */
  readonly needsCertificates: boolean;
}

interface Pages {
  readonly bySid: Map<string, LinkDomain>;
  readonly byName: Map<string, LinkDomain>;
  readonly byService: Map<string, LinkDomain>;
  readonly blocked: Set<string>;
}

const emptyPages = (): Pages => ({ bySid: new Map(), byName: new Map(), byService: new Map(), blocked: new Set() });

/**
 * The link domains of a cell, in memory. Told of every change after it was committed; of two
 * versions of a domain the one with the higher revision wins. Goes on answering while the
 * database is down.
 */
export class DomainBook implements CertificateStore {
  private readonly options: DomainBookOptions;
  private pages = emptyPages();
  private changes: ((pages: Pages) => void)[] | undefined;
  private loading: Promise<void> = Promise.resolve();
  /** Certificates whose key was opened, by the certificate they are of. */
  private readonly opened = new WeakMap<object, ServerCertificate>();
  /** Counts changes of names, accounts and certificates: what edges have to know. */
  revision = 0;

  constructor(options: DomainBookOptions) {
    this.options = options;
  }

  /** Reads everything anew. Rejects when the database does not answer, and then what was known stays. */
  reload(): Promise<void> {
    const load = this.loading.then(() => this.load());
    this.loading = load.catch(() => undefined);
    return load;
  }

  private async load(): Promise<void> {
    const changes: ((pages: Pages) => void)[] = [];
    this.changes = changes;
    try {
      const { database } = this.options;
      const pages = emptyPages();
      for (const host of await readBlockedHosts(database)) pages.blocked.add(host);
      for (const domain of await readDomains(database)) putDomain(pages, domain);
      for (const change of changes) change(pages);
      this.pages = pages;
      this.revision += 1;
    } finally {
      this.changes = undefined;
    }
  }

  private change(change: (pages: Pages) => void): void {
    change(this.pages);
    this.changes?.push(change);
    this.revision += 1;
  }

  /** A domain was made or changed. */
  put(domain: LinkDomain): void {
    this.change((pages) => putDomain(pages, domain));
  }

  /** A domain was deleted. */
  remove(domain: LinkDomain): void {
    this.change((pages) => removeDomain(pages, domain.sid));
  }

  /** A host was blocked, or is not any more. */
  setBlocked(host: string, isBlocked: boolean): void {
    this.change(({ blocked }) => void (isBlocked ? blocked.add(host) : blocked.delete(host)));
  }

  /** The verified domain of a name. */
  serving(name: string): LinkDomain | undefined {
    const domain = this.pages.byName.get(name);
    return domain?.status === "verified" ? domain : undefined;
  }

  /** All domains, in no order. */
  all(): IterableIterator<LinkDomain> {
    return this.pages.bySid.values();
  }

  /** A domain of an account, by its SID. */
  ofAccount(accountSid: string, sid: string): LinkDomain | undefined {
    const domain = this.pages.bySid.get(sid);
    return domain?.accountSid === accountSid ? domain : undefined;
  }

  /** A domain, whoever has it; for the operator. */
  bySid(sid: string): LinkDomain | undefined {
    return this.pages.bySid.get(sid);
  }

  /** The domain of a messaging service of an account. */
  ofService(accountSid: string, serviceSid: string): LinkDomain | undefined {
    const domain = this.pages.byService.get(serviceSid);
    return domain?.accountSid === accountSid ? domain : undefined;
  }

  /** An account's domain of a name, or its only verified one where none is named. */
  forLinks(accountSid: string, name: string | undefined): LinkDomain | undefined {
    if (name !== undefined) {
      const domain = this.pages.byName.get(name);
      return domain?.accountSid === accountSid ? domain : undefined;
    }
    let only: LinkDomain | undefined;
    for (const domain of this.pages.bySid.values()) {
      if (domain.accountSid !== accountSid || domain.status !== "verified") continue;
      if (only !== undefined) return undefined;
      only = domain;
    }
    return only;
  }

  /** Why links on a domain would not work now. */
  troubleOf({ name, status, certificate }: LinkDomain, nowMs: number): AppError | undefined {
    if (status === "blocked") return new AppError(linkErrors.domainBlocked, { domain: name });
    if (status === "pending") return new AppError(linkErrors.domainNotVerified, { domain: name });
    const expiresMs = certificate?.expiresMs;
    if (expiresMs !== undefined && expiresMs <= nowMs) {
      return new AppError(linkErrors.certificateExpired, { domain: name });
    }
    if (expiresMs === undefined && this.options.needsCertificates) {
      return new AppError(linkErrors.noCertificate, { domain: name });
    }
    return undefined;
  }

  isLinkDomain(host: string): boolean {
    return this.pages.byName.has(host);
  }

  /** Whether there is no domain at all. */
  get isEmpty(): boolean {
    return this.pages.byName.size === 0;
  }

  /** Whether any host is blocked. */
  get hasBlocks(): boolean {
    return this.pages.blocked.size > 0;
  }

  /** Whether a host or a domain above it is blocked. */
  isBlocked(host: string): boolean {
    const { blocked } = this.pages;
    if (blocked.size === 0) return false;
    for (let name = host; name !== "";) {
      if (blocked.has(name)) return true;
      const dot = name.indexOf(".");
      name = dot < 0 ? "" : name.slice(dot + 1);
    }
    return false;
  }

  certificateOf(name: string): ServerCertificate | undefined {
    const certificate = this.serving(name)?.certificate;
    if (certificate === undefined || certificate.cert === "") return undefined;
    if ((certificate.expiresMs ?? 0) <= this.options.clock.nowMs()) return undefined;
    let opened = this.opened.get(certificate);
    if (opened === undefined) {
      const key = this.options.secrets.open(certificate.sealedKey, linkKeyContext(name));
      opened = { cert: certificate.cert, key };
      this.opened.set(certificate, opened);
    }
    return opened;
  }
}

function putDomain(pages: Pages, domain: LinkDomain): void {
  const known = pages.bySid.get(domain.sid);
  if (known !== undefined && known.revision > domain.revision) return;
  removeDomain(pages, domain.sid);
  pages.bySid.set(domain.sid, domain);
  pages.byName.set(domain.name, domain);
  for (const service of domain.services) pages.byService.set(service, domain);
}

function removeDomain(pages: Pages, sid: string): void {
  const known = pages.bySid.get(sid);
  if (known === undefined) return;
  pages.bySid.delete(sid);
  if (pages.byName.get(known.name) === known) pages.byName.delete(known.name);
  for (const service of known.services) {
    if (pages.byService.get(service) === known) pages.byService.delete(service);
  }
}
