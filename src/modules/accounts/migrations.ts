import type { Migration } from "../../platform/ports.ts";

/** The tables of this module, in the database of the control plane. */
export const accountMigrations: readonly Migration[] = [
  {
    name: "accounts/0001-accounts",
    sql: `create table accounts (
        sid text primary key check (sid ~ '^AC[0-9a-f]{32}$'),
        parent_sid text references accounts (sid),
        friendly_name text not null,
        status text not null check (status in ('active', 'suspended', 'closed')),
        held boolean not null default false,
        balance_micros bigint not null default 0,
        currency text not null default 'USD',
        created_at timestamptz not null,
        updated_at timestamptz not null,
        check (parent_sid is distinct from sid)
      );
      create index accounts_by_parent on accounts (parent_sid, created_at, sid);

      create table account_tokens (
        account_sid text not null references accounts (sid),
        place text not null check (place in ('primary', 'secondary')),
        sealed text not null,
        digest text not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        primary key (account_sid, place)
      );

      create table api_keys (
        sid text primary key check (sid ~ '^SK[0-9a-f]{32}$'),
        account_sid text not null references accounts (sid),
        friendly_name text not null,
        kind text not null check (kind in ('main', 'standard', 'restricted')),
        digest text not null,
        created_at timestamptz not null,
        updated_at timestamptz not null
      );
      create index api_keys_by_account on api_keys (account_sid, sid);`,
  },
  {
    // Money is in the ledger.
    name: "accounts/0002-no-balances",
    sql: "alter table accounts drop column balance_micros, drop column currency;",
  },
];
