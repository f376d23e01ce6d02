import type { Migration } from "../../platform/ports.ts";

const records = (table: string): string => `create table ${table} (
    sid text collate "C" primary key,
    account_sid text not null,
    revision bigint not null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    content jsonb not null
  );
  create index ${table}_by_account on ${table} (account_sid, sid);`;

/**
 * What was registered, what is still to be filed with the registry or decided by it, what
 * accounts are to be told, and the files of the simulated registry, which stands for a
 * system of somebody else and is read by nobody but itself.
 */
export const a2pMigrations: readonly Migration[] = [
  {
    name: "a2p/0001-registrations",
    sql: `${records("a2p_brands")}
      ${records("a2p_vettings")}
      create index a2p_vettings_by_brand on a2p_vettings ((content->>'brandSid'), sid);
      ${records("a2p_campaigns")}
      create unique index a2p_campaigns_by_service on a2p_campaigns ((content->>'serviceSid'));
      create index a2p_campaigns_by_brand on a2p_campaigns ((content->>'brandSid'));
      ${records("a2p_tollfree")}
      create unique index a2p_tollfree_by_number on a2p_tollfree (account_sid, (content->>'number'))
        where content->>'status' <> 'TWILIO_REJECTED';`,
  },
  {
    name: "a2p/0002-filings",
    sql: `create table a2p_filings (
        id text collate "C" primary key,
        account_sid text not null,
        resource_sid text not null,
        body jsonb not null,
        state text not null check (state in ('due', 'filed')),
        ref text,
        sequence bigint not null default -1,
        attempts integer not null default 0,
        due_at timestamptz not null,
        created_at timestamptz not null,
        check ((state = 'filed') = (ref is not null))
      );
      create index a2p_filings_due on a2p_filings (due_at);
      create index a2p_filings_by_ref on a2p_filings (ref) where ref is not null;
      create index a2p_filings_by_account on a2p_filings (account_sid);
      create table a2p_notices (
        id text collate "C" primary key,
        account_sid text not null,
        content jsonb not null,
        created_at timestamptz not null
      );
      create index a2p_notices_by_age on a2p_notices (created_at, id);`,
  },
  {
    name: "a2p/0003-simulated-registry",
    sql: `create table a2p_simulated_registry (
        id text collate "C" primary key,
        ref text not null unique,
        account_sid text not null,
        body jsonb not null,
        filed_at timestamptz not null
      );`,
  },
];
