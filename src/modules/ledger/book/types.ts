import type { Account, AccountKind } from "./amounts.ts";
import type { BookTable } from "./book-table.ts";
import type { IdPage } from "./recent-ids.ts";
import type { Grant, Wallet } from "./wallet.ts";

/** Over which stretch a spending cap counts: a calendar month in UTC, or for ever. */
export type CapPeriod = "month" | "total";

/** An account, and whose wallet it spends. */
export interface Member {
  /** The main account. */
  readonly owner: string;
  /** In which currency it pays. */
  readonly currency: string;
  /** The key of its wallet in that currency. */
  readonly wallet: string;
  /** Nobody has said yet whose subaccount it is: it was charged before it was asked about. */
  readonly assumed?: true;
  /** What a subaccount may spend of the wallet; `null` for all of it. */
  capMicros: number | null;
  capPeriod: CapPeriod;
  /** The month that is counted, as months since year 0; 0 before the first. */
  capMonth: number;
  capSpentMicros: number;
  capHeldMicros: number;
}

/** An amount set aside. It leaves memory when it is closed. */
export interface Hold {
  readonly accountSid: string;
  /** The key of the wallet. */
  readonly wallet: string;
  /** What was asked for. */
  readonly askedMicros: number;
  /** What of it is set aside in the wallet: less than what was asked for where the work was accepted without it. */
  coveredMicros: number;
  readonly expiresAtMs: number;
  /** The ids of lines that were posted while it stays open. */
  posted?: string[];
}

/** Where a book stands. */
export interface BookTables {
  readonly wallets: BookTable<Wallet>;
  readonly members: BookTable<Member>;
  readonly holds: BookTable<Hold>;
  readonly accounts: BookTable<Account>;
  readonly ids: BookTable<IdPage>;
}

/** What is told while an operation runs. */
export interface BookSink {
  /** The line at `index` of a post was booked, out of this wallet. */
  charged(index: number, wallet: Readonly<Wallet>, shares: Shares): void;
  /** A grant ended, and so much of it was not spent. */
  grantExpired(key: string, grant: Readonly<Grant>, amountMicros: number): void;
  /** No more is left of a wallet than one of its thresholds. */
  fellTo(key: string, wallet: Readonly<Wallet>, thresholdMicros: number): void;
  /** An id came again with other content; nothing was done. */
  refused(operation: "hold" | "charge" | "cost", id: string): void;
}

/** How a charge was paid; the rest came out of the balance. */
export interface Shares {
  readonly grantsMicros: number;
  readonly owedMicros: number;
}

/** What is to be set aside. */
export interface HoldRequest {
  readonly id: string;
  readonly accountSid: string;
  readonly currency: string;
  readonly amountMicros: number;
  readonly expiresAtMs: number;
}

/** What is to be charged. */
export interface PostRequest {
  readonly holdId?: string;
  readonly keepsHold?: true;
  readonly accountSid: string;
  readonly currency: string;
  readonly lines: readonly { readonly id: string; readonly amountMicros: number }[];
}

/** What a carrier asks for. */
export interface CostRequest {
  readonly id: string;
  readonly carrier: string;
  readonly currency: string;
  readonly amountMicros: number;
}

/** `repeated`: it had happened before, and changed nothing. `conflict`: the id stands for something else. */
export type Applied = "done" | "repeated" | "conflict";

/** The operator's account on the other side of a wallet's: the one of its kind and currency, or that of a cell. */
export type Party = AccountKind | { readonly kind: AccountKind; readonly name: string };
