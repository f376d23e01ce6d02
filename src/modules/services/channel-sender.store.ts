import type { JsonObject, Slice } from "../../platform/http/index.ts";
import type { Database, DatabaseSession, Row } from "../../platform/ports.ts";
import {
  MAX_CHANNEL_SENDERS_PER_ACCOUNT,
  type Channel,
  type ChannelSender,
  type ChannelSenderChanges,
} from "./channel-sender.ts";
import type { Target } from "./service.ts";

interface ChannelSenderRow extends Row {
  sid: string;
  account_sid: string;
  channel: Channel;
  sender_id: string;
  created_at: Date;
  updated_at: Date;
  configuration: JsonObject;
  webhook: JsonObject;
  profile: JsonObject;
}

function fromRow(row: ChannelSenderRow): ChannelSender {
  const { sid, channel, configuration, webhook, profile } = row;
  return {
    sid,
    accountSid: row.account_sid,
    channel,
    senderId: row.sender_id,
    createdMs: row.created_at.getTime(),
    updatedMs: row.updated_at.getTime(),
    configuration,
    webhook,
    profile,
  };
}

/** Stores a new sender. `undefined` where the account has it, or as many as it may. */
export async function insertChannelSender(
  database: DatabaseSession,
  sender: Omit<ChannelSender, "createdMs" | "updatedMs">,
  atMs: number,
): Promise<ChannelSender | undefined> {
  const { sid, accountSid, channel, senderId, configuration, webhook, profile } = sender;
  const rows = await database.query<ChannelSenderRow>(
    `insert into channel_senders
       (sid, account_sid, channel, sender_id, revision, created_at, updated_at, configuration, webhook, profile)
     select $1, $2, $3, $4, 0, $5, $5, $6, $7, $8
     where (select count(*) from channel_senders where account_sid = $2) < $9
     on conflict (account_sid, sender_id) do nothing returning *`,
    [
      sid,
      accountSid,
      channel,
      senderId,
      new Date(atMs),
      JSON.stringify(configuration),
      JSON.stringify(webhook),
      JSON.stringify(profile),
      MAX_CHANNEL_SENDERS_PER_ACCOUNT,
    ],
  );
  return rows[0] === undefined ? undefined : fromRow(rows[0]);
}

/** A sender of an account. */
export async function findChannelSender(
  database: DatabaseSession,
  { accountSid, sid }: Target,
): Promise<ChannelSender | undefined> {
  const rows = await database.query<ChannelSenderRow>(
    "select * from channel_senders where sid = $1 and account_sid = $2",
    [sid, accountSid],
  );
  return rows[0] === undefined ? undefined : fromRow(rows[0]);
}

/** Sets what is named in the changes; the rest stays. */
export async function writeChannelSender(
  database: DatabaseSession,
  { accountSid, sid }: Target,
  changes: ChannelSenderChanges & { readonly atMs: number },
): Promise<ChannelSender | undefined> {
  const { configuration, webhook, profile, atMs } = changes;
  const rows = await database.query<ChannelSenderRow>(
    `update channel_senders set revision = revision + 1, updated_at = $3, configuration = configuration || $4::jsonb,
       webhook = webhook || $5::jsonb, profile = profile || $6::jsonb
     where sid = $1 and account_sid = $2 returning *`,
    [sid, accountSid, new Date(atMs), JSON.stringify(configuration), JSON.stringify(webhook), JSON.stringify(profile)],
  );
  return rows[0] === undefined ? undefined : fromRow(rows[0]);
}

/** Removes a sender. Resolves to whether there was one. */
export async function removeChannelSender(database: DatabaseSession, { accountSid, sid }: Target): Promise<boolean> {
  const rows = await database.query("delete from channel_senders where sid = $1 and account_sid = $2 returning sid", [
    sid,
    accountSid,
  ]);
  return rows.length > 0;
}

/** At most `limit` senders of an account for a channel, the newest first. */
export async function listChannelSenders(
  database: Database,
  { accountSid, channel }: { readonly accountSid: string; readonly channel: Channel },
  { cursor, direction, limit }: Slice,
): Promise<ChannelSender[]> {
  const isNext = direction === "next";
  const values: unknown[] = [accountSid, channel, limit];
  if (cursor !== undefined) values.push(cursor);
  const rows = await database.query<ChannelSenderRow>(
    `select * from channel_senders where account_sid = $1 and channel = $2
       ${cursor === undefined ? "" : `and sid ${isNext ? "<" : ">"} $4`}
     order by sid ${isNext ? "desc" : "asc"} limit $3`,
    values,
  );
  const senders = rows.map(fromRow);
  return isNext ? senders : senders.toReversed();
}
