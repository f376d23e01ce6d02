import type { Migration } from "../../platform/ports.ts";

/** The tables of this module, in the database of the cell in which the accounts are at home. */
export const consoleMigrations: readonly Migration[] = [
  {
    name: "console/0001-users",
    sql: `create table console_users (
        sid text primary key check (sid ~ '^US[0-9a-f]{32}$'),
        account_sid text not null,
        email text,
        email_digest text,
        friendly_name text not null,
        role text not null check (role in ('owner', 'admin', 'developer', 'billing', 'support')),
        status text not null check (status in ('invited', 'active', 'suspended')),
        password text,
        totp_secret text,
        totp_pending text,
        totp_last_step bigint not null default 0,
        recovery_digests text[] not null default '{}',
        is_account boolean not null default false,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        last_sign_in_at timestamptz,
        check ((email is null) = is_account and (email is null) = (email_digest is null)),
        unique (account_sid, email_digest)
      );
      create unique index console_account_users on console_users (account_sid) where is_account;
      create index console_users_by_account on console_users (account_sid, sid);
      create index console_users_by_email on console_users (email_digest);

      create table console_sessions (
        sid text primary key check (sid ~ '^CS[0-9a-f]{32}$'),
        account_sid text not null,
        user_sid text not null references console_users (sid),
        is_limited boolean not null,
        address text not null,
        agent text not null,
        created_at timestamptz not null,
        seen_at timestamptz not null,
        expires_at timestamptz not null,
        ended_at timestamptz
      );
      create index console_sessions_by_user on console_sessions (user_sid, sid);
      create index console_sessions_by_account on console_sessions (account_sid, sid);

      create table console_links (
        sid text primary key check (sid ~ '^CX[0-9a-f]{32}$'),
        digest text not null unique,
        account_sid text not null,
        user_sid text not null references console_users (sid),
        purpose text not null check (purpose in ('sign-in', 'invitation', 'password')),
        created_at timestamptz not null,
        expires_at timestamptz not null,
        used_at timestamptz
      );
      create index console_links_by_account on console_links (account_sid, sid);
      create index console_links_by_user on console_links (user_sid);`,
  },
];
