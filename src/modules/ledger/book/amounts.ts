import { AssertionError } from "../../../kernel/assert.ts";

const MICROS = 1_000_000;

/** The most of one amount, and of what a wallet may come to: 4 billion units, so that sums of a few of them stay exact. */
export const MAX_MICROS = 4_000_000_000_000_000;

/** An exact integer that may be part of a sum here. */
export function isAmount(micros: number): boolean {
  return Number.isSafeInteger(micros) && micros >= 0 && micros <= MAX_MICROS;
}

/**
 * Throws unless a sum is still exact. Only a bug, or more money than there is, makes it
 * inexact. No `assert`: it would write its message for every sum of every message.
 */
export function exact(micros: number): number {
  if (!Number.isSafeInteger(micros)) throw new AssertionError(`${micros} micros are no exact amount`);
  return micros;
}

/** Throws unless it {@link isAmount}. */
export function checkAmount(micros: number): void {
  if (!isAmount(micros)) throw new AssertionError(`${micros} micros are no amount`);
}

/**
 * The turnover of an account of the operator: what was ever debited and credited. Kept in
 * units and micros, because in micros alone a cell's revenue in a currency of small units
 * would leave the exact integers.
 */
export interface Account {
  readonly kind: AccountKind;
  /** Of whom: a carrier, a cell; empty where there is one for each currency. */
  readonly name: string;
  readonly currency: string;
  debitUnits: number;
  debitMicros: number;
  creditUnits: number;
  creditMicros: number;
}

/**
 * `cash`: paid in. `promotions`: grants given, less those that expired. `adjustments`: set
 * right by hand. `revenue`: charged. `cost`, `payable`: asked by a carrier. `escrow`: set
 * aside for another cell; `settled`: what that cell spent of it. `home`: rights that came from
 * the account's own cell, in the cell that spends them. `moved`: wallets that came and went.
 */
export type AccountKind =
  | "cash"
  | "promotions"
  | "adjustments"
  | "revenue"
  | "cost"
  | "payable"
  | "escrow"
  | "settled"
  | "home"
  | "moved";

/** An account that nothing was booked on yet. */
export function emptyAccount(kind: AccountKind, name: string, currency: string): Account {
  return { kind, name, currency, debitUnits: 0, debitMicros: 0, creditUnits: 0, creditMicros: 0 };
}

/** Books an amount on the debit side. */
export function debit(account: Account, micros: number): void {
  const sum = account.debitMicros + micros;
  if (sum < MICROS) {
    account.debitMicros = sum;
    return;
  }
  const units = Math.floor(sum / MICROS);
  account.debitUnits = exact(account.debitUnits + units);
  account.debitMicros = sum - units * MICROS;
}

/** Books an amount on the credit side. */
export function credit(account: Account, micros: number): void {
  const sum = account.creditMicros + micros;
  if (sum < MICROS) {
    account.creditMicros = sum;
    return;
  }
  const units = Math.floor(sum / MICROS);
  account.creditUnits = exact(account.creditUnits + units);
  account.creditMicros = sum - units * MICROS;
}

/** A side of an account as exact decimal text. */
export function sideText(units: number, micros: number): string {
  return `${units}.${String(micros).padStart(6, "0")}`;
}
