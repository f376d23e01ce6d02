import type { ProjectedColumn, ProjectedTable } from "../../../platform/cell/index.ts";
import type { Slice } from "../../../platform/http/index.ts";
import type { Database, Migration, Row } from "../../../platform/ports.ts";
import type { Consent, ConsentChange } from "./consent.ts";
import type { ConsentState } from "./consent-state.ts";

const COLUMNS = `account_sid text not null, scope text not null, recipient text not null, state text not null,
        source text not null, number text, keyword text, message_sid text, actor text, changed_at timestamptz not null`;

export const consentMigrations: readonly Migration[] = [
  {
    name: "compliance/0002-consents",
    sql: `create table consents (id uuid primary key, ${COLUMNS});
      create index consents_by_account on consents (account_sid, id);
      create index consents_by_recipient on consents (account_sid, recipient);
      create table consent_changes (id uuid primary key, consent_id uuid not null, ${COLUMNS});
      create index consent_changes_by_consent on consent_changes (consent_id, id);
      create index consent_changes_by_account on consent_changes (account_sid, id);`,
  },
];

const idOf = (sid: string): string => sid.slice(2);

const columns: readonly ProjectedColumn<Consent>[] = [
  { name: "account_sid", type: "text", value: (consent) => consent.accountSid },
  { name: "scope", type: "text", value: (consent) => consent.scope },
  { name: "recipient", type: "text", value: (consent) => consent.recipient },
  { name: "state", type: "text", value: (consent) => consent.state },
  { name: "source", type: "text", value: (consent) => consent.source },
  { name: "number", type: "text", value: (consent) => consent.number ?? null },
  { name: "keyword", type: "text", value: (consent) => consent.keyword ?? null },
  { name: "message_sid", type: "text", value: (consent) => consent.messageSid ?? null },
  { name: "actor", type: "text", value: (consent) => consent.actor ?? null },
  { name: "changed_at", type: "timestamptz", epochMs: true, value: (consent) => consent.changedMs },
];

/** How consents and their history fill the database. */
export function consentProjections(state: ConsentState): readonly ProjectedTable<never>[] {
  const consents: ProjectedTable<Consent> = {
    table: state.consents,
    into: "consents",
    key: "id",
    keyType: "uuid",
    keyOf: idOf,
    evict: () => true,
    columns: [{ name: "id", type: "uuid", value: ({ sid }) => idOf(sid) }, ...columns],
  };
  const changes: ProjectedTable<ConsentChange> = {
    table: state.changes,
    into: "consent_changes",
    key: "id",
    keyType: "uuid",
    keyOf: idOf,
    evict: () => true,
    columns: [
      { name: "id", type: "uuid", value: (change) => idOf(change.changeSid) },
      { name: "consent_id", type: "uuid", value: ({ sid }) => idOf(sid) },
      ...columns,
    ],
  };
  return [consents, changes] as readonly unknown[] as readonly ProjectedTable<never>[];
}

interface ConsentRow extends Row {
  id: string;
  account_sid: string;
  scope: string;
  recipient: string;
  state: Consent["state"];
  source: Consent["source"];
  number: string | null;
  keyword: string | null;
  message_sid: string | null;
  actor: string | null;
  changed_at: Date;
}

const sidOfId = (prefix: string, id: string): string => prefix + id.replaceAll("-", "");

function fromRow(row: ConsentRow, sid: string): Consent {
  return {
    sid,
    accountSid: row.account_sid,
    scope: row.scope,
    recipient: row.recipient,
    state: row.state,
    source: row.source,
    changedMs: row.changed_at.getTime(),
    ...(row.number === null ? {} : { number: row.number }),
    ...(row.keyword === null ? {} : { keyword: row.keyword }),
    ...(row.message_sid === null ? {} : { messageSid: row.message_sid }),
    ...(row.actor === null ? {} : { actor: row.actor }),
  };
}

/** What the reads work with. */
export interface ConsentDeps {
  readonly database: Database;
  readonly state: ConsentState;
}

/** One consent of an account: from memory until it is projected, else from its row. */
export async function findConsent(
  { database, state }: ConsentDeps,
  accountSid: string,
  sid: string,
): Promise<Consent | undefined> {
  const recent = state.consents.get(sid);
  if (recent !== undefined) return recent.accountSid === accountSid ? recent : undefined;
  const [row] = await database.query<ConsentRow>("select * from consents where id = $1::uuid and account_sid = $2", [
    idOf(sid),
    accountSid,
  ]);
  return row === undefined ? undefined : fromRow(row, sid);
}

/** What a list of consents is asked for. */
export interface ConsentFilter {
  readonly accountSid: string;
  readonly scope: string | undefined;
  readonly recipient: string | undefined;
  readonly state: Consent["state"] | undefined;
}

/** At most `limit` consents by SID, which is in no order of time: rows, and what is in memory and not projected yet. */
export async function listConsents(deps: ConsentDeps, filter: ConsentFilter, slice: Slice): Promise<Consent[]> {
  const { state } = deps;
  const forward = slice.direction === "next";
  const isBeyond = ({ sid }: Consent): boolean =>
    slice.cursor === undefined || (forward ? sid > slice.cursor : sid < slice.cursor);
  const matches = (consent: Consent): boolean =>
    consent.accountSid === filter.accountSid &&
    (filter.scope ?? consent.scope) === consent.scope &&
    (filter.recipient ?? consent.recipient) === consent.recipient &&
    (filter.state ?? consent.state) === consent.state;
  // Looked at before the rows: what is projected meanwhile is then found twice rather than not at all.
  const recent = new Map<string, Consent>();
  for (const sid of state.consents.unprojectedKeys()) {
    const consent = state.consents.get(sid);
    if (consent !== undefined) recent.set(sid, consent);
  }
  const found = new Map<string, Consent>();
  for (const row of await selectConsents(deps, filter, slice)) if (!recent.has(row.sid)) found.set(row.sid, row);
  for (const consent of recent.values()) if (matches(consent) && isBeyond(consent)) found.set(consent.sid, consent);
  const merged = [...found.values()].toSorted((a, b) => (a.sid < b.sid ? -1 : 1));
  return forward ? merged.slice(0, slice.limit) : merged.slice(-slice.limit);
}

async function selectConsents(
  { database, state }: ConsentDeps,
  filter: ConsentFilter,
  { cursor, direction, limit }: Slice,
): Promise<Consent[]> {
  const forward = direction === "next";
  const rows = await database.query<ConsentRow>(
    `select * from consents where account_sid = $1 and scope = coalesce($2, scope)
       and recipient = coalesce($3, recipient) and state = coalesce($4, state)
       and ($5::uuid is null or id ${forward ? ">" : "<"} $5::uuid)
     order by id ${forward ? "asc" : "desc"} limit $6`,
    [
      filter.accountSid,
      filter.scope ?? null,
      filter.recipient ?? null,
      filter.state ?? null,
      cursor === undefined ? null : idOf(cursor),
      // Rows that have changed in memory since are left out by the caller.
      limit + Math.min(state.consents.dirtyCount, limit),
    ],
  );
  return rows.map((row) => fromRow(row, sidOfId("OP", row.id)));
}

/** At most `limit` changes of a consent, newest first. */
export async function listChanges(
  { database, state }: ConsentDeps,
  consent: Consent,
  { cursor, direction, limit }: Slice,
): Promise<(ConsentChange & { readonly sid: string })[]> {
  const forward = direction === "next";
  const found = new Map<string, ConsentChange>();
  for (const sid of state.changes.unprojectedKeys()) {
    const change = state.changes.get(sid);
    if (change === undefined || change.sid !== consent.sid) continue;
    if (cursor === undefined || (forward ? sid < cursor : sid > cursor)) found.set(sid, change);
  }
  const rows = await database.query<ConsentRow>(
    `select * from consent_changes where consent_id = $1::uuid and account_sid = $2
       and ($3::uuid is null or id ${forward ? "<" : ">"} $3::uuid)
     order by id ${forward ? "desc" : "asc"} limit $4`,
    [idOf(consent.sid), consent.accountSid, cursor === undefined ? null : idOf(cursor), limit],
  );
  for (const row of rows) {
    const changed = sidOfId("OH", row.id);
    found.set(changed, { ...fromRow(row, consent.sid), changeSid: changed });
  }
  const merged = [...found.values()].toSorted((a, b) => (a.changeSid < b.changeSid ? 1 : -1));
  const cut = forward ? merged.slice(0, limit) : merged.slice(-limit);
  return cut.map((change) => ({ ...change, sid: change.changeSid }));
}
