import type { CellRecord } from "../../platform/cell/index.ts";
import type { DatabaseSession, Row } from "../../platform/ports.ts";

/** A registration has a new status. */
export interface Notice {
  /** Unique for ever: the filing and the sequence of its standing. */
  readonly id: string;
  readonly accountSid: string;
  /** What it is about and its status: `brand.approved`, `campaign.failed`, `toll-free.twilio-rejected` … */
  readonly type: string;
  readonly resourceSid: string;
  readonly status: string;
  readonly brandSid?: string;
  readonly serviceSid?: string;
  /** The registry's own name for it. */
  readonly externalId?: string;
  /** Of the first error, where there is one. */
  readonly errorCode?: number;
  readonly errorText?: string;
  readonly atMs: number;
}

/** Record: an account is told of its registration. What it leads to is up to the machine of this module. */
export interface RegistrationTold extends CellRecord {
  readonly kind: "a2p.told";
  readonly notice: Notice;
  /** Where it is sent, as it was configured then. */
  readonly url?: string;
}

interface NoticeRow extends Row {
  id: string;
  content: Notice;
}

/** Adds a notice, in the transaction that makes the change. */
export async function addNotice(tx: DatabaseSession, notice: Notice): Promise<void> {
  await tx.query(
    "insert into a2p_notices (id, account_sid, content, created_at) values ($1, $2, $3::jsonb, $4) on conflict do nothing",
    [notice.id, notice.accountSid, JSON.stringify(notice), new Date(notice.atMs)],
  );
}

/** The oldest notices that nobody was told of. */
export async function oldestNotices(session: DatabaseSession, limit: number): Promise<Notice[]> {
  const rows = await session.query<NoticeRow>("select id, content from a2p_notices order by created_at, id limit $1", [
    limit,
  ]);
  return rows.map((row) => row.content);
}

/** Forgets a notice that was told. */
export async function removeNotice(session: DatabaseSession, id: string): Promise<void> {
  await session.query("delete from a2p_notices where id = $1", [id]);
}
