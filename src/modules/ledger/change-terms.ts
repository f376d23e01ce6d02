import { AppError } from "../../kernel/errors.ts";
import { MAX_ALERTS, type CapPeriod, type Terms, type Wallet, walletKey } from "./book/index.ts";
import type { LedgerDeps } from "./deps.ts";
import { ledgerErrors } from "./errors.ts";
import type { CapChanged, TermsChanged } from "./records.ts";
import { requireHome } from "./require-home.ts";

/** What an operator changes of a wallet; what is `undefined` stays, or is by default. */
export interface TermsInput {
  readonly accountSid: string;
  readonly currency: string | undefined;
  readonly mode: "prepaid" | "postpaid" | undefined;
  /** `none`: a postpaid wallet without a floor. */
  readonly floor: number | "none" | undefined;
  readonly alertsMicros: readonly number[] | undefined;
  readonly alertUrl: string | undefined;
}

/** A wallet with a floor warns when so much is left above it, unless its terms say when. */
const DEFAULT_ALERT_MICROS = 10_000_000;

/** Sets the terms of a main account's wallet. */
export async function changeTerms(deps: LedgerDeps, input: TermsInput): Promise<Readonly<Wallet>> {
  const { accountSid } = input;
  const owner = await requireHome(deps, accountSid);
  if (owner !== accountSid) throw new AppError(ledgerErrors.notMain, { accountSid, owner });
  const currency = input.currency ?? deps.spending.currencyOf(owner);
  const key = walletKey(owner, currency);
  const record: TermsChanged = {
    kind: "ledger.terms-changed",
    owner,
    currency,
    terms: termsOf(input, deps.state.wallets.get(key)),
  };
  await deps.cell().commit(record);
  const wallet = deps.state.wallets.get(key);
  if (wallet === undefined) throw new AppError(ledgerErrors.unknownAccount, { accountSid });
  return wallet;
}

function termsOf(input: TermsInput, before: Readonly<Wallet> | undefined): Terms {
  const mode = input.mode ?? (before === undefined || before.mode === "lease" ? "prepaid" : before.mode);
  const isSame = before !== undefined && before.mode === mode;
  const kept = isSame ? before.floorMicros : mode === "prepaid" ? 0 : null;
  const floorMicros = input.floor === undefined ? kept : input.floor === "none" ? null : input.floor;
  if (mode === "prepaid" && floorMicros === null) {
    throw new AppError(ledgerErrors.floorInvalid, { reason: "a prepaid wallet has a floor" });
  }
  const usual = floorMicros === null ? [] : [floorMicros + DEFAULT_ALERT_MICROS];
  const isMoved = before === undefined || floorMicros !== before.floorMicros;
  const alerts = input.alertsMicros ?? (isMoved ? usual : before.alertsMicros);
  if (alerts.length > MAX_ALERTS) {
    throw new AppError(ledgerErrors.floorInvalid, { reason: `there are at most ${MAX_ALERTS} thresholds` });
  }
  return {
    mode,
    floorMicros,
    alertsMicros: [...new Set(alerts)].toSorted((a, b) => b - a),
    alertUrl: input.alertUrl ?? before?.alertUrl ?? "",
  };
}

/** Caps what a subaccount may spend of its main account's wallet. */
export async function changeCap(
  deps: LedgerDeps,
  input: { readonly accountSid: string; readonly capMicros: number | null; readonly period: CapPeriod },
): Promise<void> {
  const { accountSid, capMicros, period } = input;
  const owner = await requireHome(deps, accountSid);
  if (owner === accountSid) throw new AppError(ledgerErrors.notSub, { accountSid });
  const record: CapChanged = { kind: "ledger.cap-changed", accountSid, capMicros, period };
  await deps.cell().commit(record);
}
