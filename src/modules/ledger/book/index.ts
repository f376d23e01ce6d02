/** The book: double entry in integer micros, pure. See ../README.md. */
export { isAmount, MAX_MICROS, sideText, type Account, type AccountKind } from "./amounts.ts";
export { Book, type BookOptions } from "./book.ts";
export { PlainTable, type BookTable } from "./book-table.ts";
export { REMEMBERED_IDS, type IdPage } from "./recent-ids.ts";
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
  OPEN_TERMS,
  roomMicros,
  walletKey,
  worthMicros,
  type Grant,
  type Terms,
  type Wallet,
  type WalletMode,
} from "./wallet.ts";
