import { exact } from "./amounts.ts";
import { findNextEnd, roomMicros, type Wallet } from "./wallet.ts";

/** Takes an amount out of a wallet, grants first. Returns what they paid. */
export function take(wallet: Wallet, amountMicros: number): number {
  if (wallet.grantsMicros === 0) {
    wallet.balanceMicros = exact(wallet.balanceMicros - amountMicros);
    return 0;
  }
  let rest = amountMicros;
  let isUsedUp = false;
  for (const grant of wallet.grants) {
    if (rest === 0) break;
    const part = Math.min(rest, grant.leftMicros);
    grant.leftMicros -= part;
    rest -= part;
    isUsedUp ||= grant.leftMicros === 0;
  }
  if (isUsedUp) {
    wallet.grants = wallet.grants.filter(({ leftMicros: left }) => left > 0);
    findNextEnd(wallet);
  }
  wallet.grantsMicros -= amountMicros - rest;
  wallet.balanceMicros = exact(wallet.balanceMicros - rest);
  return amountMicros - rest;
}

/** Pays what is owed out of what there is above the floor. */
export function payOwed(wallet: Wallet): void {
  const paid = Math.min(wallet.owedMicros, Math.max(0, roomMicros(wallet)));
  wallet.owedMicros -= paid;
  take(wallet, paid);
}
