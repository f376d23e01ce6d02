import type { Migration } from "../../platform/ports.ts";

/**
 * The ledger as PostgreSQL has it: written by the projection alone, read by lists, usage
 * records and invoices. Ids of lines are in order of time, so that a stretch of time is a
 * stretch of the primary key.
 */
export const ledgerMigrations: readonly Migration[] = [
  {
    name: "ledger/0001-lines",
    sql: `create table ledger_lines (
        id uuid primary key,
        at timestamptz not null,
        kind text not null check (kind in ('charge', 'cost', 'credit')),
        account_sid text not null,
        wallet text not null,
        category text not null,
        amount_micros bigint not null,
        currency text not null,
        count bigint not null,
        usage float8 not null,
        usage_unit text not null,
        ref text not null,
        resource_sid text,
        country text,
        network text,
        carrier text,
        attempt int,
        sender_kind text,
        outcome text,
        grants_micros bigint not null default 0,
        owed_micros bigint not null default 0,
        reason text
      );
      create index ledger_lines_by_account on ledger_lines (account_sid, id);
      create index ledger_lines_by_resource on ledger_lines (resource_sid, id) where resource_sid is not null;`,
  },
  {
    name: "ledger/0002-balances",
    sql: `create table ledger_wallets (
        key text primary key,
        account_sid text not null,
        currency text not null,
        mode text not null,
        floor_micros bigint,
        balance_micros bigint not null,
        grants_micros bigint not null,
        held_micros bigint not null,
        owed_micros bigint not null,
        updated_at timestamptz not null
      );
      create index ledger_wallets_by_account on ledger_wallets (account_sid);
      create table ledger_accounts (
        key text primary key,
        kind text not null,
        name text not null,
        currency text not null,
        debits numeric not null,
        credits numeric not null
      );
      create table ledger_references (
        key text primary key,
        account_sid text not null,
        kind text not null,
        fingerprint text not null,
        line_id uuid not null,
        at timestamptz not null
      );
      create index ledger_references_by_account on ledger_references (account_sid);`,
  },
];
