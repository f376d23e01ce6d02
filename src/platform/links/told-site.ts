/** A link domain, as a cell tells edges of it. */
export interface ToldSite {
  /** Lower case, without port. */
  readonly domain: string;
  /** The account that has it. */
  readonly accountSid: string;
  readonly certificate?: ToldCertificate;
}

/** The certificate of a link domain. */
export interface ToldCertificate {
  /** PEM, with its chain. */
  readonly cert: string;
  /** The private key, sealed for {@link linkKeyContext}: every process of a system has the master key. */
  readonly sealedKey: string;
  readonly expiresMs: number;
}

/** What a cell answers to `GET /link-sites?after=<revision>&from=<domain>`. */
export interface ToldSites {
  /** Changes with every change of the list, also over restarts of the cell. */
  readonly revision: string;
  /** Absent while nothing has changed since `after`. */
  readonly sites?: readonly ToldSite[];
  /** Where the next page begins; absent on the last one. */
  readonly next?: string;
}

/** Sites of one page at most; long certificates make shorter pages. */
export const SITES_PER_PAGE = 500;

const MAX_REVISION_CHARACTERS = 64;
const MAX_CERT_CHARACTERS = 65_536;
const DOMAIN = /^[a-z0-9._-]{1,253}$/;
const ACCOUNT = /^AC[0-9a-f]{32}$/;

/** What the private key of a link domain is sealed for. */
export function linkKeyContext(domain: string): string {
  return `link-domain/${domain}`;
}

/** Reads an answer of a cell. Throws for what is none; sites that are none are left out. */
export function readToldSites(json: unknown): ToldSites {
  const { revision, sites, next } = fieldsOf(json);
  if (typeof revision !== "string" || revision.length > MAX_REVISION_CHARACTERS) throw new Error("it has no revision");
  if (sites === undefined) return { revision };
  if (!Array.isArray(sites) || sites.length > SITES_PER_PAGE) throw new Error("its sites are no page of them");
  const read = readSites(sites);
  return typeof next === "string" && DOMAIN.test(next) ? { revision, sites: read, next } : { revision, sites: read };
}

/** Reads sites; those that are none are left out. */
export function readSites(list: readonly unknown[]): ToldSite[] {
  return list.map(readSite).filter((site) => site !== undefined);
}

function readSite(json: unknown): ToldSite | undefined {
  const { domain, accountSid, certificate } = fieldsOf(json);
  if (typeof domain !== "string" || !DOMAIN.test(domain)) return undefined;
  if (typeof accountSid !== "string" || !ACCOUNT.test(accountSid)) return undefined;
  const { cert, sealedKey, expiresMs } = fieldsOf(certificate);
  if (!isPem(cert) || !isPem(sealedKey) || typeof expiresMs !== "number") return { domain, accountSid };
  return { domain, accountSid, certificate: { cert, sealedKey, expiresMs } };
}

const isPem = (text: unknown): text is string =>
  typeof text === "string" && text !== "" && text.length <= MAX_CERT_CHARACTERS;

function fieldsOf(json: unknown): Readonly<Record<string, unknown>> {
  return typeof json === "object" && json !== null ? (json as Record<string, unknown>) : {};
}
