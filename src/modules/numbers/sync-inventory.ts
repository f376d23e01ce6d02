import type { DatabaseSession } from "../../platform/ports.ts";
import type { NumbersDeps } from "./deps.ts";
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
 * loses a number. All of it happens, or nothing.
 */
export async function syncInventory(deps: NumbersDeps, input: SyncInput): Promise<SyncOutcome> {
  const { database, logger, book } = deps;
  const outcome = await database.transaction(async (tx) => {
    // Two processes that start at once would both find the installation fresh.
    await tx.query("lock table phone_numbers in share row exclusive mode");
    const isFresh = (await tx.query("select 1 from phone_numbers limit 1")).length === 0;
    await withdraw(tx, input.numbers);
    let assigned = 0;
    for (const batch of batches(input.numbers)) {
      await upsert(tx, batch.map(inventoryNumber));
      assigned += await assign(deps, tx, ownersOf(batch, input.ownerSid, isFresh));
    }
    await tx.query("delete from phone_numbers where account_sid is null and not configured");
    const [row] = await tx.query<{ count: number }>("select count(*) from phone_numbers where not configured");
    return { configured: input.numbers.length, assigned, orphaned: row?.count ?? 0 };
  });
  if (outcome.orphaned > 0) logger.warn("numbers.not-configured", { count: outcome.orphaned });
  await book.reload();
  logger.info("numbers.synced", { ...outcome, owned: book.size.numbers, applications: book.size.applications });
  return outcome;
}

/** Takes what is configured no longer out of the inventory. */
async function withdraw(tx: DatabaseSession, numbers: readonly ConfiguredNumber[]): Promise<void> {
  await tx.query(
    `update phone_numbers as p set configured = false
     where configured and not exists (select from unnest($1::text[]) as t (number) where t.number = p.number)`,
    [numbers.map(({ number }) => number)],
  );
}

function batches<T>(all: readonly T[]): T[][] {
  const count = Math.ceil(all.length / BATCH_ROWS);
  return Array.from({ length: count }, (_, index) => all.slice(index * BATCH_ROWS, (index + 1) * BATCH_ROWS));
}

/** Leaves alone what is as it should be: most starts change nothing. */
async function upsert(tx: DatabaseSession, numbers: readonly InventoryNumber[]): Promise<void> {
  await tx.query(
    `insert into phone_numbers as p (number, country, region, kind, sms, mms, voice, configured)
     select t.*, true
     from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bool[], $6::bool[], $7::bool[]) as t
     on conflict (number) do update set
       country = excluded.country, region = excluded.region, kind = excluded.kind,
       sms = excluded.sms, mms = excluded.mms, voice = excluded.voice, configured = true, revision = p.revision + 1
     where (p.country, p.region, p.kind, p.sms, p.mms, p.voice, p.configured) is distinct from
       (excluded.country, excluded.region, excluded.kind, excluded.sms, excluded.mms, excluded.voice, true)`,
    [
      numbers.map(({ number }) => number),
      numbers.map(({ country }) => country),
      numbers.map(({ region }) => region),
      numbers.map(({ kind }) => kind),
      numbers.map(({ sms }) => sms),
      numbers.map(({ mms }) => mms),
      numbers.map(({ voice }) => voice),
    ],
  );
}

interface Owner {
  readonly number: string;
  readonly accountSid: string;
}

function ownersOf(batch: readonly ConfiguredNumber[], ownerSid: string | undefined, isFresh: boolean): Owner[] {
  return batch.flatMap(({ number, accountSid }) => {
    // Nobody can buy a short code, so without this one that is configured later would belong to nobody.
    const byDefault = isFresh || sidPrefixOf(number) === "SC" ? ownerSid : undefined;
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
     where p.number = t.number and p.account_sid is null returning p.number`,
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
