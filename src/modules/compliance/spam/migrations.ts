import type { Migration } from "../../../platform/ports.ts";

/** What the spam check keeps. No text of a message and no recipient is in any of it. */
export const spamMigrations: readonly Migration[] = [
  {
    name: "compliance/0010-spam",
    sql: `create table spam_baselines (
        account_sid text primary key,
        document jsonb not null,
        updated_at timestamptz not null
      );
      create index spam_baselines_by_time on spam_baselines (updated_at);
      create table spam_entries (
        sid text primary key check (sid ~ '^SX[0-9a-f]{32}$'),
        kind text not null,
        account_sid text not null,
        value text not null,
        document jsonb not null,
        created_at timestamptz not null,
        unique (kind, value)
      );
      create table spam_verdicts (
        sid text primary key check (sid ~ '^SV[0-9a-f]{32}$'),
        account_sid text not null,
        action text not null,
        score float8 not null,
        reason text not null,
        signature text not null,
        feedback text,
        created_at timestamptz not null
      );
      create index spam_verdicts_by_account on spam_verdicts (account_sid, sid);
      create table spam_labels (
        account_sid text not null,
        signature text not null,
        verdict text not null,
        created_at timestamptz not null,
        primary key (account_sid, signature)
      );`,
  },
];
