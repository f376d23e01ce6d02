import type { Migration } from "../../platform/ports.ts";

/**
 * Text that is sorted or searched by its beginning has the collation C, so that indexes
 * serve both. The columns of a configuration are listed here once more, because a
 * released migration never changes.
 */
export const numberMigrations: readonly Migration[] = [
  {
    name: "numbers/0001-applications",
    sql: `create table applications (
        sid text collate "C" primary key,
        account_sid text not null,
        revision bigint not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        friendly_name text not null,
        sms_url text not null,
        sms_method text not null,
        sms_fallback_url text not null,
        sms_fallback_method text not null,
        sms_status_callback text not null,
        message_status_callback text not null,
        status_callback text not null,
        status_callback_method text not null,
        voice_url text not null,
        voice_method text not null,
        voice_fallback_url text not null,
        voice_fallback_method text not null,
        voice_caller_id_lookup boolean not null,
        public_application_connect_enabled boolean not null
      );
      create index applications_by_account on applications (account_sid, sid);`,
  },
  {
    name: "numbers/0002-phone-numbers",
    sql: `create table phone_numbers (
        number text collate "C" primary key,
        country text,
        region text,
        kind text not null check (kind in ('local', 'mobile', 'tollfree', 'shortcode')),
        sms boolean not null,
        mms boolean not null,
        voice boolean not null,
        configured boolean not null,
        account_sid text,
        sid text collate "C" unique,
        revision bigint not null default 0,
        created_at timestamptz,
        updated_at timestamptz,
        friendly_name text not null default '',
        sms_url text not null default '',
        sms_method text not null default 'POST',
        sms_fallback_url text not null default '',
        sms_fallback_method text not null default 'POST',
        sms_application_sid text not null default '',
        status_callback text not null default '',
        status_callback_method text not null default 'POST',
        voice_url text not null default '',
        voice_method text not null default 'POST',
        voice_fallback_url text not null default '',
        voice_fallback_method text not null default 'POST',
        voice_application_sid text not null default '',
        voice_receive_mode text not null default 'voice',
        voice_caller_id_lookup boolean not null default false,
        trunk_sid text not null default '',
        address_sid text not null default '',
        bundle_sid text not null default '',
        identity_sid text not null default '',
        emergency_status text not null default 'Inactive',
        emergency_address_sid text not null default '',
        check ((account_sid is null) = (sid is null)),
        check (account_sid is null or (created_at is not null and updated_at is not null))
      );
      create index phone_numbers_by_account on phone_numbers (account_sid, sid) where account_sid is not null;
      create index phone_numbers_free on phone_numbers (country, kind, number) where account_sid is null and configured;`,
  },
  {
    // Kinds that are sold, places, holds, quarantine; and what says that no other cell sells the number.
    name: "numbers/0003-inventory",
    sql: `alter table phone_numbers drop constraint phone_numbers_kind_check;
      alter table phone_numbers
        add constraint phone_numbers_kind_check check (kind in ('local', 'mobile', 'tollfree', 'national', 'voip',
          'sharedcost', 'machinetomachine', 'shortcode')),
        add column fax boolean not null default false,
        add column beta boolean not null default false,
        add column locality text collate "C",
        add column postal_code text collate "C",
        add column rate_center text,
        add column lata text,
        add column latitude float8,
        add column longitude float8,
        add column address_requirements text not null default 'none'
          check (address_requirements in ('none', 'any', 'local', 'foreign')),
        add column bundle_required boolean not null default false,
        add column origin text not null default 'twilio' check (origin in ('twilio', 'hosted')),
        add column source text not null default 'configuration'
          check (source in ('configuration', 'import', 'pool', 'port-in', 'hosted', 'moved')),
        add column claimed boolean not null default true,
        add column pool_epoch bigint,
        add column hold_sid text,
        add column held_by text,
        add column held_until timestamptz,
        add column quarantined_for text,
        add column quarantined_until timestamptz;
      -- A row that comes back after it was deleted must count as newer than what memory knows of it.
      alter table phone_numbers
        alter column revision set default (extract(epoch from clock_timestamp()) * 1000)::bigint;
      drop index phone_numbers_free;
      create index phone_numbers_free on phone_numbers (country, kind, number)
        include (held_by, held_until, quarantined_for, quarantined_until, sms, mms, voice, fax, beta, address_requirements)
        where account_sid is null and configured and claimed;
      create index phone_numbers_free_regions on phone_numbers (country, kind, region, number)
        where account_sid is null and configured and claimed;
      create index phone_numbers_free_localities on phone_numbers (country, kind, lower(locality), number)
        where account_sid is null and configured and claimed;
      create index phone_numbers_free_postal_codes on phone_numbers (country, kind, postal_code, number)
        where account_sid is null and configured and claimed and postal_code is not null;
      create index phone_numbers_free_places on phone_numbers (country, kind, latitude, longitude)
        where account_sid is null and configured and claimed and latitude is not null;
      create index phone_numbers_free_endings on phone_numbers (country, kind, reverse(number))
        where account_sid is null and configured and claimed;
      create index phone_numbers_free_fax on phone_numbers (country, kind, number)
        where account_sid is null and configured and claimed and fax;
      create index phone_numbers_held on phone_numbers (held_by) where held_by is not null;
      create index phone_numbers_by_address on phone_numbers (address_sid) where address_sid <> '';
      create index phone_numbers_kinds on phone_numbers (country, kind) where configured and kind <> 'shortcode';`,
  },
  {
    name: "numbers/0004-addresses",
    sql: `create table addresses (
        sid text collate "C" primary key,
        account_sid text not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        customer_name text not null,
        friendly_name text not null,
        street text not null,
        street_secondary text not null,
        city text not null,
        region text not null,
        postal_code text not null,
        iso_country text not null,
        emergency_enabled boolean not null,
        validated boolean not null,
        verified boolean not null
      );
      create index addresses_by_account on addresses (account_sid, sid);`,
  },
  {
    name: "numbers/0005-alphanumeric-senders",
    sql: `create table alphanumeric_senders (
        sid text collate "C" primary key,
        account_sid text not null,
        sender text not null,
        iso_country text not null,
        status text not null check (status in ('pending', 'approved', 'rejected')),
        created_at timestamptz not null,
        updated_at timestamptz not null
      );
      create unique index alphanumeric_senders_once on alphanumeric_senders (account_sid, upper(sender), iso_country);
      create table sender_id_registrations (
        sid text collate "C" primary key,
        account_sid text not null,
        regulation_sid text not null,
        regulation_version int not null,
        friendly_name text not null,
        notification_email text not null,
        status_callback text not null,
        comments text not null,
        theme_set_id text not null,
        data jsonb not null,
        status text not null,
        session_id text not null,
        session_token text not null,
        created_at timestamptz not null,
        updated_at timestamptz not null
      );
      create index sender_id_registrations_by_account on sender_id_registrations (account_sid, sid);`,
  },
  {
    name: "numbers/0006-porting",
    sql: `create table port_in_requests (
        sid text collate "C" primary key,
        account_sid text not null,
        owner_sid text not null,
        status text not null,
        status_at timestamptz not null,
        cancellation_reason text not null default '',
        content jsonb not null,
        ticket bigint not null,
        created_at timestamptz not null
      );
      create index port_in_requests_by_account on port_in_requests (account_sid, sid);
      create index port_in_requests_by_owner on port_in_requests (owner_sid, sid);
      create table port_in_numbers (
        sid text collate "C" primary key,
        request_sid text not null references port_in_requests (sid) on delete cascade,
        account_sid text not null,
        number text collate "C" not null,
        kind text not null,
        country text,
        pin text not null default '',
        portable boolean not null,
        not_portable_code int,
        status text not null,
        rejection_code text not null default '',
        port_at timestamptz,
        next_at timestamptz,
        created_at timestamptz not null,
        updated_at timestamptz not null
      );
      create index port_in_numbers_by_request on port_in_numbers (request_sid, sid);
      create index port_in_numbers_due on port_in_numbers (next_at) where next_at is not null;
      create unique index port_in_numbers_open on port_in_numbers (number)
        where status not in ('completed', 'canceled', 'expired', 'rejected', 'not-portable');
      create table porting_webhooks (
        account_sid text primary key,
        port_in_url text not null,
        port_in_at timestamptz,
        port_out_url text not null,
        port_out_at timestamptz,
        notifications_of text[] not null
      );
      create table porting_events (
        id text collate "C" primary key,
        account_sid text not null,
        webhook jsonb not null,
        created_at timestamptz not null,
        place int not null
      );
      create index porting_events_by_account on porting_events (account_sid);`,
  },
];
