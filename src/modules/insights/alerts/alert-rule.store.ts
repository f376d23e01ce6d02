import type { Slice } from "../../../platform/http/index.ts";
import type { Database, DatabaseSession, Migration, Row } from "../../../platform/ports.ts";
import type { AlertRule } from "./alert-rule.ts";

/** Rules, which change seldom, and the history of what they told, which is filled from the log. */
export const alertRuleMigrations: readonly Migration[] = [
  {
    name: "insights/0101-alert-rules",
    sql: `create table insight_alert_rules (
        sid text collate "C" primary key,
        account_sid text not null,
        revision bigint not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        content jsonb not null
      );
      create index insight_alert_rules_by_account on insight_alert_rules (account_sid, sid);
      create table insight_alert_events (
        id text collate "C" primary key,
        rule_sid text collate "C" not null,
        account_sid text not null,
        turn bigint not null,
        state text not null,
        repeated boolean not null,
        muted boolean not null,
        told boolean not null,
        value double precision,
        limit_value double precision not null,
        since timestamptz not null,
        at timestamptz not null
      );
      create index insight_alert_events_by_rule on insight_alert_events (rule_sid, turn);
      create index insight_alert_events_by_account on insight_alert_events (account_sid);
      create index insight_alert_events_by_time on insight_alert_events (at);`,
  },
];

/** What of a rule is no column. */
type Content = Omit<AlertRule, "sid" | "accountSid" | "revision" | "createdMs" | "updatedMs">;

interface RuleRow extends Row {
  sid: string;
  account_sid: string;
  revision: number;
  created_at: Date;
  updated_at: Date;
  content: Content;
}

/** Whose rule. */
export interface RuleTarget {
  readonly accountSid: string;
  readonly sid: string;
}

const ROWS_AT_ONCE = 1_000;

function fromRow(row: RuleRow): AlertRule {
  return {
    sid: row.sid,
    accountSid: row.account_sid,
    ...row.content,
    revision: Number(row.revision),
    createdMs: row.created_at.getTime(),
    updatedMs: row.updated_at.getTime(),
  };
}

function contentOf({ friendlyName, scope, metric, filter, condition, destinations, ...rest }: AlertRule): string {
  const { repeatMs, mutedUntilMs, isEnabled } = rest;
  const content: Content = {
    friendlyName,
    scope,
    metric,
    filter,
    condition,
    destinations,
    repeatMs,
    mutedUntilMs,
    isEnabled,
  };
  return JSON.stringify(content);
}

/** Until the transaction ends nobody else makes rules of the account; resolves to how many it has. */
export async function countRulesLocked(tx: DatabaseSession, accountSid: string): Promise<number> {
  await tx.query("select pg_advisory_xact_lock(hashtextextended('insight alert rules ' || $1, 0))", [accountSid]);
  const rows = await tx.query<{ count: number }>(
    "select count(*)::int as count from insight_alert_rules where account_sid = $1",
    [accountSid],
  );
  return rows[0]?.count ?? 0;
}

/** Stores a new rule. */
export async function insertRule(tx: DatabaseSession, rule: AlertRule): Promise<void> {
  await tx.query(
    `insert into insight_alert_rules (sid, account_sid, revision, created_at, updated_at, content)
     values ($1, $2, $3, $4, $5, $6::jsonb)`,
    [rule.sid, rule.accountSid, rule.revision, new Date(rule.createdMs), new Date(rule.updatedMs), contentOf(rule)],
  );
}

/** Writes a rule of which this is the next revision. False where it was changed or deleted meanwhile. */
export async function updateRule(session: DatabaseSession, rule: AlertRule): Promise<boolean> {
  const rows = await session.query(
    `update insight_alert_rules set revision = $3, updated_at = $4, content = $5::jsonb
     where sid = $1 and account_sid = $2 and revision = $3 - 1 returning sid`,
    [rule.sid, rule.accountSid, rule.revision, new Date(rule.updatedMs), contentOf(rule)],
  );
  return rows.length > 0;
}

/** Whether there was such a rule. Its history goes with it. */
export async function deleteRuleRow(tx: DatabaseSession, { accountSid, sid }: RuleTarget): Promise<boolean> {
  const rows = await tx.query("delete from insight_alert_rules where sid = $1 and account_sid = $2 returning sid", [
    sid,
    accountSid,
  ]);
  return rows.length > 0;
}

/** An account's rule. */
export async function findRule(session: DatabaseSession, target: RuleTarget): Promise<AlertRule | undefined> {
  const rows = await session.query<RuleRow>("select * from insight_alert_rules where sid = $1 and account_sid = $2", [
    target.sid,
    target.accountSid,
  ]);
  return rows[0] === undefined ? undefined : fromRow(rows[0]);
}

/** At most `limit` rules of an account, the newest first. */
export async function listRules(
  session: DatabaseSession,
  { accountSid, scope }: { readonly accountSid: string; readonly scope: AlertRule["scope"] | undefined },
  { cursor, direction, limit }: Slice,
): Promise<AlertRule[]> {
  const forward = direction === "next";
  const beyond = cursor === undefined ? "" : `and sid ${forward ? "<" : ">"} $4`;
  const rows = await session.query<RuleRow>(
    `select * from insight_alert_rules where account_sid = $1 and ($3::text is null or content ->> 'scope' = $3) ${beyond}
     order by sid ${forward ? "desc" : "asc"} limit $2`,
    cursor === undefined ? [accountSid, limit, scope ?? null] : [accountSid, limit, scope ?? null, cursor],
  );
  const found = rows.map(fromRow);
  return forward ? found : found.toReversed();
}

/** All rules, in batches. */
export async function* readRules(database: Database): AsyncIterable<AlertRule[]> {
  let after = "";
  for (;;) {
    const rows = await database.query<RuleRow>(
      "select * from insight_alert_rules where sid > $1 order by sid limit $2",
      [after, ROWS_AT_ONCE],
    );
    if (rows.length > 0) yield rows.map(fromRow);
    const last = rows.at(-1);
    if (last === undefined || rows.length < ROWS_AT_ONCE) return;
    after = last.sid;
  }
}
