import { AppError } from "../../kernel/errors.ts";
import { OVERLOADED } from "../../platform/http/index.ts";
import { errorFields } from "../../platform/logging/index.ts";
import type { NumbersDeps } from "./deps.ts";
import { FACT_COLUMNS, factArrays, factRows } from "./number-facts.ts";
import { findStanding } from "./number.store.ts";
import type { DrawnNumber, GivenBack } from "./pool/number-pool.ts";

/** Rows that go back to the pool, or are compared with it, at once. */
const BATCH_ROWS = 1_000;

/** Numbers that leave the pool and are not written down yet, of the cell with a database. */
interface Drawing {
  /** How many draws of each are under way; the empty text stands for any. */
  readonly underWay: Map<string, number>;
  /** Those whose draw was under way at any time since a comparison with the pool began. */
  sinceComparison: Set<string> | undefined;
}

const drawings = new WeakMap<object, Drawing>();
const ANY = "";

function drawingOf({ database }: NumbersDeps): Drawing {
  let drawing = drawings.get(database);
  if (drawing === undefined) {
    drawing = { underWay: new Map(), sinceComparison: undefined };
    drawings.set(database, drawing);
  }
  return drawing;
}

async function whileDrawing<T>(deps: NumbersDeps, number: string, work: () => Promise<T>): Promise<T> {
  const drawing = drawingOf(deps);
  const { underWay } = drawing;
  underWay.set(number, (underWay.get(number) ?? 0) + 1);
  drawing.sinceComparison?.add(number);
  try {
    return await work();
  } finally {
    const left = (underWay.get(number) ?? 1) - 1;
    if (left === 0) underWay.delete(number);
    else underWay.set(number, left);
  }
}

/** Makes a number of the shared inventory this cell's own, unless this cell knows it already. Resolves to whether it has it. */
export async function drawWanted(deps: NumbersDeps, number: string, accountSid: string): Promise<boolean> {
  const { pool, database, clock } = deps;
  const standing = await findStanding(database, { number, accountSid, atMs: clock.nowMs() });
  if (standing !== undefined || pool === undefined) return standing !== undefined;
  return whileDrawing(deps, number, async () => {
    const drawn = await reach(() => pool.draw(number));
    if (drawn !== undefined) await writeDown(deps, drawn, accountSid);
    return drawn !== undefined;
  });
}

/** Makes any local number of an area code this cell's own. Resolves to whether there was one. */
export async function drawAny(deps: NumbersDeps, areaCode: string, accountSid: string): Promise<boolean> {
  const { pool } = deps;
  if (pool === undefined) return false;
  // Which number it will be is not known before: while this lasts nothing is compared.
  return whileDrawing(deps, ANY, async () => {
    const drawn = await reach(() => pool.drawAny(areaCode));
    if (drawn !== undefined) await writeDown(deps, drawn, accountSid);
    return drawn !== undefined;
  });
}

async function reach<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    throw error instanceof AppError ? error : new AppError(OVERLOADED, {}, { cause: error });
  }
}

/** For so long only the account for which a number was drawn can buy it; then it goes back. */
const DRAWN_FOR_MS = 10_000;

async function writeDown(
  { database, clock }: NumbersDeps,
  { epoch, ...number }: DrawnNumber,
  accountSid: string,
): Promise<void> {
  const until = new Date(clock.nowMs() + DRAWN_FOR_MS);
  await database.query(
    `insert into phone_numbers as p (${FACT_COLUMNS}, pool_epoch, held_by, held_until, configured, claimed, source)
     select t.*, true, true, 'pool' from ${factRows("bigint", "text", "timestamptz")} as t
     on conflict (number) do update set pool_epoch = greatest(p.pool_epoch, excluded.pool_epoch)
     where p.source = 'pool'`,
    [...factArrays([number]), [epoch], [accountSid], [until]],
  );
}

/**
 * Gives back to the pool what nobody bought, holds or waits for. A number is deleted here
 * before the pool is told, so that at no moment two can sell it.
 */
export async function giveBackUnsold(deps: NumbersDeps): Promise<number> {
  const { pool, database, clock } = deps;
  if (pool === undefined) return 0;
  const numbers = await database.query<{ number: string; epoch: number }>(
    `delete from phone_numbers where number in (
       select number from phone_numbers
       where account_sid is null and source = 'pool' and (held_until is null or held_until <= $1)
         and (quarantined_until is null or quarantined_until <= $1)
       order by number limit ${BATCH_ROWS} for update skip locked)
     returning number, pool_epoch as epoch`,
    [new Date(clock.nowMs())],
  );
  if (numbers.length > 0) await pool.giveBack(numbers);
  return numbers.length;
}

/**
 * Gives back what the pool says that this cell has, and this cell does not: what was drawn,
 * or deleted, just before a crash. Resolves to how many there were.
 */
export async function giveBackLost(deps: NumbersDeps): Promise<number> {
  const { pool, logger } = deps;
  if (pool === undefined) return 0;
  const drawing = drawingOf(deps);
  drawing.sinceComparison = new Set(drawing.underWay.keys());
  let after = "";
  let count = 0;
  try {
    for (;;) {
      const drawn = await pool.drawn(after, BATCH_ROWS);
      const lost = await lostOf(deps, drawn, drawing.sinceComparison);
      if (lost.length > 0) await pool.giveBack(lost);
      count += lost.length;
      if (drawn.length < BATCH_ROWS) break;
      after = drawn.at(-1)?.number ?? after;
    }
  } finally {
    drawing.sinceComparison = undefined;
  }
  if (count > 0) logger.warn("numbers.given-back", { count });
  return count;
}

/** What the pool says was drawn, no row says, and nobody was about to write down. */
async function lostOf(
  { database }: NumbersDeps,
  drawn: readonly GivenBack[],
  sinceComparison: ReadonlySet<string>,
): Promise<GivenBack[]> {
  const rows = await database.query<{ number: string }>("select number from phone_numbers where number = any($1)", [
    drawn.map(({ number }) => number),
  ]);
  const known = new Set(rows.map(({ number }) => number));
  if (sinceComparison.has(ANY)) return [];
  return drawn.filter(({ number }) => !known.has(number) && !sinceComparison.has(number));
}

const SWEEP_MS = 30_000;

/** Gives back what is unsold and lost, now and then, until it is stopped. */
export function startGivingBack(deps: NumbersDeps): () => void {
  const { pool, clock, logger } = deps;
  if (pool === undefined) return () => undefined;
  let stopped = false;
  let timer = clock.after(SWEEP_MS, sweep);
  function sweep(): void {
    void giveBackUnsold(deps)
      .then(() => giveBackLost(deps))
      .catch((error: unknown) => logger.warn("numbers.not-given-back", errorFields(error)))
      .then(() => {
        if (!stopped) timer = clock.after(SWEEP_MS, sweep);
      });
  }
  return () => {
    stopped = true;
    timer.cancel();
  };
}
