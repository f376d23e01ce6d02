/** `lease`: what another cell set aside for this one, of a wallet that is at home there. */
export type WalletMode = "prepaid" | "postpaid" | "lease";

/** Credit that is spent before the balance, and ends. */
export interface Grant {
  readonly id: string;
  /** Lower ones are spent first; among equals those that end first. */
  readonly priority: number;
  /** When it ends, in epoch milliseconds; 0 for never. */
  readonly endsMs: number;
  readonly grantedMicros: number;
  leftMicros: number;
}

/** What an operator may say of a wallet. */
export interface Terms {
  readonly mode: WalletMode;
  /** What the wallet may not go under, in micros; negative for a credit line. `null`: no floor. */
  readonly floorMicros: number | null;
  /** Amounts left, in falling order, at which the account is told. */
  readonly alertsMicros: readonly number[];
  /** Where it is told beside the debugger log; empty for nowhere. */
  readonly alertUrl: string;
}

/**
 * The money of a main account and its subaccounts in one currency. What it is worth is
 * `balanceMicros + grantsMicros - owedMicros`.
 */
export interface Wallet {
  readonly owner: string;
  readonly currency: string;
  mode: WalletMode;
  floorMicros: number | null;
  alertsMicros: readonly number[];
  alertUrl: string;
  /** How many of the alerts were told since the last credit that rose above them. */
  alertsTold: number;
  /** Below 0 for what a postpaid account has to pay. */
  balanceMicros: number;
  /** The sum of what is left of the grants. */
  grantsMicros: number;
  /** Set aside for work that was accepted. */
  heldMicros: number;
  /** Charged where nothing was left above the floor; paid by the next credit. */
  owedMicros: number;
  /** All that was ever charged. It goes with the wallet to other cells. */
  chargedMicros: number;
  /** In the order in which they are spent. */
  grants: Grant[];
  /** The earliest end of a grant; 0 where none ends. */
  nextGrantEndMs: number;
  changedMs: number;
}

/** The most grants of a wallet that are not used up. */
export const MAX_GRANTS = 100;
/** The most thresholds of a wallet. */
export const MAX_ALERTS = 10;

/** Postpaid without a floor: what an account has that nobody said anything of. */
export const OPEN_TERMS: Terms = { mode: "postpaid", floorMicros: null, alertsMicros: [], alertUrl: "" };

/** What is leased can be spent, and no more. */
export const LEASE_TERMS: Terms = { mode: "lease", floorMicros: 0, alertsMicros: [], alertUrl: "" };

/** The key of a wallet. */
export function walletKey(owner: string, currency: string): string {
  return `${owner} ${currency}`;
}

/** The key of what is leased of a wallet that is at home elsewhere. */
export function leaseKey(owner: string, currency: string): string {
  return `${owner} ${currency} lease`;
}

/** A wallet without money. */
export function emptyWallet(owner: string, currency: string, terms: Terms = OPEN_TERMS): Wallet {
  const { mode, floorMicros, alertsMicros, alertUrl } = terms;
  return {
    owner,
    currency,
    mode,
    floorMicros,
    alertsMicros,
    alertUrl,
    alertsTold: 0,
    balanceMicros: 0,
    grantsMicros: 0,
    heldMicros: 0,
    owedMicros: 0,
    chargedMicros: 0,
    grants: [],
    nextGrantEndMs: 0,
    changedMs: 0,
  };
}

/** What lies between a wallet's money and its floor, less what is held; below 0 only where the floor was raised. */
export function roomMicros(wallet: Readonly<Wallet>): number {
  if (wallet.floorMicros === null) return Number.POSITIVE_INFINITY;
  return wallet.balanceMicros + wallet.grantsMicros - wallet.heldMicros - wallet.floorMicros;
}

/** What can be set aside for new work at a moment: without grants that have ended, and only once nothing is owed. */
export function availableMicros(wallet: Readonly<Wallet>, nowMs: number): number {
  const room = roomMicros(wallet) - wallet.owedMicros;
  if (wallet.nextGrantEndMs === 0 || nowMs < wallet.nextGrantEndMs || room <= 0) return room;
  let ended = 0;
  for (const grant of wallet.grants) if (grant.endsMs !== 0 && grant.endsMs <= nowMs) ended += grant.leftMicros;
  return Math.max(0, room - ended);
}

/** What a wallet is worth. */
export function worthMicros(wallet: Readonly<Wallet>): number {
  return wallet.balanceMicros + wallet.grantsMicros - wallet.owedMicros;
}

/** What is neither spent nor set aside: what alerts are told by. */
export function leftMicros(wallet: Readonly<Wallet>): number {
  return worthMicros(wallet) - wallet.heldMicros;
}

/** The order in which grants are spent. */
export function byPriority(a: Readonly<Grant>, b: Readonly<Grant>): number {
  if (a.priority !== b.priority) return a.priority - b.priority;
  const aEnds = a.endsMs === 0 ? Number.POSITIVE_INFINITY : a.endsMs;
  const bEnds = b.endsMs === 0 ? Number.POSITIVE_INFINITY : b.endsMs;
  if (aEnds !== bEnds) return aEnds - bEnds;
  return a.id < b.id ? -1 : 1;
}

/** Sets {@link Wallet.nextGrantEndMs} anew. */
export function findNextEnd(wallet: Wallet): void {
  let next = 0;
  for (const { endsMs } of wallet.grants) if (endsMs !== 0 && (next === 0 || endsMs < next)) next = endsMs;
  wallet.nextGrantEndMs = next;
}
