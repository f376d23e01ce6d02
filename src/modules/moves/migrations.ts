import type { Migration } from "../../platform/ports.ts";

/** The table of this module in the control database. It holds nothing personal. */
export const moveMigrations: readonly Migration[] = [
  {
    name: "moves/0001-moves",
    sql: `create table moves (
        sid text primary key,
        account_sid text not null,
        from_cell text not null,
        to_cell text not null,
        step text not null,
        epoch bigint not null,
        progress jsonb not null,
        reason text,
        step_started_at timestamptz not null,
        started_at timestamptz not null,
        updated_at timestamptz not null
      );
      create unique index moves_under_way on moves (account_sid) where step not in ('done', 'canceled', 'failed');
      create index moves_open on moves (started_at) where step not in ('done', 'canceled', 'failed');`,
  },
];

/** The tables of this module in the database of each cell. */
export const cellMoveMigrations: readonly Migration[] = [
  {
    name: "cell-moves/0001-cell-moves",
    sql: `create table cell_moves (
        sid text not null,
        side text not null check (side in ('source', 'target')),
        number bigint generated always as identity,
        main_sid text not null,
        other_cell text not null,
        state text not null,
        epoch bigint,
        lease_until timestamptz,
        sealed_at timestamptz,
        family jsonb not null,
        route_keys text[] not null,
        progress jsonb not null default '{}',
        updated_at timestamptz not null,
        primary key (sid, side)
      );
      create index cell_moves_by_account on cell_moves (main_sid, number);
      create table cell_move_tail (
        move_sid text not null,
        side text not null,
        table_name text not null,
        key uuid not null,
        sent text,
        open boolean not null,
        primary key (move_sid, side, table_name, key)
      );
      create index cell_move_tail_open on cell_move_tail (move_sid, side, table_name, key) where open;`,
  },
];
