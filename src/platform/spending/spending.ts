import type { AppError } from "../../kernel/errors.ts";

/** Money that a request needs before its work is accepted. */
export interface Reservation {
  /** The id of the {@link ChargeHeld} that will follow. */
  readonly id: string;
  readonly accountSid: string;
  readonly currency: string;
  readonly amountMicros: number;
}

/**
 * Whether an account can pay, asked before its work is accepted. Implemented by the ledger;
 * products know only this.
 */
export interface Spending {
  /**
   * Makes sure that an account's money is known here, so that {@link reserve} can answer at
   * once. `undefined` where it is known already, which is nearly always.
   */
  prepare(accountSid: string): Promise<void> | undefined;
  /**
   * Sets an amount aside in memory until the `charge.held` of the same id is applied, or
   * {@link cancel}. `undefined` when it was set aside; else the public error (out of credit),
   * and nothing was.
   */
  reserve(reservation: Reservation): AppError | undefined;
  /** The work was not accepted after all. What is not known is ignored. */
  cancel(id: string): void;
  /** The currency in which an account pays, ISO 4217. */
  currencyOf(accountSid: string): string;
}

/** Everybody can pay everything, in US dollars: for tests, and cells that bill nothing. */
export const FREE_SPENDING: Spending = {
  prepare: () => undefined,
  reserve: () => undefined,
  cancel: () => undefined,
  currencyOf: () => "USD",
};
