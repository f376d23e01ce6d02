import { errorFields } from "../../platform/logging/index.ts";
import type { DatabaseSession } from "../../platform/ports.ts";
import type { NumbersDeps } from "./deps.ts";
import { FACT_COLUMNS, FACT_UPDATES, factArrays, factRows, factsOf } from "./number-facts.ts";
import {
  formatNumber,
  inventoryNumber,
  sidPrefixOf,
  type ConfiguredNumber,
  type InventoryNumber,
} from "./phone-number.ts";

/** What the operator configured, and the account that a fresh installation gives it to. */
export interface SyncInput {
  readonly numbers: readonly ConfiguredNumber[];
  /** Owns every configured number of a fresh installation, and short codes whenever they have no other owner. */
  readonly ownerSid?: string | undefined;
}

/** What {@link syncInventory} found and did. */
export interface SyncOutcome {
  readonly configured: number;
  /** Numbers that got an owner now. */
  readonly assigned: number;
  /** Numbers that accounts have although they are configured no longer. */
  readonly orphaned: number;
}

const BATCH_ROWS = 5_000;

/**
 * Brings the inventory to what the operator configured: new numbers are added, facts of
 * known ones corrected, and free ones that are configured no longer removed. Nobody
 * loses a number. All of it happens, or nothing. A number that another cell has as its own
 * is not for sale here.
 */
export async function syncInventory(deps: NumbersDeps, input: SyncInput): Promise<SyncOutcome> {
  const { database, logger, book } = deps;
  const elsewhere = await claimNumbers(
    deps,
    input.numbers.map(({ number }) => number),
  );
  const outcome = await database.transaction(async (tx) => {
    // Two processes that start at once would both find the installation fresh.
    await tx.query("lock table phone_numbers in share row exclusive mode");
    const isFresh = (await tx.query("select 1 from phone_numbers limit 1")).length === 0;
    await withdraw(tx, input.numbers);
    let assigned = 0;
    for (const batch of batches(input.numbers)) {
      const own = batch.filter(({ number }) => !elsewhere.has(number));
      await upsert(tx, batch.map(inventoryNumber), elsewhere);
      assigned += await assign(deps, tx, ownersOf(own, input.ownerSid, isFresh));
    }
    const gone = await tx.query<{ number: string }>(
      "delete from phone_numbers where account_sid is null and not configured returning number",
    );
    const [row] = await tx.query<{ count: number }>("select count(*) from phone_numbers where not configured");
    return { gone, configured: input.numbers.length, assigned, orphaned: row?.count ?? 0 };
  });
  const { gone, ...counted } = outcome;
  await disclaimNumbers(
    deps,
    gone.map(({ number }) => number),
  );
  if (counted.orphaned > 0) logger.warn("numbers.not-configured", { count: counted.orphaned });
  await book.reload();
  logger.info("numbers.synced", { ...counted, owned: book.size.numbers, applications: book.size.applications });
  return counted;
}

/**
 * Has it written down that numbers are this cell's own, and resolves to those that are not.
 * While the control plane is away that are those that were not found to be so before; none at the
 * very first start, which is to be followed by another call when the control plane is there.
 */
export async function claimNumbers(deps: NumbersDeps, numbers: readonly string[]): Promise<ReadonlySet<string>> {
  const { pool, database, logger } = deps;
  const elsewhere = new Set<string>();
  if (pool === undefined) return elsewhere;
  try {
    for (const batch of batches(numbers)) for (const number of await pool.claim(batch)) elsewhere.add(number);
    if (elsewhere.size > 0) logger.warn("numbers.of-other-cells", { count: elsewhere.size });
    return elsewhere;
  } catch (error) {
    logger.warn("numbers.not-claimed", errorFields(error));
    // The very first cell of a system starts before its control plane: nobody else can have anything yet.
    const isFresh = (await database.query("select 1 from phone_numbers limit 1")).length === 0;
    if (isFresh) return elsewhere;
    for (const number of numbers) elsewhere.add(number);
    const rows = await database.query<{ number: string }>("select number from phone_numbers where claimed");
    for (const { number } of rows) elsewhere.delete(number);
    return elsewhere;
  }
}

/** Numbers are this cell's own no more. Where that cannot be said now, they stay written down as they are. */
export async function disclaimNumbers({ pool, logger }: NumbersDeps, numbers: readonly string[]): Promise<void> {
  if (pool === undefined) return;
  try {
    for (const batch of batches(numbers)) await pool.disclaim(batch);
  } catch (error) {
    logger.warn("numbers.not-disclaimed", { count: numbers.length, ...errorFields(error) });
  }
}

/** Takes what is configured no longer out of the inventory. What came in another way stays. */
async function withdraw(tx: DatabaseSession, numbers: readonly ConfiguredNumber[]): Promise<void> {
  await tx.query(
    `update phone_numbers as p set configured = false
     where configured and source = 'configuration'
       and not exists (select from unnest($1::text[]) as t (number) where t.number = p.number)`,
    [numbers.map(({ number }) => number)],
  );
}

function batches<T>(all: readonly T[]): T[][] {
  const count = Math.ceil(all.length / BATCH_ROWS);
  return Array.from({ length: count }, (_, index) => all.slice(index * BATCH_ROWS, (index + 1) * BATCH_ROWS));
}

/** Leaves alone what is as it should be: most starts change nothing. */
async function upsert(
  tx: DatabaseSession,
  numbers: readonly InventoryNumber[],
  elsewhere: ReadonlySet<string>,
): Promise<void> {
  await tx.query(
    `insert into phone_numbers as p (${FACT_COLUMNS}, claimed, configured)
     select t.*, true from ${factRows("bool")} as t
     on conflict (number) do update set ${FACT_UPDATES}, configured = true, source = 'configuration',
       claimed = excluded.claimed, revision = p.revision + 1
     where (${factsOf("p")}, p.configured, p.source, p.claimed) is distinct from
       (${factsOf("excluded")}, true, 'configuration', excluded.claimed)`,
    [...factArrays(numbers), numbers.map(({ number }) => !elsewhere.has(number))],
  );
}

interface Owner {
  readonly number: string;
  readonly accountSid: string;
}

function ownersOf(batch: readonly ConfiguredNumber[], ownerSid: string | undefined, isFresh: boolean): Owner[] {
  return batch.flatMap(({ number, accountSid, forSale = false }) => {
    // Nobody can buy a short code, so without this one that is configured later would belong to nobody.
    const byDefault = (isFresh && !forSale) || sidPrefixOf(number) === "SC" ? ownerSid : undefined;
    const owner = accountSid ?? byDefault;
    return owner === undefined ? [] : [{ number, accountSid: owner }];
  });
}

/** Gives free numbers to their owners; a number that somebody has stays where it is. */
async function assign(deps: NumbersDeps, tx: DatabaseSession, owners: readonly Owner[]): Promise<number> {
  if (owners.length === 0) return 0;
  const rows = await tx.query(
    `update phone_numbers as p set account_sid = t.account_sid, sid = t.sid, friendly_name = t.friendly_name,
       created_at = $5, updated_at = $5, revision = p.revision + 1
     from unnest($1::text[], $2::text[], $3::text[], $4::text[]) as t (number, account_sid, sid, friendly_name)
     where p.number = t.number and p.account_sid is null and p.claimed returning p.number`,
    [
      owners.map(({ number }) => number),
      owners.map(({ accountSid }) => accountSid),
      owners.map(({ number }) => deps.mintSid(sidPrefixOf(number))),
      owners.map(({ number }) => formatNumber(number)),
      new Date(deps.clock.nowMs()),
    ],
  );
  return rows.length;
}
