import type { ProjectedTable } from "../../platform/cell/index.ts";
import type { Slice } from "../../platform/http/index.ts";
import { looksLikeCode, type LinkCodes, type LinkIndex, type LinkIndexChange } from "../../platform/links/index.ts";
import type { Database, DatabaseSession, Row } from "../../platform/ports.ts";
import { decodeLink, encodeLink, indexKey, type Link } from "./link.ts";
import type { LinkState } from "./link-state.ts";
import type { ClickTally } from "./clicks/index.ts";

const idOf = (sid: string): string => sid.slice(2);

/** What the stores of links work with. */
export interface LinkStoreDeps {
  readonly database: Database;
  readonly index: LinkIndex;
  readonly codes: LinkCodes;
  readonly state: LinkState;
  /** Whether an account is at home in another cell now. */
  readonly hasMoved: (accountSid: string) => boolean;
}

/** How the tables of this module fill the index and the database. */
export function linkProjections(deps: LinkStoreDeps): readonly ProjectedTable<never>[] {
  const { state } = deps;
  const links: ProjectedTable<Link> = {
    table: state.links,
    into: "links",
    key: "address",
    columns: [],
    evict: () => true,
    evicted: (link) => state.evicted(link),
    // The index first: what the database has, and memory lets go of, is found there.
    write: async (tx, all) => {
      const batch = ofThisCell(deps, all);
      await deps.index.write(
        [...batch].map(([address, link]) => [
          indexKey(deps.codes, address),
          link === undefined ? undefined : encodeLink(link),
        ]),
      );
      await writeLinks(tx, batch);
    },
  };
  const tallies: ProjectedTable<ClickTally> = {
    table: state.tallies,
    into: "link_clicks",
    key: "key",
    columns: [],
    evict: (tally) => tally.stretch < state.stretch,
    write: (tx, batch) => writeTallies(tx, ofThisCell(deps, batch)),
  };
  return [links, tallies] as readonly unknown[] as readonly ProjectedTable<never>[];
}

/**
 * Without what belongs to accounts that have left: a replay brings back what they had, and would
 * write it over the forwards that stand in its place.
 */
function ofThisCell<V extends { readonly accountSid: string }>(
  { hasMoved }: LinkStoreDeps,
  batch: ReadonlyMap<string, Readonly<V> | undefined>,
): ReadonlyMap<string, Readonly<V> | undefined> {
  const own = new Map<string, Readonly<V> | undefined>();
  for (const [key, value] of batch) if (value === undefined || !hasMoved(value.accountSid)) own.set(key, value);
  return own;
}

const UPSERT_TALLIES = `insert into link_clicks (key, link_id, account_sid, hour, clicks, previews, bots, names)
  select key, link_id, account_sid, to_timestamp(hour / 1000), clicks, previews, bots, names
  from json_to_recordset($1::json)
    as t(key text, link_id uuid, account_sid text, hour float8, clicks int, previews int, bots int, names jsonb)
  on conflict (key) do update set clicks = excluded.clicks, previews = excluded.previews, bots = excluded.bots,
    names = excluded.names`;

/** As one JSON text: arrays of PostgreSQL, which are escaped in JavaScript, cost the thread several times as much. */
async function writeTallies(
  tx: DatabaseSession,
  batch: ReadonlyMap<string, Readonly<ClickTally> | undefined>,
): Promise<void> {
  const rows: unknown[] = [];
  for (const tally of batch.values()) {
    if (tally === undefined) continue;
    const { key, linkSid, accountSid, hourMs, clicks, previews, bots, names } = tally;
    rows.push({ key, link_id: idOf(linkSid), account_sid: accountSid, hour: hourMs, clicks, previews, bots, names });
  }
  await tx.query(UPSERT_TALLIES, [JSON.stringify(rows)]);
}

const UPSERT = `insert into links (id, address, account_sid, domain, message_sid, tags, created_at, expires_at, revision, link)
  select id, address, account_sid, domain, message_sid, tags::text[], to_timestamp(created / 1000),
    case when expires = 0 then null else to_timestamp(expires / 1000) end, revision, link
  from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::float8[], $8::float8[], $9::int[], $10::text[])
    as t(id, address, account_sid, domain, message_sid, tags, created, expires, revision, link)
  on conflict (id) do update set tags = excluded.tags, expires_at = excluded.expires_at,
    revision = excluded.revision, link = excluded.link`;

async function writeLinks(tx: DatabaseSession, batch: ReadonlyMap<string, Readonly<Link> | undefined>): Promise<void> {
  const gone: string[] = [];
  const columns: [
    string[],
    string[],
    string[],
    string[],
    (string | null)[],
    string[],
    number[],
    number[],
    number[],
    string[],
  ] = [[], [], [], [], [], [], [], [], [], []];
  for (const [address, link] of batch) {
    if (link === undefined) {
      gone.push(address);
      continue;
    }
    columns[0].push(idOf(link.sid));
    columns[1].push(address);
    columns[2].push(link.accountSid);
    columns[3].push(link.domain);
    columns[4].push(link.messageSid ?? null);
    columns[5].push(arrayText(link.tags ?? []));
    columns[6].push(link.createdMs);
    columns[7].push(link.expiresAtMs);
    columns[8].push(link.revision);
    columns[9].push(encodeLink(link));
  }
  if (gone.length > 0) await tx.query("delete from links where address = any($1)", [gone]);
  if (columns[0].length === 0) return;
  // A slug that was freed, or left behind by an account that has moved, and taken again.
  await tx.query(
    `delete from links l using unnest($1::uuid[], $2::text[]) as t(id, address) where l.address = t.address and l.id <> t.id`,
    [columns[0], columns[1]],
  );
  await tx.query(UPSERT, columns);
}

/** A PostgreSQL array literal: `unnest` would take an array of arrays apart. */
function arrayText(values: readonly string[]): string {
  const quoted = values.map((value) => `"${value.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`);
  return `{${quoted.join(",")}}`;
}

interface LinkRow extends Row {
  id: string;
  address: string;
  link: string;
}

/** A link of an account by its SID: from memory while it is recent, else from its row. */
export async function findLinkBySid(
  { database, state }: LinkStoreDeps,
  target: { readonly accountSid: string; readonly sid: string },
): Promise<Link | undefined> {
  const { accountSid, sid } = target;
  const address = state.addresses.get(sid);
  const recent = address === undefined ? undefined : state.links.get(address);
  if (recent !== undefined) return recent.accountSid === accountSid ? recent : undefined;
  const [row] = await database.query<LinkRow>("select * from links where id = $1::uuid and account_sid = $2", [
    idOf(sid),
    accountSid,
  ]);
  // A link that was removed and is not projected yet still has its row.
  if (row === undefined || (state.links.isDirty(row.address) && !state.links.has(row.address))) return undefined;
  return decodeLink(row.link);
}

/** A link by its address, from its row. */
export async function findLinkRow(database: Database, address: string): Promise<Link | undefined> {
  const [row] = await database.query<LinkRow>("select * from links where address = $1", [address]);
  return row === undefined ? undefined : decodeLink(row.link);
}

/** What a list of links is asked for. */
export interface LinkFilter {
  readonly accountSid: string;
  readonly domain: string | undefined;
  readonly tag: string | undefined;
  readonly messageSid: string | undefined;
}

/** At most `limit` links, newest first: rows, and what is in memory and not projected yet. */
export async function listLinks(deps: LinkStoreDeps, filter: LinkFilter, slice: Slice): Promise<Link[]> {
  const { state } = deps;
  const found = new Map<string, Link>();
  const gone = new Set<string>();
  // Looked at before the rows: what is projected meanwhile is then found twice rather than not at all.
  for (const address of state.links.unprojectedKeys()) {
    const link = state.links.get(address);
    if (link === undefined) gone.add(address);
    else if (matches(link, filter, slice)) found.set(link.sid, link);
  }
  for (const row of await selectLinks(deps.database, filter, slice)) {
    const link = decodeLink(row.link);
    if (!found.has(link.sid) && !gone.has(row.address)) found.set(link.sid, link);
  }
  const merged = [...found.values()]
    .filter(({ isAway }) => isAway !== true)
    .toSorted((a, b) => (a.sid < b.sid ? 1 : -1));
  return slice.direction === "next" ? merged.slice(0, slice.limit) : merged.slice(-slice.limit);
}

function matches(link: Readonly<Link>, filter: LinkFilter, { cursor, direction }: Slice): boolean {
  const { accountSid, domain, tag, messageSid } = filter;
  if (link.accountSid !== accountSid) return false;
  if (domain !== undefined && link.domain !== domain) return false;
  if (tag !== undefined && link.tags?.includes(tag) !== true) return false;
  if (messageSid !== undefined && link.messageSid !== messageSid) return false;
  return cursor === undefined || (direction === "next" ? link.sid < cursor : link.sid > cursor);
}

function selectLinks(database: Database, filter: LinkFilter, { cursor, direction, limit }: Slice): Promise<LinkRow[]> {
  const isNext = direction === "next";
  return database.query<LinkRow>(
    `select id, address, link from links
     where account_sid = $1 and ($2::text is null or domain = $2) and ($3::text is null or $3 = any(tags))
       and ($4::text is null or message_sid = $4) and ($5::uuid is null or id ${isNext ? "<" : ">"} $5::uuid)
     order by id ${isNext ? "desc" : "asc"} limit $6`,
    [
      filter.accountSid,
      filter.domain ?? null,
      filter.tag ?? null,
      filter.messageSid ?? null,
      cursor === undefined ? null : idOf(cursor),
      limit,
    ],
  );
}

/** Whether there is any link on a domain, and so whether the domain can go. Counts to a bound. */
export async function countLinks(database: Database, domain: string, most: number): Promise<number> {
  const [row] = await database.query<{ count: number }>(
    "select count(*) as count from (select 1 from links where domain = $1 limit $2) as few",
    [domain, most],
  );
  return Number(row?.count ?? 0);
}

const READ_ROWS = 5_000;

/** A link, and where it is found. */
export interface LinkAt {
  readonly address: string;
  readonly link: Link;
}

/** All rows, or those of some accounts, in the order of their ids. */
export async function* readLinkRows(
  database: Database,
  accountSids: readonly string[] | undefined,
): AsyncIterable<readonly LinkAt[]> {
  let after = "00000000-0000-0000-0000-000000000000";
  for (;;) {
    const rows = await database.query<LinkRow>(
      `select id, address, link from links where id > $1::uuid and ($2::text[] is null or account_sid = any($2))
       order by id limit $3`,
      [after, accountSids ?? null, READ_ROWS],
    );
    const last = rows.at(-1);
    if (last === undefined) return;
    yield rows.map((row) => ({ address: row.address, link: decodeLink(row.link) }));
    after = last.id;
  }
}

/** Deletes links that ended before a moment, at most `limit`. Gives their addresses, which the index has still. */
export async function pruneLinkRows(database: Database, beforeMs: number, limit: number): Promise<string[]> {
  const rows = await database.query<{ address: string }>(
    `delete from links where id in (select id from links where expires_at < $1 order by expires_at limit $2) returning address`,
    [new Date(beforeMs), limit],
  );
  return rows.map(({ address }) => address);
}

/** Deletes counts of hours before a moment, at most `limit`. Resolves to how many. */
export async function pruneTallies(database: Database, beforeMs: number, limit: number): Promise<number> {
  const [row] = await database.query<{ count: number }>(
    `with gone as (delete from link_clicks where key in
       (select key from link_clicks where hour < $1 limit $2) returning 1) select count(*) as count from gone`,
    [new Date(beforeMs), limit],
  );
  return Number(row?.count ?? 0);
}

/** Which database an index is to be a copy of. */
export async function readIndexIdentity(database: Database): Promise<string> {
  const [row] = await database.query<{ id: string }>("select id::text as id from link_index_identity");
  return row?.id ?? "";
}

/**
 * What an index is told of links. Of what an account left behind only codes are told: requests
 * for slugs go where the domain is at home.
 */
export function indexChanges(codes: LinkCodes, found: readonly LinkAt[]): LinkIndexChange[] {
  return found.map(({ address, link }) => {
    const isForgotten = link.isAway === true && !looksLikeCode(address);
    return [indexKey(codes, address), isForgotten ? undefined : encodeLink(link)] as const;
  });
}
