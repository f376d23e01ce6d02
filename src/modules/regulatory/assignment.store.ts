import type { Slice } from "../../platform/http/index.ts";
import type { DatabaseSession, Row } from "../../platform/ports.ts";
import type { Assignment, DossierStatus } from "./dossier.ts";
import { listRows, type Condition } from "./list-rows.ts";

interface AssignmentRow extends Row {
  sid: string;
  account_sid: string;
  dossier_sid: string;
  object_sid: string;
  object_type: string;
  created_at: Date;
}

function fromRow(row: AssignmentRow): Assignment {
  return {
    sid: row.sid,
    accountSid: row.account_sid,
    dossierSid: row.dossier_sid,
    objectSid: row.object_sid,
    objectType: row.object_type,
    createdMs: row.created_at.getTime(),
  };
}

/** What is in dossiers, or what they stand for: two tables of one shape. */
export class AssignmentStore {
  private readonly table: string;
  private readonly max: number;

  constructor(table: "regulatory_assignments" | "regulatory_endpoints", max: number) {
    this.table = table;
    this.max = max;
  }

  /** Resolves to `full` where the dossier has no room, and to the assignment that there was where it was assigned already. */
  async insert(tx: DatabaseSession, assignment: Assignment): Promise<Assignment | "full" | undefined> {
    const known = await tx.query<AssignmentRow>(
      `select * from ${this.table} where dossier_sid = $1 and object_sid = $2`,
      [assignment.dossierSid, assignment.objectSid],
    );
    if (known[0] !== undefined) return fromRow(known[0]);
    const rows = await tx.query(
      `insert into ${this.table} select $1, $2, $3, $4, $5, $6
       where (select count(*) from ${this.table} where dossier_sid = $3) < ${this.max} returning sid`,
      [
        assignment.sid,
        assignment.accountSid,
        assignment.dossierSid,
        assignment.objectSid,
        assignment.objectType,
        new Date(assignment.createdMs),
      ],
    );
    return rows.length === 0 ? "full" : undefined;
  }

  async find(
    session: DatabaseSession,
    { sid, dossierSid, accountSid }: Pick<Assignment, "sid" | "dossierSid" | "accountSid">,
  ): Promise<Assignment | undefined> {
    const rows = await session.query<AssignmentRow>(
      `select * from ${this.table} where sid = $1 and dossier_sid = $2 and account_sid = $3`,
      [sid, dossierSid, accountSid],
    );
    return rows[0] === undefined ? undefined : fromRow(rows[0]);
  }

  async remove(tx: DatabaseSession, sid: string): Promise<void> {
    await tx.query(`delete from ${this.table} where sid = $1`, [sid]);
  }

  async removeAll(tx: DatabaseSession, dossierSid: string): Promise<void> {
    await tx.query(`delete from ${this.table} where dossier_sid = $1`, [dossierSid]);
  }

  /** All of a dossier, the oldest first. */
  async all(session: DatabaseSession, dossierSid: string): Promise<Assignment[]> {
    const rows = await session.query<AssignmentRow>(`select * from ${this.table} where dossier_sid = $1 order by sid`, [
      dossierSid,
    ]);
    return rows.map(fromRow);
  }

  async list(session: DatabaseSession, where: readonly Condition[], slice: Slice): Promise<Assignment[]> {
    return (await listRows<AssignmentRow>(session, { table: this.table, where }, slice)).map(fromRow);
  }
}

/** A dossier that something is assigned to. */
export interface Holder {
  readonly sid: string;
  readonly status: DossierStatus;
}

/** The dossiers that hold an object; with a lock they are kept from changing until the transaction ends. */
export async function holdersOf(tx: DatabaseSession, objectSid: string, lock = false): Promise<Holder[]> {
  return await tx.query<Row & { sid: string; status: DossierStatus }>(
    `select d.sid, d.status from regulatory_dossiers d
     where d.sid in (select dossier_sid from regulatory_assignments where object_sid = $1)
     order by d.sid${lock ? " for share of d" : ""}`,
    [objectSid],
  );
}
