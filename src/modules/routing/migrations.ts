import type { Migration } from "../../platform/ports.ts";

/**
 * A table is kept in small parts, so that none of them is ever long in hand. What was
 * published is a list that only grows: its last row says what is active.
 */
export const routingMigrations: readonly Migration[] = [
  {
    name: "routing/0001-route-tables",
    sql: `create table route_tables (
        version bigint generated always as identity primary key,
        status text not null check (status in ('draft', 'complete')),
        hash text,
        note text not null,
        created_by text not null,
        created_at timestamptz not null,
        parts int not null default 0,
        carriers int not null default 0,
        networks int not null default 0,
        prefixes int not null default 0,
        routes int not null default 0,
        inputs int not null default 0,
        octets bigint not null default 0,
        check ((status = 'complete') = (hash is not null))
      );
      create table route_table_parts (
        version bigint not null references route_tables (version),
        part int not null,
        content text not null,
        primary key (version, part)
      );
      create table route_publications (
        id bigint generated always as identity primary key,
        version bigint not null,
        previous_version bigint not null,
        kind text not null check (kind in ('publish', 'rollback')),
        actor text not null,
        reason text not null,
        published_at timestamptz not null
      );
      create function refuse_change_of_publications() returns trigger language plpgsql as
        $$ begin raise exception 'route_publications only grows'; end $$;
      create trigger route_publications_only_grow before update or delete or truncate on route_publications
        for each statement execute function refuse_change_of_publications();`,
  },
];
