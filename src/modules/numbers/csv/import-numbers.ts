import type { DatabaseSession } from "../../../platform/ports.ts";
import type { NumbersDeps } from "../deps.ts";
import { FACT_COLUMNS, FACT_UPDATES, factArrays, factRows, factsOf } from "../number-facts.ts";
import { readNumbersOf } from "../number.store.ts";
import { formatNumber, inventoryNumber, sidPrefixOf, type ConfiguredNumber } from "../phone-number.ts";
import type { NumberLines } from "./number-lines.ts";

/** What a file did, or would have done. */
export interface ImportOutcome {
  readonly lines: number;
  readonly added: number;
  readonly changed: number;
  readonly unchanged: number;
  /** Numbers that got the account that the file names. */
  readonly assigned: number;
  /** Numbers of the file that an account has already, another one than the file says or with none said; they stay its. */
  readonly kept: number;
}

const BATCH_ROWS = 5_000;
/** Thrown inside the transaction of a dry run, so that nothing of it stays. */
class DryRun extends Error {}

/**
 * Takes the numbers of a file into this cell's inventory: all of them, or, where a line is
 * wrong, none. The same file again changes nothing. What is wrong is told in `lines`, and
 * then the answer is `undefined`.
 */
export async function importNumbers(
  deps: NumbersDeps,
  lines: NumberLines,
  isDryRun: boolean,
): Promise<ImportOutcome | undefined> {
  if (lines.wrong > 0) return undefined;
  await checkAccounts(deps, lines);
  // In a dry run nothing is claimed, so that it is not found out whether another cell has a number.
  if (!isDryRun && lines.wrong === 0) await claim(deps, lines);
  if (lines.wrong > 0) return undefined;
  let outcome: ImportOutcome | undefined;
  const assigned: string[] = [];
  try {
    await deps.database.transaction(async (tx) => {
      // As at a start: two that change the inventory at once would wait for each other's rows.
      await tx.query("lock table phone_numbers in share row exclusive mode");
      outcome = await importIn(deps, tx, lines.numbers, assigned);
      if (isDryRun) throw new DryRun();
    });
  } catch (error) {
    if (!(error instanceof DryRun)) throw error;
    return outcome;
  }
  for (const batch of batches(assigned)) {
    for (const number of await readNumbersOf(deps.database, batch)) deps.book.putNumber(number);
  }
  return outcome;
}

function batches<T>(all: readonly T[]): T[][] {
  const count = Math.ceil(all.length / BATCH_ROWS);
  return Array.from({ length: count }, (_, index) => all.slice(index * BATCH_ROWS, (index + 1) * BATCH_ROWS));
}

async function checkAccounts({ accountStatus }: NumbersDeps, lines: NumberLines): Promise<void> {
  const known = new Map<string, boolean>();
  for (const { number, accountSid } of lines.numbers) {
    if (accountSid === undefined) continue;
    if (!known.has(accountSid)) known.set(accountSid, (await accountStatus(accountSid)) !== undefined);
    if (known.get(accountSid) === false)
      lines.fail(lines.lineOf(number), `there is no account ${accountSid} in this cell`);
  }
}

async function claim({ pool }: NumbersDeps, lines: NumberLines): Promise<void> {
  if (pool === undefined) return;
  for (const batch of batches(lines.numbers)) {
    for (const number of await pool.claim(batch.map((one) => one.number))) {
      lines.fail(lines.lineOf(number), `${number} is another cell's, or in the shared inventory`);
    }
  }
}

async function importIn(
  deps: NumbersDeps,
  tx: DatabaseSession,
  numbers: readonly ConfiguredNumber[],
  assigned: string[],
): Promise<ImportOutcome> {
  const counts = { added: 0, changed: 0, kept: 0 };
  for (const batch of batches(numbers)) {
    const rows = await tx.query<{ added: boolean }>(
      `insert into phone_numbers as p (${FACT_COLUMNS}, configured, claimed, source)
       select t.*, true, true, 'import' from ${factRows()} as t
       on conflict (number) do update set ${FACT_UPDATES}, configured = true, claimed = true, revision = p.revision + 1,
         source = case when p.configured then p.source else 'import' end
       where (${factsOf("p")}, p.configured, p.claimed) is distinct from (${factsOf("excluded")}, true, true)
       returning (xmax = 0) as added`,
      factArrays(batch.map(inventoryNumber)),
    );
    const added = rows.filter((row) => row.added).length;
    counts.added += added;
    counts.changed += rows.length - added;
    const wanted = batch.filter(({ accountSid }) => accountSid !== undefined);
    for (const number of await assign(deps, tx, wanted)) assigned.push(number);
    counts.kept += await countKept(tx, batch);
  }
  const unchanged = numbers.length - counts.added - counts.changed;
  return { lines: numbers.length, ...counts, unchanged, assigned: assigned.length };
}

async function assign(deps: NumbersDeps, tx: DatabaseSession, wanted: readonly ConfiguredNumber[]): Promise<string[]> {
  if (wanted.length === 0) return [];
  const rows = await tx.query<{ number: string }>(
    `update phone_numbers as p set account_sid = t.account_sid, sid = t.sid, friendly_name = t.friendly_name,
       created_at = $5, updated_at = $5, revision = p.revision + 1, hold_sid = null, held_by = null, held_until = null,
       quarantined_for = null, quarantined_until = null
     from unnest($1::text[], $2::text[], $3::text[], $4::text[]) as t (number, account_sid, sid, friendly_name)
     where p.number = t.number and p.account_sid is null returning p.number`,
    [
      wanted.map(({ number }) => number),
      wanted.map(({ accountSid }) => accountSid),
      wanted.map(({ number }) => deps.mintSid(sidPrefixOf(number))),
      wanted.map(({ number }) => formatNumber(number)),
      new Date(deps.clock.nowMs()),
    ],
  );
  return rows.map(({ number }) => number);
}

async function countKept(tx: DatabaseSession, batch: readonly ConfiguredNumber[]): Promise<number> {
  const rows = await tx.query<{ count: number }>(
    `select count(*) from phone_numbers p join unnest($1::text[], $2::text[]) as t (number, account_sid) using (number)
     where p.account_sid is not null and p.account_sid is distinct from t.account_sid`,
    [batch.map(({ number }) => number), batch.map(({ accountSid }) => accountSid ?? null)],
  );
  return rows[0]?.count ?? 0;
}
