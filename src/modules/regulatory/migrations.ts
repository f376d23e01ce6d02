import type { Migration } from "../../platform/ports.ts";

/** Dossiers, what is in them, how they were judged, and what accounts are still to be told. */
export const regulatoryMigrations: readonly Migration[] = [
  {
    name: "regulatory/0001-dossiers",
    sql: `create table regulatory_dossiers (
        sid text collate "C" primary key,
        account_sid text not null,
        kind text not null check (kind in ('customer-profile', 'trust-product', 'bundle')),
        rule_sid text not null,
        friendly_name text not null,
        email text not null,
        status_callback text,
        status text not null,
        valid_until timestamptz,
        failure_reason text,
        errors jsonb not null,
        is_test boolean not null,
        copy_of text,
        due_at timestamptz,
        revision bigint not null,
        created_at timestamptz not null,
        updated_at timestamptz not null
      );
      create index regulatory_dossiers_by_account on regulatory_dossiers (account_sid, kind, sid);
      create index regulatory_dossiers_due on regulatory_dossiers (due_at) where due_at is not null;
      create table regulatory_items (
        sid text collate "C" primary key,
        account_sid text not null,
        kind text not null check (kind in ('end-user', 'document')),
        product text not null,
        type text not null,
        friendly_name text not null,
        attributes jsonb not null,
        status text not null,
        failure_reason text,
        errors jsonb not null,
        created_at timestamptz not null,
        updated_at timestamptz not null
      );
      create index regulatory_items_by_account on regulatory_items (account_sid, product, kind, sid);`,
  },
  {
    name: "regulatory/0002-assignments",
    sql: `create table regulatory_assignments (
        sid text collate "C" primary key,
        account_sid text not null,
        dossier_sid text not null,
        object_sid text not null,
        object_type text not null,
        created_at timestamptz not null
      );
      create unique index regulatory_assignments_once on regulatory_assignments (dossier_sid, object_sid);
      create index regulatory_assignments_by_object on regulatory_assignments (object_sid);
      create index regulatory_assignments_by_account on regulatory_assignments (account_sid);
      create table regulatory_endpoints (
        sid text collate "C" primary key,
        account_sid text not null,
        dossier_sid text not null,
        object_sid text not null,
        object_type text not null,
        created_at timestamptz not null
      );
      create unique index regulatory_endpoints_once on regulatory_endpoints (dossier_sid, object_sid);
      create index regulatory_endpoints_by_account on regulatory_endpoints (account_sid);
      create table regulatory_evaluations (
        sid text collate "C" primary key,
        account_sid text not null,
        dossier_sid text not null,
        rule_sid text not null,
        status text not null,
        results jsonb not null,
        created_at timestamptz not null
      );
      create index regulatory_evaluations_by_dossier on regulatory_evaluations (dossier_sid, sid);
      create index regulatory_evaluations_by_account on regulatory_evaluations (account_sid);
      create table regulatory_notices (
        id text collate "C" primary key,
        account_sid text not null,
        content jsonb not null,
        created_at timestamptz not null
      );
      create index regulatory_notices_by_age on regulatory_notices (created_at, id);`,
  },
];
