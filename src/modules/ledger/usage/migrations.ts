import type { Migration } from "../../../platform/ports.ts";

const DAY_KEY = "account_sid, wallet, day, category, currency";
const MONTH_KEY = "wallet, month, kind, account_sid, category, currency, country, network, carrier, usage_unit";

/** Adds lines to the sums, or takes them off; `source` has the columns of `ledger_lines`. */
function fold(source: string, sign: "" | "-"): string {
  return `insert into ledger_usage_days as d (${DAY_KEY}, count, usage, amount_micros, lines)
    select account_sid, wallet, (at at time zone 'UTC')::date, category, currency,
      ${sign}coalesce(sum(count) filter (where amount_micros >= 0), 0), ${sign}sum(usage::numeric),
      ${sign}sum(amount_micros), ${sign}count(*)
    from ${source} where kind = 'charge' group by 1, 2, 3, 4, 5 order by 1, 2, 3, 4, 5
    on conflict (${DAY_KEY}) do update set count = d.count + excluded.count, usage = d.usage + excluded.usage,
      amount_micros = d.amount_micros + excluded.amount_micros, lines = d.lines + excluded.lines;
  insert into ledger_usage_months as m (${MONTH_KEY}, count, usage, amount_micros, grants_micros, lines)
    select wallet, date_trunc('month', at at time zone 'UTC')::date, kind, account_sid, category, currency,
      coalesce(country, ''), coalesce(network, ''), coalesce(carrier, ''), usage_unit,
      ${sign}coalesce(sum(count) filter (where amount_micros >= 0), 0), ${sign}sum(usage::numeric),
      ${sign}sum(amount_micros), ${sign}sum(grants_micros), ${sign}count(*)
    from ${source} where kind <> 'cost' group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
    order by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
    on conflict (${MONTH_KEY}) do update set count = m.count + excluded.count, usage = m.usage + excluded.usage,
      amount_micros = m.amount_micros + excluded.amount_micros, grants_micros = m.grants_micros + excluded.grants_micros,
      lines = m.lines + excluded.lines;`;
}

function sweep(source: string): string {
  return ["days", "months"]
    .map(
      (table) => `delete from ledger_usage_${table} where lines = 0
        and account_sid in (select distinct account_sid from ${source});`,
    )
    .join("\n");
}

/**
 * Sums of the lines by day and by month. PostgreSQL folds them itself, in the statement that
 * writes the lines: so they are of exactly the lines that there are, whoever wrote them (the
 * projection, which may write a line again; a move, which copies and removes them), and
 * whatever crashes. A fold costs one sorted upsert for a batch of lines.
 */
export const usageMigrations: readonly Migration[] = [
  {
    name: "ledger/0101-usage-sums",
    sql: `create table ledger_usage_days (
        account_sid text not null,
        wallet text not null,
        day date not null,
        category text not null,
        currency text not null,
        count bigint not null,
        usage numeric not null,
        amount_micros numeric not null,
        lines bigint not null,
        primary key (${DAY_KEY})
      );
      create index ledger_usage_days_by_wallet on ledger_usage_days (wallet, day);
      create index ledger_usage_days_by_account on ledger_usage_days (account_sid, day);
      create table ledger_usage_months (
        wallet text not null,
        month date not null,
        kind text not null,
        account_sid text not null,
        category text not null,
        currency text not null,
        country text not null,
        network text not null,
        carrier text not null,
        usage_unit text not null,
        count bigint not null,
        usage numeric not null,
        amount_micros numeric not null,
        grants_micros numeric not null,
        lines bigint not null,
        primary key (${MONTH_KEY})
      );
      create index ledger_usage_months_by_account on ledger_usage_months (account_sid);
      create function ledger_fold_inserted() returns trigger language plpgsql as $$ begin
        ${fold("added", "")}
        return null; end $$;
      create function ledger_fold_deleted() returns trigger language plpgsql as $$ begin
        ${fold("removed", "-")}
        ${sweep("removed")}
        return null; end $$;
      create function ledger_fold_updated() returns trigger language plpgsql as $$ begin
        ${fold("removed", "-")}
        ${fold("added", "")}
        ${sweep("removed")}
        return null; end $$;
      create trigger ledger_lines_inserted after insert on ledger_lines
        referencing new table as added for each statement execute function ledger_fold_inserted();
      create trigger ledger_lines_deleted after delete on ledger_lines
        referencing old table as removed for each statement execute function ledger_fold_deleted();
      create trigger ledger_lines_updated after update on ledger_lines
        referencing old table as removed new table as added
        for each statement execute function ledger_fold_updated();
      ${fold("ledger_lines", "")}`,
  },
];
