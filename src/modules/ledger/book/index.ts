/** The book: double entry in integer micros, pure. See ../README.md. */
export { isAmount, sideText, type Account, type AccountKind } from "./amounts.ts";
export { Book, type BookOptions } from "./book.ts";
export type { BookTable } from "./book-table.ts";
export type { IdPage } from "./recent-ids.ts";
export type {
  Applied,
  BookSink,
  BookTables,
  CapPeriod,
  CostRequest,
  Hold,
  HoldRequest,
  Member,
  PostRequest,
  Shares,
} from "./types.ts";
export {
  availableMicros,
  emptyWallet,
  LEASE_TERMS,
  leaseKey,
  leftMicros,
  MAX_ALERTS,
  MAX_GRANTS,
  walletKey,
  worthMicros,
  type Grant,
  type Terms,
  type Wallet,
  type WalletMode,
} from "./wallet.ts";
