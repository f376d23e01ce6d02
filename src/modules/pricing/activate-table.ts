import { AppError } from "../../kernel/errors.ts";
import { isSid } from "../../kernel/ids.ts";
import { countPending, insertActivation, writeAssignment } from "./activation.store.ts";
import type { PricingDeps } from "./deps.ts";
import { pricingErrors } from "./errors.ts";
import type { Activation, Assignment } from "./price-table.ts";
import { findTable, listExists } from "./price-table.store.ts";
import { DEFAULT_HEAD, STANDARD_LIST } from "./table/index.ts";

/** Activations that may lie ahead; their tables are held in memory. */
const MAX_PENDING = 50;
/** How far clocks may differ before a moment counts as past. */
const LEEWAY_MS = 60_000;

/** Who changes prices, and why. */
export interface PriceChange {
  readonly actor: string;
  readonly reason: string;
}

/**
 * Makes a complete version hold for its list and currency, from a moment on or now.
 * Version 0 is the built-in table. Throws 400, 404 and 409.
 */
export async function activateTable(
  deps: PricingDeps,
  input: PriceChange & { readonly version: number; readonly fromMs: number | undefined },
): Promise<Activation> {
  const { database, clock, logger, prices } = deps;
  const { version, actor, reason } = input;
  const createdMs = clock.nowMs();
  const fromMs = input.fromMs ?? createdMs;
  if (fromMs < createdMs - LEEWAY_MS) throw new AppError(pricingErrors.pastActivation);
  const { list, currency } = version === 0 ? DEFAULT_HEAD : await completeTable(deps, version);
  // Compiled first: a table that cannot be loaded never becomes active.
  await prices.table(version);
  const activation = await database.transaction(async (tx) => {
    await tx.query("lock table price_activations in share row exclusive mode");
    if (fromMs > createdMs && (await countPending(tx, createdMs)) >= MAX_PENDING) {
      throw new AppError(pricingErrors.tooManyPending, { max: MAX_PENDING });
    }
    return insertActivation(tx, { list, currency, version, fromMs, actor, reason, createdMs });
  });
  logger.info("pricing.activated", { list, currency, version, fromMs, actor });
  await prices.reload();
  return activation;
}

async function completeTable({ database }: PricingDeps, version: number) {
  const table = await findTable(database, version);
  if (table === undefined) throw new AppError(pricingErrors.tableUnknown, { version });
  if (table.status !== "complete") throw new AppError(pricingErrors.tableIsDraft, { version });
  return table;
}

/** Sets what an account, and those of its subaccounts that were given nothing else, pay by. Throws 400. */
export async function assignPrices(
  deps: PricingDeps,
  input: PriceChange & {
    readonly accountSid: string;
    readonly list: string;
    readonly discountBasisPoints: number;
  },
): Promise<Assignment> {
  const { database, clock, logger, prices } = deps;
  const { accountSid, list, discountBasisPoints, actor } = input;
  if (!isSid(accountSid, "AC")) throw new AppError(pricingErrors.accountInvalid, { value: accountSid.slice(0, 64) });
  if (list !== STANDARD_LIST && !(await listExists(database, list))) {
    throw new AppError(pricingErrors.listUnknown, { list });
  }
  const assignment = await writeAssignment(database, { ...input, updatedMs: clock.nowMs() });
  logger.info("pricing.assigned", { accountSid, list, discountBasisPoints, actor });
  await prices.reload();
  return assignment;
}
