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
];
