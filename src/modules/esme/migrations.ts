import type { Migration } from "../../platform/ports.ts";

/** The tables of this module, in the database of the control plane. */
export const esmeMigrations: readonly Migration[] = [
  {
    name: "esme/0001-credentials",
    sql: `create table smpp_credentials (
        sid text primary key check (sid ~ '^EM[0-9a-f]{32}$'),
        account_sid text not null references accounts (sid),
        system_id text not null unique,
        friendly_name text not null,
        digest text not null,
        max_binds int not null,
        request_window int not null,
        messages_per_second int not null,
        allowed_cidrs text[] not null,
        receipt_fallback_url text,
        inbound boolean not null,
        traffic_class text not null check (traffic_class in ('urgent', 'transactional', 'marketing')),
        default_alphabet text not null check (default_alphabet in ('gsm7', 'latin1')),
        long_texts text not null check (long_texts in ('udh', 'payload')),
        created_at timestamptz not null,
        updated_at timestamptz not null
      );
      create index smpp_credentials_by_account on smpp_credentials (account_sid, sid);`,
  },
];
