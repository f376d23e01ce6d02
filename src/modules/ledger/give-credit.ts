import { AppError } from "../../kernel/errors.ts";
import type { CellRecord } from "../../platform/cell/index.ts";
import { referenceKey, type CreditOutcome } from "./apply-credit.ts";
import { MAX_GRANTS, type Wallet, walletKey } from "./book/index.ts";
import type { LedgerDeps } from "./deps.ts";
import { ledgerErrors } from "./errors.ts";
import { findLine } from "./line.store.ts";
import type { Line } from "./line.ts";
import { requireHome } from "./require-home.ts";
import type { Credited, CreditKind } from "./records.ts";

/** What an operator gives to an account, or takes from it. */
export interface CreditInput {
  readonly credit: CreditKind;
  readonly accountSid: string;
  /** The account's own where absent. */
  readonly currency: string | undefined;
  /** Below 0 only for an adjustment. */
  readonly amountMicros: number;
  /** The client's: the same one gives the same line for ever, and nothing more. */
  readonly id: string | undefined;
  readonly reason: string;
  readonly resourceSid?: string | undefined;
  readonly priority?: number | undefined;
  /** 0 for never. */
  readonly endsMs?: number | undefined;
  /** Binds an `Idempotency-Key` to what is made, in the same batch. */
  readonly claim?: ((made: string) => CellRecord) | undefined;
}

/**
 * Gives or takes money, durably and once for each id. An id is known for ever: in memory until
 * it is in the database, and in the database from then on. Resolves to the line, and whether it
 * was there before.
 */
export async function giveCredit(deps: LedgerDeps, input: CreditInput): Promise<{ line: Line; isNew: boolean }> {
  const owner = await requireHome(deps, input.accountSid);
  const id = input.id ?? deps.mintSid("LT");
  const key = referenceKey(owner, id);
  if (deps.underWay.has(key)) throw new AppError(ledgerErrors.idInUse, { id });
  deps.underWay.add(key);
  const reservation = `credit ${key}`;
  try {
    const record = recordOf(deps, input, { owner, id });
    const known = input.id === undefined ? undefined : await findReference(deps, key);
    if (known !== undefined) {
      if (known.fingerprint !== record.fingerprint) throw new AppError(ledgerErrors.idReused, { id });
      return { line: await lineOf(deps, known.lineId), isNew: false };
    }
    refuseImpossible(deps, record, reservation);
    return { line: await lineOf(deps, await commit(deps, record, input.claim)), isNew: true };
  } finally {
    deps.spending.cancel(reservation);
    deps.underWay.delete(key);
  }
}

function recordOf(deps: LedgerDeps, input: CreditInput, of: { readonly owner: string; readonly id: string }): Credited {
  const { credit, accountSid, amountMicros, reason, resourceSid = null, priority = 0, endsMs = 0 } = input;
  const currency = input.currency ?? deps.spending.currencyOf(of.owner);
  const fingerprint = [credit, accountSid, currency, amountMicros, resourceSid ?? "", priority, endsMs].join("|");
  return {
    kind: "ledger.credited",
    credit,
    id: of.id,
    fingerprint,
    owner: of.owner,
    accountSid,
    currency,
    amountMicros,
    reason,
    resourceSid,
    ...(credit === "grant" ? { priority, endsMs } : {}),
  };
}

/** Checked before the record is made, so that its reducer has nothing to refuse. */
function refuseImpossible(deps: LedgerDeps, record: Credited, reservation: string): void {
  const { owner, currency, amountMicros, credit } = record;
  const wallet: Readonly<Wallet> | undefined = deps.state.wallets.get(walletKey(owner, currency));
  const isFull = credit === "grant" && (wallet?.grants.length ?? 0) >= MAX_GRANTS;
  if (amountMicros === 0 || isFull) throw new AppError(ledgerErrors.amountRefused);
  if (amountMicros > 0) return;
  if (!deps.spending.setAside(reservation, walletKey(owner, currency), -amountMicros)) {
    throw new AppError(ledgerErrors.amountRefused);
  }
}

async function commit(deps: LedgerDeps, record: Credited, claim: CreditInput["claim"]): Promise<string> {
  const records: CellRecord[] = [record];
  // The claim names the reference, because the line gets its id from the log.
  if (claim !== undefined) records.push(claim(referenceKey(record.owner, record.id)));
  const [outcome] = (await deps.cell().commitAll(records)) as [CreditOutcome];
  if (outcome.kind === "done" || outcome.kind === "repeated") return outcome.lineId;
  if (outcome.kind === "conflict") throw new AppError(ledgerErrors.idReused, { id: record.id });
  throw new AppError(ledgerErrors.amountRefused);
}

/** What was made under a client's id: in memory while it is not in the database yet. */
export async function findReference(
  { state, database }: Pick<LedgerDeps, "state" | "database">,
  key: string,
): Promise<{ readonly fingerprint: string; readonly lineId: string } | undefined> {
  const recent = state.references.get(key);
  if (recent !== undefined) return recent;
  const [row] = await database.query<{ fingerprint: string; line_id: string }>(
    "select fingerprint, line_id from ledger_references where key = $1",
    [key],
  );
  return row === undefined ? undefined : { fingerprint: row.fingerprint, lineId: row.line_id };
}

async function lineOf(deps: LedgerDeps, lineId: string): Promise<Line> {
  const line = await findLine(deps, lineId);
  if (line === undefined) throw new AppError(ledgerErrors.lineGone, { id: lineId });
  return line;
}
