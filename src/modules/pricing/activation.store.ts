import type { Slice } from "../../platform/http/index.ts";
import type { Database, DatabaseSession, Row } from "../../platform/ports.ts";
import type { Activation, Assignment } from "./price-table.ts";

interface ActivationRow extends Row {
  id: number;
  list: string;
  currency: string;
  version: number;
  from_at: Date;
  actor: string;
  reason: string;
  created_at: Date;
}

function activationOf(row: ActivationRow): Activation {
  const { id, list, currency, version, actor, reason } = row;
  return {
    id,
    list,
    currency,
    version,
    actor,
    reason,
    fromMs: row.from_at.getTime(),
    createdMs: row.created_at.getTime(),
  };
}

/** Adds an activation. */
export async function insertActivation(tx: DatabaseSession, added: Omit<Activation, "id">): Promise<Activation> {
  const { list, currency, version, fromMs, actor, reason, createdMs } = added;
  const rows = await tx.query<ActivationRow>(
    `insert into price_activations (list, currency, version, from_at, actor, reason, created_at)
     values ($1, $2, $3, $4, $5, $6, $7) returning *`,
    [list, currency, version, new Date(fromMs), actor, reason, new Date(createdMs)],
  );
  return activationOf(rows[0] as ActivationRow);
}

/** How many activations lie ahead. */
export async function countPending(tx: DatabaseSession, nowMs: number): Promise<number> {
  const [row] = await tx.query<{ count: number }>("select count(*) from price_activations where from_at > $1", [
    new Date(nowMs),
  ]);
  return Number(row?.count ?? 0);
}

/** What holds at a moment, and everything that will hold later; in order of time. */
export async function readTimeline(database: DatabaseSession, nowMs: number): Promise<Activation[]> {
  const rows = await database.query<ActivationRow>(
    `(select distinct on (list, currency) * from price_activations where from_at <= $1
      order by list, currency, from_at desc, id desc)
     union all select * from price_activations where from_at > $1
     order by from_at, id`,
    [new Date(nowMs)],
  );
  return rows.map(activationOf);
}

/** At most `limit` activations, the one that was made last first. */
export async function listActivations(
  database: Database,
  list: string | undefined,
  { cursor, direction, limit }: Slice,
): Promise<Activation[]> {
  const forward = direction === "next";
  const rows = await database.query<ActivationRow>(
    `select * from price_activations where ($1::bigint is null or id ${forward ? "<" : ">"} $1::bigint)
       and ($3::text is null or list = $3)
     order by id ${forward ? "desc" : "asc"} limit $2`,
    [cursor ?? null, limit, list ?? null],
  );
  const activations = rows.map(activationOf);
  return forward ? activations : activations.toReversed();
}

interface AssignmentRow extends Row {
  account_sid: string;
  list: string;
  discount_basis_points: number;
  revision: number;
  actor: string;
  reason: string;
  updated_at: Date;
}

function assignmentOf(row: AssignmentRow): Assignment {
  const { list, revision, actor, reason } = row;
  return {
    accountSid: row.account_sid,
    list,
    discountBasisPoints: row.discount_basis_points,
    revision,
    actor,
    reason,
    updatedMs: row.updated_at.getTime(),
  };
}

/** Sets what an account pays by. */
export async function writeAssignment(
  database: DatabaseSession,
  assigned: Omit<Assignment, "revision">,
): Promise<Assignment> {
  const { accountSid, list, discountBasisPoints, actor, reason, updatedMs } = assigned;
  const rows = await database.query<AssignmentRow>(
    `insert into price_assignments (account_sid, list, discount_basis_points, revision, actor, reason, updated_at)
     values ($1, $2, $3, nextval('price_assignment_revisions'), $4, $5, $6)
     on conflict (account_sid) do update set list = excluded.list,
       discount_basis_points = excluded.discount_basis_points, revision = excluded.revision,
       actor = excluded.actor, reason = excluded.reason, updated_at = excluded.updated_at
     returning *`,
    [accountSid, list, discountBasisPoints, actor, reason, new Date(updatedMs)],
  );
  return assignmentOf(rows[0] as AssignmentRow);
}

export async function findAssignment(database: DatabaseSession, accountSid: string): Promise<Assignment | undefined> {
  const rows = await database.query<AssignmentRow>("select * from price_assignments where account_sid = $1", [
    accountSid,
  ]);
  return rows[0] === undefined ? undefined : assignmentOf(rows[0]);
}

/** At most `limit` assignments by account. */
export async function listAssignments(
  database: DatabaseSession,
  { cursor, direction, limit }: Slice,
): Promise<Assignment[]> {
  const forward = direction === "next";
  const rows = await database.query<AssignmentRow>(
    `select * from price_assignments where $1::text is null or account_sid ${forward ? ">" : "<"} $1
     order by account_sid ${forward ? "asc" : "desc"} limit $2`,
    [cursor ?? null, limit],
  );
  const assignments = rows.map(assignmentOf);
  return forward ? assignments : assignments.toReversed();
}

const BATCH_ROWS = 10_000;

/** All assignments, in batches. */
export async function* readAssignments(database: DatabaseSession): AsyncGenerator<readonly Assignment[]> {
  let cursor: string | undefined;
  for (;;) {
    const batch = await listAssignments(database, { cursor, direction: "next", limit: BATCH_ROWS });
    if (batch.length > 0) yield batch;
    if (batch.length < BATCH_ROWS) return;
    cursor = batch.at(-1)?.accountSid;
  }
}

/** Becomes another text with every activation and assignment. */
export async function readMarks(database: DatabaseSession): Promise<string> {
  const [row] = await database.query<{ marks: string }>(
    `select concat((select max(id) from price_activations), ' ', (select max(revision) from price_assignments), ' ',
       (select count(*) from price_assignments)) as marks`,
  );
  return row?.marks ?? "";
}
