import { AppError } from "../../kernel/errors.ts";
import type { Clock } from "../../platform/ports.ts";
import type { Reservation, Spending } from "../../platform/spending/index.ts";
import { availableMicros, type Book, type Member } from "./book/index.ts";
import { ledgerErrors } from "./errors.ts";

/** An amount that is set aside in memory until its hold is applied. */
interface Reserved {
  readonly wallet: string;
  readonly accountSid: string;
  readonly amountMicros: number;
  readonly sinceMs: number;
}

/** What the spending of a cell works with. */
export interface SpendingDeps {
  readonly book: Book;
  readonly clock: Pick<Clock, "nowMs" | "monotonicMs">;
  /** The currency of accounts that nobody gave terms. */
  readonly defaultCurrency: string;
  /** Finds out whose wallet an account spends, and makes it known to the book. */
  readonly join: (accountSid: string) => Promise<void>;
  /** Of accounts that are at home in another cell. */
  readonly leases: {
    /** `undefined` where so much may be spent of the lease now; else why not. */
    refusal(wallet: string, accountSid: string, amountMicros: number): AppError | undefined;
    /** Asks for more where there is little; resolves when there is an answer. */
    prepare(wallet: string): Promise<void> | undefined;
  };
}

/** More reservations at once than the log can ever have under way. */
const MAX_RESERVATIONS = 500_000;
/** Whose hold has not come by then was forgotten by its product. */
const FORGOTTEN_MS = 10 * 60_000;

/**
 * Whether accounts can pay, answered from memory: what the book has, less what was promised
 * to work whose record is still on its way to the disk.
 */
export class LedgerSpending implements Spending {
  private readonly deps: SpendingDeps;
  private readonly reserved = new Map<string, Reserved>();
  private readonly byWallet = new Map<string, number>();
  private readonly byCapped = new Map<string, number>();
  private readonly joining = new Map<string, Promise<void>>();

  constructor(deps: SpendingDeps) {
    this.deps = deps;
  }

  prepare(accountSid: string): Promise<void> | undefined {
    const member = this.deps.book.tables.members.get(accountSid);
    if (member !== undefined && member.assumed !== true) {
      return this.isLease(member) ? this.deps.leases.prepare(member.wallet) : undefined;
    }
    const under = this.joining.get(accountSid);
    if (under !== undefined) return under;
    const joining = this.deps.join(accountSid).finally(() => this.joining.delete(accountSid));
    this.joining.set(accountSid, joining);
    return joining;
  }

  reserve({ id, accountSid, currency, amountMicros }: Reservation): AppError | undefined {
    const { book, clock } = this.deps;
    const member = book.tables.members.get(accountSid);
    if (amountMicros === 0) return undefined;
    // Whose money it would be is not known: `prepare` was not asked, or had no answer.
    if (member === undefined || member.assumed === true) return new AppError(ledgerErrors.creditUnknown);
    const wallet = book.tables.wallets.get(member.wallet);
    const isBounded = wallet === undefined || wallet.floorMicros !== null || member.capMicros !== null;
    if (!isBounded) return undefined;
    const nowMs = clock.nowMs();
    const refusal = this.refusal(member, { accountSid, currency, amountMicros, nowMs });
    if (refusal !== undefined) return refusal;
    if (this.reserved.size >= MAX_RESERVATIONS) return new AppError(ledgerErrors.tooManyReservations);
    this.keep(id, { wallet: member.wallet, accountSid, amountMicros, sinceMs: clock.monotonicMs() });
    if (member.capMicros !== null) {
      this.byCapped.set(accountSid, (this.byCapped.get(accountSid) ?? 0) + amountMicros);
    }
    return undefined;
  }

  /** Sets money of a wallet aside that is about to leave it, until {@link cancel}. `false` where there is not so much. */
  setAside(id: string, wallet: string, amountMicros: number): boolean {
    const { book, clock } = this.deps;
    if (this.availableOf(wallet) < amountMicros || book.tables.wallets.get(wallet) === undefined) return false;
    this.keep(id, { wallet, accountSid: "", amountMicros, sinceMs: clock.monotonicMs() });
    return true;
  }

  private keep(id: string, reserved: Reserved): void {
    this.cancel(id);
    this.reserved.set(id, reserved);
    this.byWallet.set(reserved.wallet, (this.byWallet.get(reserved.wallet) ?? 0) + reserved.amountMicros);
  }

  private refusal(
    member: Readonly<Member>,
    wanted: Omit<Reservation, "id"> & { readonly nowMs: number },
  ): AppError | undefined {
    const { book, leases } = this.deps;
    const { accountSid, currency, amountMicros, nowMs } = wanted;
    const own = this.byCapped.get(accountSid) ?? 0;
    if (book.capLeft(accountSid, nowMs) - own < amountMicros) {
      return new AppError(ledgerErrors.capReached, { accountSid });
    }
    const reserved = this.byWallet.get(member.wallet) ?? 0;
    if (this.isLease(member)) {
      const refusal = leases.refusal(member.wallet, accountSid, reserved + amountMicros);
      if (refusal !== undefined) return refusal;
    }
    if (book.money(accountSid, currency, nowMs) - reserved >= amountMicros) return undefined;
    return new AppError(ledgerErrors.outOfCredit, { accountSid });
  }

  private isLease({ wallet }: Readonly<Member>): boolean {
    return this.deps.book.tables.wallets.get(wallet)?.mode === "lease";
  }

  cancel(id: string): void {
    const known = this.reserved.get(id);
    if (known === undefined) return;
    this.reserved.delete(id);
    lessen(this.byWallet, known.wallet, known.amountMicros);
    lessen(this.byCapped, known.accountSid, known.amountMicros);
  }

  currencyOf(accountSid: string): string {
    return this.deps.book.tables.members.get(accountSid)?.currency ?? this.deps.defaultCurrency;
  }

  /** What a wallet has left now that nothing was promised of. */
  availableOf(key: string): number {
    const { book, clock } = this.deps;
    const wallet = book.tables.wallets.get(key);
    return wallet === undefined ? 0 : availableMicros(wallet, clock.nowMs()) - (this.byWallet.get(key) ?? 0);
  }

  /** Drops what a product reserved and then forgot. Returns how many. */
  sweep(): number {
    const before = this.deps.clock.monotonicMs() - FORGOTTEN_MS;
    let dropped = 0;
    for (const [id, { sinceMs }] of this.reserved) {
      // They stand in order of time.
      if (sinceMs > before) break;
      this.cancel(id);
      dropped += 1;
    }
    return dropped;
  }
}

function lessen(sums: Map<string, number>, key: string, micros: number): void {
  const before = sums.get(key);
  if (before === undefined) return;
  if (before <= micros) sums.delete(key);
  else sums.set(key, before - micros);
}
