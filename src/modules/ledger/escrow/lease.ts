import type { Share } from "./share.ts";
import { availableMicros, type Book, type BookTable, emptyWallet, leaseKey, LEASE_TERMS } from "../book/index.ts";

/** What this cell was given of a wallet that is at home elsewhere. The money itself is in the lease's wallet. */
export interface Lease {
  readonly owner: string;
  readonly currency: string;
  readonly life: string;
  /** Totals that only grow. */
  grantedMicros: number;
  returnedMicros: number;
  /** Nothing new may be spent of it from then on, by this cell's clock. */
  untilMs: number;
}

/** The tables of both sides. */
export interface EscrowTables {
  readonly shares: BookTable<Share>;
  readonly leases: BookTable<Lease>;
}

/** Begins a lease; what there was under the key stays as it is. For a reducer. */
export function openLease(
  book: Book,
  leases: BookTable<Lease>,
  { owner, currency, life }: Pick<Lease, "owner" | "currency" | "life">,
): void {
  const key = leaseKey(owner, currency);
  if (book.tables.wallets.get(key) === undefined)
    book.tables.wallets.put(key, emptyWallet(owner, currency, LEASE_TERMS));
  if (leases.get(key) === undefined) {
    leases.put(key, { owner, currency, life, grantedMicros: 0, returnedMicros: 0, untilMs: 0 });
  }
}

/** Takes in what the home says it gave so far. Returns how much of it is new. For a reducer. */
export function receiveLease(
  book: Book,
  leases: BookTable<Lease>,
  told: Pick<Lease, "owner" | "currency" | "life" | "grantedMicros" | "untilMs">,
  atMs: number,
): number {
  const key = leaseKey(told.owner, told.currency);
  const lease = leases.edit(key);
  if (lease === undefined || lease.life !== told.life) return 0;
  lease.untilMs = Math.max(lease.untilMs, told.untilMs);
  const more = Math.max(0, told.grantedMicros - lease.grantedMicros);
  if (more === 0 || book.credit(key, more, "home", atMs) !== "done") return 0;
  lease.grantedMicros += more;
  return more;
}

/** Gives up what is not held of a lease, at most so much. Returns how much it was. For a reducer. */
export function giveBack(
  book: Book,
  leases: BookTable<Lease>,
  of: Pick<Lease, "owner" | "currency">,
  { amountMicros, atMs }: { readonly amountMicros: number; readonly atMs: number },
): number {
  const key = leaseKey(of.owner, of.currency);
  const lease = leases.edit(key);
  const wallet = book.tables.wallets.get(key);
  if (lease === undefined || wallet === undefined) return 0;
  const amount = Math.min(amountMicros, Math.max(0, availableMicros(wallet, atMs)));
  if (amount === 0 || book.withdraw(key, amount, "home", atMs) !== "done") return 0;
  lease.returnedMicros += amount;
  return amount;
}

/** Spent of a lease so far. */
export function spentOf(book: Book, leases: BookTable<Lease>, key: string): number {
  const lease = leases.get(key);
  const wallet = book.tables.wallets.get(key);
  if (lease === undefined || wallet === undefined) return 0;
  return lease.grantedMicros - lease.returnedMicros - wallet.balanceMicros;
}
