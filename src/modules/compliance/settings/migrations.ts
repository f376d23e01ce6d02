import type { Migration } from "../../../platform/ports.ts";

/** One table for all settings of rules. */
export const settingMigrations: readonly Migration[] = [
  {
    name: "compliance/0001-settings",
    sql: `create table compliance_settings (
        sid text primary key check (sid ~ '^[A-Z]{2}[0-9a-f]{32}$'),
        kind text not null,
        account_sid text not null,
        key text not null,
        document jsonb not null,
        revision int not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        unique (kind, key)
      );
      create index compliance_settings_by_account on compliance_settings (account_sid, kind, sid);`,
  },
];
