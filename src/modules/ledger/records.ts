/** The ledger's own records in the cell's log. What products charge comes to it as facts of their records. */
import type { CellRecord } from "../../platform/cell/index.ts";
import type { CapPeriod, Member, Terms, Wallet } from "./book/index.ts";
import type { Share } from "./escrow/index.ts";

/** It became known whose wallet an account spends. */
export interface AccountJoined extends CellRecord {
  readonly kind: "ledger.joined";
  readonly accountSid: string;
  readonly owner: string;
  readonly currency: string;
  /** The wallet is at home in another cell: what is leased of it is spent. */
  readonly isLease?: true;
}

/** The operator set the terms of a main account's wallet; its accounts pay in this currency from now on. */
export interface TermsChanged extends CellRecord {
  readonly kind: "ledger.terms-changed";
  readonly owner: string;
  readonly currency: string;
  readonly terms: Terms;
}

/** A subaccount may spend so much of the wallet; `null`: all of it. */
export interface CapChanged extends CellRecord {
  readonly kind: "ledger.cap-changed";
  readonly accountSid: string;
  readonly capMicros: number | null;
  readonly period: CapPeriod;
}

/** What a credit is. */
export type CreditKind = "top-up" | "adjustment" | "refund" | "grant";

/** Money or credit was given, or with an adjustment below 0 taken. */
export interface Credited extends CellRecord {
  readonly kind: "ledger.credited";
  readonly credit: CreditKind;
  /** The client's id, or one made for it. */
  readonly id: string;
  readonly fingerprint: string;
  readonly owner: string;
  readonly accountSid: string;
  readonly currency: string;
  readonly amountMicros: number;
  readonly reason: string;
  /** What a refund is for, where it is for something. */
  readonly resourceSid: string | null;
  /** Of a grant. */
  readonly priority?: number;
  readonly endsMs?: number;
}

/** Time passed: these holds are given back, and grants of these wallets have ended. */
export interface TimesPassed extends CellRecord {
  readonly kind: "ledger.times-passed";
  readonly holds: readonly string[];
  readonly wallets: readonly string[];
}

/** What came of a main account from another cell. */
export interface WalletsArrived extends CellRecord {
  readonly kind: "ledger.arrived";
  /** The cell that they come from. */
  readonly from: string;
  readonly wallets: readonly Wallet[];
  readonly members: readonly (readonly [accountSid: string, member: Member])[];
  readonly shares: readonly Share[];
}

/** Everything of these accounts is forgotten here. */
export interface WalletsLeft extends CellRecord {
  readonly kind: "ledger.left";
  readonly owner: string;
  readonly accountSids: readonly string[];
}

/** The new home of an account has heard what it was charged here. */
export interface DepartureSettled extends CellRecord {
  readonly kind: "ledger.departure-settled";
  readonly key: string;
  readonly chargedMicros: number;
}
