import type { Database } from "../../../platform/ports.ts";
import { newBaseline, type Baseline, type OwnThing, type Profile } from "./profile.ts";
import type { SavedAccount } from "./spam-filter.ts";

/** Writes what is usual for accounts. Of two writers the later one wins: a baseline is no count that has to be right. */
export async function saveBaselines(database: Database, profiles: readonly Profile[], nowMs: number): Promise<void> {
  if (profiles.length === 0) return;
  const rows = profiles.map(({ accountSid, baseline, templates, domains }) => ({
    account_sid: accountSid,
    document: { baseline, templates, domains },
  }));
  await database.query(
    `insert into spam_baselines (account_sid, document, updated_at)
     select account_sid, document, $2 from jsonb_to_recordset($1::jsonb) as r(account_sid text, document jsonb)
     on conflict (account_sid) do update set document = excluded.document, updated_at = excluded.updated_at`,
    [JSON.stringify(rows), new Date(nowMs)],
  );
}

interface Document {
  readonly baseline?: Partial<Baseline>;
  readonly templates?: readonly OwnThing[];
  readonly domains?: readonly OwnThing[];
}

/** Of the accounts named, or else of those that sent last. */
export async function readBaselines(
  database: Database,
  { accountSids, max }: { readonly accountSids?: readonly string[]; readonly max: number },
): Promise<SavedAccount[]> {
  const rows = await database.query<{ account_sid: string; document: Document }>(
    `select account_sid, document from spam_baselines where $1::text[] is null or account_sid = any($1)
     order by updated_at desc limit $2`,
    [accountSids ?? null, max],
  );
  return rows.map(({ account_sid, document }) => ({
    accountSid: account_sid,
    baseline: Object.assign(newBaseline(), document.baseline),
    templates: document.templates ?? [],
    domains: document.domains ?? [],
  }));
}
