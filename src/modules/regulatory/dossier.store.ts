import type { Slice } from "../../platform/http/index.ts";
import type { DatabaseSession, Row } from "../../platform/ports.ts";
import { MAX_DOSSIERS, type Dossier, type DossierChange, type DossierError, type DossierStatus } from "./dossier.ts";
import { listRows, type Condition, type ListQuery } from "./list-rows.ts";
import type { DossierKind } from "./rule.ts";

interface DossierRow extends Row {
  sid: string;
  account_sid: string;
  kind: DossierKind;
  rule_sid: string;
  friendly_name: string;
  email: string;
  status_callback: string | null;
  status: DossierStatus;
  valid_until: Date | null;
  failure_reason: string | null;
  errors: DossierError[];
  is_test: boolean;
  copy_of: string | null;
  due_at: Date | null;
  revision: number;
  created_at: Date;
  updated_at: Date;
}

function fromRow(row: DossierRow): Dossier {
  return {
    sid: row.sid,
    accountSid: row.account_sid,
    kind: row.kind,
    ruleSid: row.rule_sid,
    friendlyName: row.friendly_name,
    email: row.email,
    statusCallback: row.status_callback,
    status: row.status,
    validUntilMs: row.valid_until?.getTime() ?? null,
    failureReason: row.failure_reason,
    errors: row.errors,
    isTest: row.is_test,
    copyOf: row.copy_of,
    dueMs: row.due_at?.getTime() ?? null,
    revision: row.revision,
    createdMs: row.created_at.getTime(),
    updatedMs: row.updated_at.getTime(),
  };
}

const one = (rows: readonly DossierRow[]): Dossier | undefined =>
  rows[0] === undefined ? undefined : fromRow(rows[0]);
const dateOf = (ms: number | null): Date | null => (ms === null ? null : new Date(ms));

/** Stores a new dossier. Resolves to whether its account has room for it. */
export async function insertDossier(tx: DatabaseSession, dossier: Dossier): Promise<boolean> {
  const rows = await tx.query(
    `insert into regulatory_dossiers
     select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11::jsonb, $12, $13, $14, $15, $16, $17
     where (select count(*) from regulatory_dossiers where account_sid = $2 and kind = $3) < ${MAX_DOSSIERS}
     returning sid`,
    [
      dossier.sid,
      dossier.accountSid,
      dossier.kind,
      dossier.ruleSid,
      dossier.friendlyName,
      dossier.email,
      dossier.statusCallback,
      dossier.status,
      dateOf(dossier.validUntilMs),
      dossier.failureReason,
      JSON.stringify(dossier.errors),
      dossier.isTest,
      dossier.copyOf,
      dateOf(dossier.dueMs),
      dossier.revision,
      new Date(dossier.createdMs),
      new Date(dossier.updatedMs),
    ],
  );
  return rows.length > 0;
}

/** Whose dossier, and of which kind where that matters. */
export interface DossierTarget {
  readonly accountSid: string;
  readonly sid: string;
  readonly kind?: DossierKind;
}

/** An account's dossier; with a lock, held until the transaction ends. */
export async function findDossier(
  session: DatabaseSession,
  { accountSid, sid, kind }: DossierTarget,
  lock?: "update" | "share",
): Promise<Dossier | undefined> {
  const rows = await session.query<DossierRow>(
    `select * from regulatory_dossiers where sid = $1 and account_sid = $2 and kind = coalesce($3, kind)
     ${lock === undefined ? "" : `for ${lock}`}`,
    [sid, accountSid, kind ?? null],
  );
  return one(rows);
}

/** Writes what changes over a dossier that the transaction holds. */
export async function writeDossier(
  tx: DatabaseSession,
  dossier: Dossier,
  change: DossierChange & { readonly atMs: number },
): Promise<Dossier> {
  const next: Dossier = { ...dossier, ...change, revision: dossier.revision + 1, updatedMs: change.atMs };
  const rows = await tx.query<DossierRow>(
    `update regulatory_dossiers set friendly_name = $2, email = $3, status_callback = $4, status = $5,
       valid_until = $6, failure_reason = $7, errors = $8::jsonb, copy_of = $9, due_at = $10, revision = $11,
       updated_at = $12
     where sid = $1 returning *`,
    [
      next.sid,
      next.friendlyName,
      next.email,
      next.statusCallback,
      next.status,
      dateOf(next.validUntilMs),
      next.failureReason,
      JSON.stringify(next.errors),
      next.copyOf,
      dateOf(next.dueMs),
      next.revision,
      new Date(next.updatedMs),
    ],
  );
  return one(rows) ?? next;
}

/** Takes a dossier away with all that is in it; the items themselves stay. */
export async function removeDossier(tx: DatabaseSession, { sid }: Pick<Dossier, "sid">): Promise<void> {
  for (const table of ["assignments", "endpoints", "evaluations"]) {
    await tx.query(`delete from regulatory_${table} where dossier_sid = $1`, [sid]);
  }
  await tx.query("delete from regulatory_dossiers where sid = $1", [sid]);
}

/** Puts off the next look at a dossier, or ends it. Says nothing to the account. */
export async function postponeDossier(tx: DatabaseSession, sid: string, dueMs: number | null): Promise<void> {
  await tx.query("update regulatory_dossiers set due_at = $2 where sid = $1", [sid, dateOf(dueMs)]);
}

/** At most `limit` dossiers that a reviewer is to look at, the longest waiting first. */
export async function dueDossiers(
  session: DatabaseSession,
  atMs: number,
  limit: number,
): Promise<{ readonly sid: string; readonly accountSid: string }[]> {
  const rows = await session.query<DossierRow>(
    "select sid, account_sid from regulatory_dossiers where due_at <= $1 order by due_at, sid limit $2",
    [new Date(atMs), limit],
  );
  return rows.map((row) => ({ sid: row.sid, accountSid: row.account_sid }));
}

/** Dossiers under review, for metrics. */
export async function countReviews(session: DatabaseSession): Promise<number> {
  const rows = await session.query<{ count: number }>(
    "select count(*)::int as count from regulatory_dossiers where status in ('pending-review', 'in-review')",
  );
  return rows[0]?.count ?? 0;
}

/** Orders of a list beside the usual one, which is that of the SIDs. */
export const SORT_KEYS = {
  "valid-until": "coalesce((extract(epoch from valid_until) * 1000)::bigint, 0)",
  "date-updated": "(extract(epoch from updated_at) * 1000)::bigint",
} as const;

/** The cursor of a dossier in a list that is sorted so. */
export function cursorOf(dossier: Dossier, sortBy: keyof typeof SORT_KEYS | undefined): string {
  if (sortBy === undefined) return dossier.sid;
  return `${sortBy === "valid-until" ? (dossier.validUntilMs ?? 0) : dossier.updatedMs}.${dossier.sid}`;
}

/** At most `limit` dossiers. */
export async function listDossiers(
  session: DatabaseSession,
  where: readonly Condition[],
  slice: Slice & Pick<ListQuery, "sortKey" | "isAscending">,
): Promise<Dossier[]> {
  const { sortKey, isAscending = false } = slice;
  const query = { table: "regulatory_dossiers", where, isAscending, ...(sortKey === undefined ? {} : { sortKey }) };
  return (await listRows<DossierRow>(session, query, slice)).map(fromRow);
}
