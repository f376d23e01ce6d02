import type { Database, Row } from "../../../platform/ports.ts";
import { listKinds, searchSql } from "../available.store.ts";
import { FACT_COLUMNS, FACT_COUNT, FACT_UPDATES, factArrays, factRows, factsOf, readFacts } from "../number-facts.ts";
import type { InventoryNumber } from "../phone-number.ts";
import type { DrawnNumber, GivenBack, NumberPool } from "./number-pool.ts";

/** The cell that asks, and whose pools it may draw from. */
export interface PoolCell {
  readonly name: string;
  /** The region of the cell: it draws from the pool of that name, and from the one without name. */
  readonly region: string;
}

interface DrawnRow extends Row {
  epoch: number;
}

function drawnOf(row: DrawnRow): DrawnNumber {
  return { ...readFacts(row), epoch: row.epoch };
}

/** The pool over the database of the control plane, for one cell. Each change is one statement. */
export function databasePool(database: Database, { name, region }: PoolCell): NumberPool {
  return {
    search: async (search, limit) => {
      const { conditions, values } = searchSql(search, [limit, ["", region]]);
      const rows = await database.query(
        `with found as materialized (
           select number from number_pool where cell is null and pool = any($2) and ${conditions.join(" and ")}
           order by number limit $1)
         select ${FACT_COLUMNS} from number_pool join found using (number) order by number`,
        values,
      );
      return rows.map(readFacts);
    },
    kinds: (country) => listKinds(database, "number_pool", country),
    draw: async (number) => {
      // Again where the cell has it: it may have stopped before it wrote the number down. The
      // higher epoch makes what it gave back before, and is still on its way, count no more.
      const rows = await database.query<DrawnRow>(
        `update number_pool set cell = $2, how = 'drawn', epoch = epoch + 1
         where number = $1 and ((cell is null and pool = any($3)) or (cell = $2 and how = 'drawn'))
         returning ${FACT_COLUMNS}, epoch`,
        [number, name, ["", region]],
      );
      return rows[0] && drawnOf(rows[0]);
    },
    drawAny: async (areaCode) => {
      const rows = await database.query<DrawnRow>(
        `update number_pool set cell = $2, how = 'drawn', epoch = epoch + 1
         where number = (select number from number_pool
           where cell is null and pool = any($3) and country in ('US', 'CA') and kind = 'local' and number like $1
           order by number limit 1 for update skip locked)
         returning ${FACT_COLUMNS}, epoch`,
        [`+1${areaCode}%`, name, ["", region]],
      );
      return rows[0] && drawnOf(rows[0]);
    },
    giveBack: async (numbers) => {
      await database.query(
        `update number_pool p set cell = null, how = null
         from (select p.number, t.epoch from number_pool p
               join unnest($2::text[], $3::bigint[]) as t (number, epoch) using (number)
               where p.cell = $1 and p.how = 'drawn' order by p.number for update of p) as t
         where p.number = t.number and p.epoch = t.epoch and p.cell = $1`,
        [name, numbers.map(({ number }) => number), numbers.map(({ epoch }) => epoch)],
      );
    },
    drawn: (after, limit) =>
      database.query<GivenBack & Row>(
        `select number, epoch from number_pool where cell = $1 and how = 'drawn' and number > $2 order by number limit $3`,
        [name, after, limit],
      ),
    claim: async (numbers) => {
      await database.query(
        `insert into number_pool (number, cell, how) select distinct unnest($1::text[]), $2, 'own' order by 1
         on conflict (number) do nothing`,
        [numbers, name],
      );
      const rows = await database.query<{ number: string }>(
        "select number from number_pool where number = any($1) and cell is distinct from $2",
        [numbers, name],
      );
      return rows.map(({ number }) => number);
    },
    disclaim: async (numbers) => {
      await database.query("delete from number_pool where cell = $1 and number = any($2)", [name, numbers]);
    },
  };
}

/** What became of the lines of an import. */
export interface PoolImport {
  readonly added: number;
  readonly changed: number;
  /** Numbers that a cell has as its own, which stay there. */
  readonly elsewhere: readonly string[];
}

/** Puts numbers into a pool, or corrects what is known of those in it; a number that a cell has drawn stays there. */
export async function importIntoPool(
  database: Pick<Database, "query">,
  pool: string,
  numbers: readonly InventoryNumber[],
): Promise<PoolImport> {
  const arrays = factArrays(numbers);
  const rows = await database.query<{ added: boolean }>(
    `insert into number_pool as p (${FACT_COLUMNS}, pool)
     select t.*, $${FACT_COUNT + 1} from ${factRows()} as t order by 1
     on conflict (number) do update set ${FACT_UPDATES}, pool = excluded.pool
     where p.how is distinct from 'own' and (p.pool, ${factsOf("p")}) is distinct from (excluded.pool, ${factsOf("excluded")})
     returning (xmax = 0) as added`,
    [...arrays, pool],
  );
  const elsewhere = await database.query<{ number: string }>(
    "select number from number_pool where number = any($1) and how = 'own'",
    [numbers.map(({ number }) => number)],
  );
  const added = rows.filter((row) => row.added).length;
  return { added, changed: rows.length - added, elsewhere: elsewhere.map(({ number }) => number) };
}
