import type { DatabaseSession, Row } from "../../platform/ports.ts";
import { FREE, openTo } from "./number.store.ts";

/** A free number that one account alone can buy for a moment. */
export interface NumberHold {
  /** `NH…` */
  readonly sid: string;
  readonly accountSid: string;
  readonly number: string;
  readonly untilMs: number;
}

interface HoldRow extends Row {
  hold_sid: string;
  held_by: string;
  number: string;
  held_until: Date;
}

function fromRow(row: HoldRow): NumberHold {
  return { sid: row.hold_sid, accountSid: row.held_by, number: row.number, untilMs: row.held_until.getTime() };
}

/** At a time, of one account. */
export const MAX_HOLDS = 20;

/**
 * Holds a free number for an account, again where it holds it already. `"full"` where the
 * account holds as many as it may, `"taken"` where the number is not there to be had.
 */
export async function holdNumber(
  tx: DatabaseSession,
  hold: NumberHold & { readonly atMs: number },
): Promise<NumberHold | "full" | "taken"> {
  const { sid, accountSid, number, untilMs, atMs } = hold;
  // Holds of one account come one after the other, so that many at once are not more than it may.
  await tx.query("select pg_advisory_xact_lock(hashtextextended($1, 0))", [`hold ${accountSid}`]);
  const now = new Date(atMs);
  const [held] = await tx.query<{ count: number }>(
    `select count(*) from phone_numbers where held_by = $1 and held_until > $2 and number <> $3`,
    [accountSid, now, number],
  );
  if ((held?.count ?? 0) >= MAX_HOLDS) return "full";
  const rows = await tx.query<HoldRow>(
    `update phone_numbers set hold_sid = $2, held_by = $3, held_until = $4
     where number = $1 and ${FREE} and kind <> 'shortcode' and ${openTo("$3", "$5")}
     returning hold_sid, held_by, number, held_until`,
    [number, sid, accountSid, new Date(untilMs), now],
  );
  return rows[0] === undefined ? "taken" : fromRow(rows[0]);
}

/** What an account holds, the newest first. */
export async function listHolds(database: DatabaseSession, accountSid: string, atMs: number): Promise<NumberHold[]> {
  const rows = await database.query<HoldRow>(
    `select hold_sid, held_by, number, held_until from phone_numbers
     where held_by = $1 and held_until > $2 and hold_sid is not null order by hold_sid desc limit ${MAX_HOLDS}`,
    [accountSid, new Date(atMs)],
  );
  return rows.map(fromRow);
}

/** Ends a hold. Resolves to whether there was one. */
export async function endHold(
  database: DatabaseSession,
  { accountSid, sid, atMs }: { readonly accountSid: string; readonly sid: string; readonly atMs: number },
): Promise<boolean> {
  const rows = await database.query(
    `update phone_numbers set hold_sid = null, held_by = null, held_until = null
     where hold_sid = $1 and held_by = $2 and held_until > $3 returning number`,
    [sid, accountSid, new Date(atMs)],
  );
  return rows.length > 0;
}
