import type { Migration } from "../../platform/ports.ts";

/**
 * Cells, tiers and homes. A cell is never deleted: its name and number stand in SIDs.
 * That a cell is never over its cap is held by a trigger, so that it holds for whatever
 * counts accounts. `changed` is the transaction of the last change, by which edges follow.
 */
export const cellsMigrations: readonly Migration[] = [
  {
    name: "cells/0001-cells",
    sql: `create table cell_tiers (
        name text primary key,
        cap int not null check (cap > 0),
        sla_percent numeric(6, 3) not null
      );
      insert into cell_tiers (name, cap, sla_percent)
        values ('enterprise', 50, 99.99), ('mid-market', 500, 99.95), ('smb', 5000, 99.9);
      create table cells (
        name text primary key,
        number int not null unique check (number between 1 and 4095),
        type text not null,
        tier text not null references cell_tiers (name),
        region text not null,
        host text not null,
        port int not null check (port between 1 and 65535),
        state text not null check (state in ('open', 'draining', 'removed')),
        accounts int not null default 0 check (accounts >= 0),
        created_at timestamptz not null default now()
      );
      create table cell_homes (
        key text not null,
        type text not null,
        cell text,
        epoch bigint not null,
        counted boolean not null,
        changed xid8 not null default pg_current_xact_id(),
        primary key (key, type)
      );
      create index cell_homes_by_change on cell_homes (changed, key, type);
      create index cell_homes_by_cell on cell_homes (cell);
      create function refuse_account_over_cap() returns trigger language plpgsql as
        $$ begin
          if new.state = 'removed' or new.accounts > (select cap from cell_tiers where name = new.tier) then
            raise exception 'the cell % has no room', new.name using errcode = 'TC001';
          end if;
          return new;
        end $$;
      create trigger cells_keep_to_their_cap before update of accounts on cells
        for each row when (new.accounts > old.accounts) execute function refuse_account_over_cap();`,
  },
];
