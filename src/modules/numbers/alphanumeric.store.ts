import type { Slice } from "../../platform/http/index.ts";
import type { DatabaseSession, Row } from "../../platform/ports.ts";
import type { AlphanumericSender } from "./alphanumeric.ts";

interface SenderRow extends Row {
  sid: string;
  account_sid: string;
  sender: string;
  iso_country: string;
  status: AlphanumericSender["status"];
  created_at: Date;
  updated_at: Date;
}

function fromRow(row: SenderRow): AlphanumericSender {
  return {
    sid: row.sid,
    accountSid: row.account_sid,
    sender: row.sender,
    isoCountry: row.iso_country,
    status: row.status,
    createdMs: row.created_at.getTime(),
    updatedMs: row.updated_at.getTime(),
  };
}

/** Keeps others from changing the senders of an account until the transaction ends, and resolves to them. */
export async function lockSenders(tx: DatabaseSession, accountSid: string): Promise<AlphanumericSender[]> {
  await tx.query("select pg_advisory_xact_lock(hashtextextended($1, 0))", [`senders ${accountSid}`]);
  const rows = await tx.query<SenderRow>("select * from alphanumeric_senders where account_sid = $1 order by sid", [
    accountSid,
  ]);
  return rows.map(fromRow);
}

/** Stores a new sender. */
export async function insertSender(tx: DatabaseSession, sender: AlphanumericSender): Promise<void> {
  await tx.query("insert into alphanumeric_senders values ($1, $2, $3, $4, $5, $6, $7)", [
    sender.sid,
    sender.accountSid,
    sender.sender,
    sender.isoCountry,
    sender.status,
    new Date(sender.createdMs),
    new Date(sender.updatedMs),
  ]);
}

/** A sender by its SID, whoever has it. */
export async function findSender(database: DatabaseSession, sid: string): Promise<AlphanumericSender | undefined> {
  const rows = await database.query<SenderRow>("select * from alphanumeric_senders where sid = $1", [sid]);
  return rows[0] && fromRow(rows[0]);
}

export async function writeSenderStatus(
  tx: DatabaseSession,
  { sid, status, updatedMs }: AlphanumericSender,
): Promise<void> {
  await tx.query("update alphanumeric_senders set status = $2, updated_at = $3 where sid = $1", [
    sid,
    status,
    new Date(updatedMs),
  ]);
}

export async function deleteSender(tx: DatabaseSession, sid: string): Promise<void> {
  await tx.query("delete from alphanumeric_senders where sid = $1", [sid]);
}

/** At most `limit` senders of an account, the newest first. */
export async function listSenders(
  database: DatabaseSession,
  accountSid: string,
  { cursor, direction, limit }: Slice,
): Promise<AlphanumericSender[]> {
  const beyond = cursor === undefined ? "" : `and sid ${direction === "next" ? "<" : ">"} $3`;
  const rows = await database.query<SenderRow>(
    `select * from alphanumeric_senders where account_sid = $1 ${beyond}
     order by sid ${direction === "next" ? "desc" : "asc"} limit $2`,
    [accountSid, limit, ...(cursor === undefined ? [] : [cursor])],
  );
  const senders = rows.map(fromRow);
  return direction === "next" ? senders : senders.toReversed();
}

const BATCH_ROWS = 10_000;

/** All senders, in batches. */
export async function* readAlphanumericSenders(
  database: DatabaseSession,
): AsyncIterable<readonly AlphanumericSender[]> {
  let after = "";
  for (;;) {
    const rows = await database.query<SenderRow>(
      "select * from alphanumeric_senders where sid > $1 order by sid limit $2",
      [after, BATCH_ROWS],
    );
    if (rows.length > 0) yield rows.map(fromRow);
    if (rows.length < BATCH_ROWS) return;
    after = rows.at(-1)?.sid ?? after;
  }
}
