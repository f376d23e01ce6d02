import type { Migration } from "../../platform/ports.ts";

/** Tables never change once they are complete; activations and the history of assignments only grow. */
export const pricingMigrations: readonly Migration[] = [
  {
    name: "pricing/0001-price-tables",
    sql: `create table price_tables (
        version bigint generated always as identity primary key,
        list text not null,
        currency text not null,
        rates text not null,
        status text not null check (status in ('draft', 'complete')),
        hash text,
        note text not null,
        created_by text not null,
        created_at timestamptz not null,
        parts int not null default 0,
        rows int not null default 0,
        check ((status = 'complete') = (hash is not null))
      );
      create index price_tables_by_list on price_tables (list, version);
      create table price_table_parts (
        version bigint not null references price_tables (version),
        part int not null,
        first_row int not null,
        rows int not null,
        content text not null,
        primary key (version, part)
      );
      create table price_activations (
        id bigint generated always as identity primary key,
        list text not null,
        currency text not null,
        version bigint not null,
        from_at timestamptz not null,
        actor text not null,
        reason text not null,
        created_at timestamptz not null
      );
      create index price_activations_in_time on price_activations (list, currency, from_at, id);
      create function refuse_change_of_price_activations() returns trigger language plpgsql as
        $$ begin raise exception 'price_activations only grows'; end $$;
      create trigger price_activations_only_grow before update or delete or truncate on price_activations
        for each statement execute function refuse_change_of_price_activations();
      create sequence price_assignment_revisions;
      create table price_assignments (
        account_sid text collate "C" primary key,
        list text not null,
        discount_basis_points int not null check (discount_basis_points between 0 and 10000),
        revision bigint not null,
        actor text not null,
        reason text not null,
        updated_at timestamptz not null
      );
      create index price_assignments_by_revision on price_assignments (revision);`,
  },
];
