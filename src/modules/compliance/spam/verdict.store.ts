import type { Slice } from "../../../platform/http/index.ts";
import type { Database, DatabaseSession, Row } from "../../../platform/ports.ts";

export const FEEDBACKS = ["spam", "not-spam"] as const;
export type Feedback = (typeof FEEDBACKS)[number];

/** A message that was refused or flagged: what its text is known by and why, not the text. */
export interface SpamVerdict {
  readonly sid: string;
  readonly accountSid: string;
  readonly action: "block" | "flag";
  readonly score: number;
  readonly reason: string;
  readonly signature: string;
  readonly feedback: Feedback | undefined;
  readonly createdMs: number;
}

/** A text that was told to be spam, or not to be when this account sends it. */
export interface SpamLabel {
  readonly accountSid: string;
  readonly signature: string;
  readonly verdict: Feedback;
}

interface VerdictRow extends Row {
  sid: string;
  account_sid: string;
  action: "block" | "flag";
  score: number;
  reason: string;
  signature: string;
  feedback: Feedback | null;
  created_at: Date;
}

const fromRow = (row: VerdictRow): SpamVerdict => ({
  sid: row.sid,
  accountSid: row.account_sid,
  action: row.action,
  score: row.score,
  reason: row.reason,
  signature: row.signature,
  feedback: row.feedback ?? undefined,
  createdMs: row.created_at.getTime(),
});

export async function insertVerdicts(database: Database, verdicts: readonly SpamVerdict[]): Promise<void> {
  if (verdicts.length === 0) return;
  const rows = verdicts.map(({ sid, accountSid, action, score, reason, signature, createdMs }) => ({
    sid,
    account_sid: accountSid,
    action,
    score,
    reason,
    signature,
    created_at: new Date(createdMs).toISOString(),
  }));
  await database.query(
    `insert into spam_verdicts (sid, account_sid, action, score, reason, signature, created_at)
     select sid, account_sid, action, score, reason, signature, created_at
     from jsonb_to_recordset($1::jsonb)
       as r(sid text, account_sid text, action text, score float8, reason text, signature text, created_at timestamptz)
     on conflict (sid) do nothing`,
    [JSON.stringify(rows)],
  );
}

/** What a list of verdicts is asked for. */
export interface VerdictFilter {
  readonly accountSid: string | undefined;
  readonly action: "block" | "flag" | undefined;
}

/** At most `limit` verdicts, newest first. */
export async function listVerdicts(
  database: Database,
  { accountSid, action }: VerdictFilter,
  { cursor, direction, limit }: Slice,
): Promise<SpamVerdict[]> {
  const forward = direction === "next";
  const rows = await database.query<VerdictRow>(
    `select * from spam_verdicts
     where account_sid = coalesce($1, account_sid) and action = coalesce($2, action)
       and ($3::text is null or sid ${forward ? "<" : ">"} $3)
     order by sid ${forward ? "desc" : "asc"} limit $4`,
    [accountSid ?? null, action ?? null, cursor ?? null, limit],
  );
  const found = rows.map(fromRow);
  return forward ? found : found.toReversed();
}

/** Writes down what somebody says of a verdict, and the label that follows. `undefined` where there is no such verdict. */
export async function labelVerdict(
  database: Database,
  given: { readonly sid: string; readonly feedback: Feedback; readonly nowMs: number },
): Promise<{ readonly before: Feedback | undefined; readonly after: SpamVerdict } | undefined> {
  const { sid, feedback, nowMs } = given;
  return database.transaction(async (tx: DatabaseSession) => {
    const [known] = await tx.query<VerdictRow>("select * from spam_verdicts where sid = $1 for update", [sid]);
    if (known === undefined) return undefined;
    await tx.query("update spam_verdicts set feedback = $2 where sid = $1", [sid, feedback]);
    await tx.query(
      `insert into spam_labels (account_sid, signature, verdict, created_at) values ($1, $2, $3, $4)
       on conflict (account_sid, signature) do update set verdict = excluded.verdict, created_at = excluded.created_at`,
      [known.account_sid, known.signature, feedback, new Date(nowMs)],
    );
    const before = known.feedback ?? undefined;
    return { before, after: fromRow(Object.assign(known, { feedback })) };
  });
}

/** The newest labels. */
export async function readLabels(database: Database, max: number): Promise<SpamLabel[]> {
  const rows = await database.query<{ account_sid: string; signature: string; verdict: Feedback }>(
    "select account_sid, signature, verdict from spam_labels order by created_at desc limit $1",
    [max],
  );
  return rows.map((row) => ({ accountSid: row.account_sid, signature: row.signature, verdict: row.verdict }));
}

/** Deletes verdicts from before a time, and those beyond the newest `max`. */
export async function pruneVerdicts(database: Database, beforeMs: number, max: number): Promise<void> {
  await database.query("delete from spam_verdicts where created_at < $1", [new Date(beforeMs)]);
  await database.query(
    "delete from spam_verdicts where sid <= (select sid from spam_verdicts order by sid desc offset $1 limit 1)",
    [max],
  );
}
