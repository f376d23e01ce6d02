import type { Slice } from "../../../platform/http/index.ts";
import type { Database, DatabaseSession, Row } from "../../../platform/ports.ts";
import {
  MAX_DOMAINS_PER_ACCOUNT,
  type DomainCertificate,
  type DomainConfig,
  type DomainStatus,
  type LinkDomain,
} from "./domain.ts";

interface DomainRow extends Row {
  sid: string;
  account_sid: string;
  name: string;
  status: DomainStatus;
  token: string;
  revision: number;
  created_at: Date;
  updated_at: Date;
  verified_at: Date | null;
  config_sid: string | null;
  config: Pick<DomainConfig, "fallbackUrl" | "callbackUrl" | "continueOnFailure" | "disableHttps"> | null;
  config_created_at: Date | null;
  config_updated_at: Date | null;
  certificate_sid: string | null;
  certificate: string | null;
  certificate_key: string | null;
  certificate_managed: boolean;
  certificate_requested_at: Date | null;
  certificate_starts_at: Date | null;
  certificate_expires_at: Date | null;
  certificate_created_at: Date | null;
  certificate_updated_at: Date | null;
  services: string[] | null;
}

const SELECT = `select d.*, (select array_agg(s.service_sid order by s.service_sid)
  from link_domain_services s where s.domain_sid = d.sid) as services from link_domains d`;

function fromRow(row: DomainRow): LinkDomain {
  return {
    sid: row.sid,
    accountSid: row.account_sid,
    name: row.name,
    status: row.status,
    token: row.token,
    revision: row.revision,
    createdMs: row.created_at.getTime(),
    updatedMs: row.updated_at.getTime(),
    verifiedMs: row.verified_at?.getTime(),
    config: configOf(row),
    certificate: certificateOf(row),
    services: row.services ?? [],
  };
}

function configOf(row: DomainRow): DomainConfig | undefined {
  if (row.config_sid === null || row.config === null) return undefined;
  return {
    ...row.config,
    sid: row.config_sid,
    createdMs: row.config_created_at?.getTime() ?? 0,
    updatedMs: row.config_updated_at?.getTime() ?? 0,
  };
}

function certificateOf(row: DomainRow): DomainCertificate | undefined {
  if (row.certificate_sid === null) return undefined;
  return {
    sid: row.certificate_sid,
    cert: row.certificate ?? "",
    sealedKey: row.certificate_key ?? "",
    isManaged: row.certificate_managed,
    requestedMs: row.certificate_requested_at?.getTime(),
    startsMs: row.certificate_starts_at?.getTime(),
    expiresMs: row.certificate_expires_at?.getTime(),
    createdMs: row.certificate_created_at?.getTime() ?? 0,
    updatedMs: row.certificate_updated_at?.getTime() ?? 0,
  };
}

/** All domains of this cell: at most some hundred for each account. */
export async function readDomains(database: Database): Promise<LinkDomain[]> {
  return (await database.query<DomainRow>(SELECT)).map(fromRow);
}

/** Hosts that the operator has blocked. */
export async function readBlockedHosts(database: Database): Promise<string[]> {
  return (await database.query<{ host: string }>("select host from link_blocked_hosts")).map(({ host }) => host);
}

/** Stores a new domain. `"full"` where its account has as many as it may, `"taken"` where the name is set up. */
export async function insertDomain(
  database: Database,
  domain: { sid: string; accountSid: string; name: string; status: DomainStatus; token: string; atMs: number },
): Promise<LinkDomain | "full" | "taken"> {
  const { sid, accountSid, name, status, token, atMs } = domain;
  return database.transaction(async (tx) => {
    const [counted] = await tx.query<{ count: number }>(
      "select count(*) as count from link_domains where account_sid = $1",
      [accountSid],
    );
    if (Number(counted?.count ?? 0) >= MAX_DOMAINS_PER_ACCOUNT) return "full";
    const inserted = await tx.query<DomainRow>(
      `insert into link_domains (sid, account_sid, name, status, token, revision, created_at, updated_at, verified_at)
       values ($1, $2, $3, $4, $5, 0, $6, $6, case when $4 = 'verified' then $6::timestamptz end)
       on conflict (name) do nothing returning *`,
      [sid, accountSid, name, status, token, new Date(atMs)],
    );
    return inserted[0] === undefined ? "taken" : fromRow(inserted[0]);
  });
}

/** The name of a pending domain is given up, so that somebody who can prove it may have it. */
export async function dropPendingDomain(
  database: Database,
  name: string,
  beforeMs: number,
): Promise<string | undefined> {
  const [row] = await database.query<{ sid: string }>(
    "delete from link_domains where name = $1 and status = 'pending' and created_at < $2 returning sid",
    [name, new Date(beforeMs)],
  );
  return row?.sid;
}

/** An SQL `set` list with its values, made of columns that the caller names. */
export type DomainChange = Readonly<Partial<Record<DomainColumn, unknown>>>;
type DomainColumn =
  | "status"
  | "verified_at"
  | "config_sid"
  | "config"
  | "config_created_at"
  | "config_updated_at"
  | "certificate_sid"
  | "certificate"
  | "certificate_key"
  | "certificate_managed"
  | "certificate_requested_at"
  | "certificate_starts_at"
  | "certificate_expires_at"
  | "certificate_created_at"
  | "certificate_updated_at";

/** Changes columns of a domain and gives it as it is then; `undefined` where it is gone. */
export function updateDomain(
  database: Database,
  sid: string,
  input: { readonly change: DomainChange; readonly atMs: number },
): Promise<LinkDomain | undefined> {
  const columns = Object.keys(input.change) as DomainColumn[];
  const sets = columns.map((column, at) => `${column} = $${at + 3}`);
  const values = columns.map((column) => input.change[column]);
  return database.transaction(async (tx) => {
    const changed = await tx.query(
      `update link_domains set ${["revision = revision + 1", "updated_at = $2", ...sets].join(", ")} where sid = $1 returning sid`,
      [sid, new Date(input.atMs), ...values],
    );
    return changed.length === 0 ? undefined : findIn(tx, sid);
  });
}

async function findIn(tx: DatabaseSession, sid: string): Promise<LinkDomain | undefined> {
  const [row] = await tx.query<DomainRow>(`${SELECT} where d.sid = $1`, [sid]);
  return row === undefined ? undefined : fromRow(row);
}

/** Gives a service to a domain, or takes it away. `"taken"` where another domain has it. */
export function changeService(
  database: Database,
  input: { readonly domain: LinkDomain; readonly serviceSid: string; readonly isGiven: boolean; readonly atMs: number },
): Promise<LinkDomain | "taken" | undefined> {
  const { domain, serviceSid, isGiven, atMs } = input;
  return database.transaction(async (tx) => {
    const rows = isGiven
      ? await tx.query(
          `insert into link_domain_services (service_sid, domain_sid, account_sid) values ($1, $2, $3)
           on conflict (service_sid) do update set account_sid = excluded.account_sid
           where link_domain_services.domain_sid = excluded.domain_sid returning service_sid`,
          [serviceSid, domain.sid, domain.accountSid],
        )
      : await tx.query(
          "delete from link_domain_services where service_sid = $1 and domain_sid = $2 returning service_sid",
          [serviceSid, domain.sid],
        );
    if (rows.length === 0) return isGiven ? "taken" : undefined;
    await tx.query("update link_domains set revision = revision + 1, updated_at = $2 where sid = $1", [
      domain.sid,
      new Date(atMs),
    ]);
    return findIn(tx, domain.sid);
  });
}

/** Deletes a domain. False where it was gone. */
export async function deleteDomain(database: Database, sid: string): Promise<boolean> {
  return (await database.query("delete from link_domains where sid = $1 returning sid", [sid])).length > 0;
}

/** At most `limit` domains, newest first: of an account, or of all for the operator. */
export async function listDomains(
  database: Database,
  accountSid: string | undefined,
  { cursor, direction, limit }: Slice,
): Promise<LinkDomain[]> {
  const isNext = direction === "next";
  const rows = await database.query<DomainRow>(
    `${SELECT} where ($1::text is null or d.account_sid = $1) and ($2::text is null or d.sid ${isNext ? "<" : ">"} $2)
     order by d.sid ${isNext ? "desc" : "asc"} limit $3`,
    [accountSid ?? null, cursor ?? null, limit],
  );
  const domains = rows.map(fromRow);
  return isNext ? domains : domains.toReversed();
}

/** A host that the operator has blocked. */
export interface BlockedHost {
  readonly host: string;
  readonly reason: string;
  readonly createdMs: number;
}

/** Blocks a host, or gives the reason anew. */
export async function insertBlockedHost(database: Database, { host, reason, createdMs }: BlockedHost): Promise<void> {
  await database.query(
    `insert into link_blocked_hosts (host, reason, created_at) values ($1, $2, $3)
     on conflict (host) do update set reason = excluded.reason`,
    [host, reason, new Date(createdMs)],
  );
}

/** Takes a block away. False where there was none. */
export async function deleteBlockedHost(database: Database, host: string): Promise<boolean> {
  return (await database.query("delete from link_blocked_hosts where host = $1 returning host", [host])).length > 0;
}

/** Blocked hosts in the order of their names. */
export async function listBlockedHosts(
  database: Database,
  { cursor, direction, limit }: Slice,
): Promise<BlockedHost[]> {
  const isNext = direction === "next";
  const rows = await database.query<{ host: string; reason: string; created_at: Date }>(
    `select * from link_blocked_hosts where ($1::text is null or host ${isNext ? ">" : "<"} $1)
     order by host ${isNext ? "asc" : "desc"} limit $2`,
    [cursor ?? null, limit],
  );
  const hosts = rows.map((row) => ({ host: row.host, reason: row.reason, createdMs: row.created_at.getTime() }));
  return isNext ? hosts : hosts.toReversed();
}

/** The sealed key of an issuer's account; the first one that is stored stays. */
export async function keepIssuerKey(database: Database, name: string, sealed: string): Promise<string> {
  await database.query("insert into link_issuer_keys (name, sealed) values ($1, $2) on conflict (name) do nothing", [
    name,
    sealed,
  ]);
  return (await findIssuerKey(database, name)) ?? sealed;
}

export async function findIssuerKey(database: Database, name: string): Promise<string | undefined> {
  const [row] = await database.query<{ sealed: string }>("select sealed from link_issuer_keys where name = $1", [name]);
  return row?.sealed;
}
