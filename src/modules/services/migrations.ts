import type { Migration } from "../../platform/ports.ts";

/**
 * The columns of a configuration are listed here once more, because a released migration
 * never changes. A number is in one pool at most: its SID is the key of its membership.
 */
export const serviceMigrations: readonly Migration[] = [
  {
    name: "services/0001-services",
    sql: `create table messaging_services (
        sid text collate "C" primary key,
        account_sid text not null,
        revision bigint not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        friendly_name text not null,
        inbound_request_url text not null,
        inbound_method text not null,
        fallback_url text not null,
        fallback_method text not null,
        status_callback text not null,
        sticky_sender boolean not null,
        mms_converter boolean not null,
        smart_encoding boolean not null,
        scan_message_content text not null,
        fallback_to_long_code boolean not null,
        area_code_geomatch boolean not null,
        validity_period integer not null,
        synchronous_validation boolean not null,
        usecase text not null,
        use_inbound_webhook_on_number boolean not null
      );
      create index messaging_services_by_account on messaging_services (account_sid, sid);
      create table messaging_service_senders (
        sid text collate "C" primary key,
        service_sid text collate "C" not null,
        account_sid text not null,
        kind text not null check (kind in ('number', 'shortcode', 'alpha', 'channel')),
        address text not null,
        iso_country text not null,
        created_at timestamptz not null,
        updated_at timestamptz not null
      );
      create index messaging_service_senders_by_service on messaging_service_senders (service_sid, kind, sid);
      create index messaging_service_senders_by_account on messaging_service_senders (account_sid, sid);
      create unique index messaging_service_senders_alpha
        on messaging_service_senders (service_sid, upper(address), iso_country) where kind = 'alpha';`,
  },
  {
    name: "services/0002-channel-senders",
    sql: `create table channel_senders (
        sid text collate "C" primary key,
        account_sid text not null,
        channel text not null,
        sender_id text not null,
        revision bigint not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        configuration jsonb not null,
        webhook jsonb not null,
        profile jsonb not null
      );
      create unique index channel_senders_by_account on channel_senders (account_sid, sender_id);
      create index channel_senders_by_channel on channel_senders (account_sid, channel, sid);`,
  },
];
