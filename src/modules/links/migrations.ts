import type { Migration } from "../../platform/ports.ts";

export const linkMigrations: readonly Migration[] = [
  {
    name: "links/0001-links",
    sql: `create table links (
        id uuid primary key,
        address text not null unique,
        account_sid text not null,
        domain text not null,
        message_sid text,
        tags text[] not null default '{}',
        created_at timestamptz not null,
        expires_at timestamptz,
        revision int not null,
        link text not null
      );
      create index links_by_account on links (account_sid, id);
      create index links_by_end on links (expires_at) where expires_at is not null;
      create table link_clicks (
        key text collate "C" primary key,
        link_id uuid not null,
        account_sid text not null,
        hour timestamptz not null,
        clicks int not null,
        previews int not null,
        bots int not null,
        names jsonb not null
      );
      create index link_clicks_by_link on link_clicks (link_id, hour);
      create index link_clicks_by_account on link_clicks (account_sid, key);
      create index link_clicks_by_hour on link_clicks (hour);
      create table link_index_identity (id uuid not null);
      insert into link_index_identity values (gen_random_uuid());`,
  },
  {
    name: "links/0002-domains",
    sql: `create table link_domains (
        sid text primary key,
        account_sid text not null,
        name text not null unique,
        status text not null,
        token text not null,
        revision int not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        verified_at timestamptz,
        config_sid text,
        config jsonb,
        config_created_at timestamptz,
        config_updated_at timestamptz,
        certificate_sid text,
        certificate text,
        certificate_key text,
        certificate_managed boolean not null default false,
        certificate_requested_at timestamptz,
        certificate_starts_at timestamptz,
        certificate_expires_at timestamptz,
        certificate_created_at timestamptz,
        certificate_updated_at timestamptz
      );
      create index link_domains_by_account on link_domains (account_sid, sid);
      create table link_domain_services (
        service_sid text primary key,
        domain_sid text not null references link_domains (sid) on delete cascade,
        account_sid text not null
      );
      create index link_domain_services_by_domain on link_domain_services (domain_sid);
      create table link_blocked_hosts (host text primary key, reason text not null, created_at timestamptz not null);
      create table link_issuer_keys (name text primary key, sealed text not null);`,
  },
];
