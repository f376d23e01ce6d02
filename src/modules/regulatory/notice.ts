import type { CellRecord } from "../../platform/cell/index.ts";
import type { DatabaseSession, Row } from "../../platform/ports.ts";
import type { Dossier } from "./dossier.ts";

/** A dossier has a new status, and its account wants to be told. */
export interface Notice {
  /** Unique for ever: the dossier and its revision. */
  readonly id: string;
  readonly accountSid: string;
  readonly dossierSid: string;
  readonly status: string;
  readonly failureReason?: string;
  readonly validUntilMs?: number;
  /** Where it is told. */
  readonly url: string;
  readonly atMs: number;
}

/** Record: an account is told of its dossier. */
export interface DossierTold extends CellRecord {
  readonly kind: "regulatory.told";
  readonly notice: Notice;
}

interface NoticeRow extends Row {
  content: Notice;
}

/** Adds the notice of a change of status, in the transaction that makes it; none where there is no `StatusCallback`. */
export async function addNotice(tx: DatabaseSession, dossier: Dossier): Promise<void> {
  const { sid, accountSid, revision, status, statusCallback: url, failureReason, validUntilMs, updatedMs } = dossier;
  if (url === null || url === "") return;
  const notice: Notice = {
    id: `${sid}:${revision}`,
    accountSid,
    dossierSid: sid,
    status,
    url,
    atMs: updatedMs,
    ...(failureReason === null ? {} : { failureReason }),
    ...(validUntilMs === null ? {} : { validUntilMs }),
  };
  await tx.query("insert into regulatory_notices values ($1, $2, $3::jsonb, $4) on conflict do nothing", [
    notice.id,
    accountSid,
    JSON.stringify(notice),
    new Date(updatedMs),
  ]);
}

/** The oldest notices that nobody was told of. */
export async function oldestNotices(session: DatabaseSession, limit: number): Promise<Notice[]> {
  const rows = await session.query<NoticeRow>(
    "select content from regulatory_notices order by created_at, id limit $1",
    [limit],
  );
  return rows.map(({ content }) => content);
}

/** Forgets a notice that was told. */
export async function removeNotice(session: DatabaseSession, id: string): Promise<void> {
  await session.query("delete from regulatory_notices where id = $1", [id]);
}
