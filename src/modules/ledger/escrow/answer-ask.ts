import type { Cell } from "../../../platform/cell/index.ts";
import type { BookTable, Book } from "../book/index.ts";
import { walletKey } from "../book/index.ts";
import type { EscrowAnswer, EscrowAsk } from "./protocol.ts";
import type { EscrowAsked } from "./records.ts";
import { isPlausible, MAX_SHARES, shareKey, type Share } from "./share.ts";

/** Money that is in a wallet and promised to nobody, this cell's own work on its way to the log included. */
export interface UnpromisedMoney {
  availableOf(wallet: string): number;
  /** Sets an amount aside until {@link cancel}; `false` where there is not so much. */
  setAside(id: string, wallet: string, amountMicros: number): boolean;
  cancel(id: string): void;
}

/** What the home of an account works with. */
export interface HomeDeps {
  readonly cell: () => Pick<Cell, "commit">;
  readonly book: Book;
  readonly shares: BookTable<Share>;
  /** Whether the account is at home in this cell now. */
  readonly isHome: (owner: string) => Promise<boolean>;
  /** Makes the account known to the book, as for its own work. */
  readonly prepare: (owner: string) => Promise<void> | undefined;
  readonly money: UnpromisedMoney;
  readonly leaseMs: number;
}

/**
 * Answers a cell that spends an account's money. What it is given is durable here before it
 * hears of it, and an ask that comes again is given nothing more: it is told the same totals.
 */
export async function answerAsk(deps: HomeDeps, ask: EscrowAsk): Promise<EscrowAnswer> {
  const { book, shares } = deps;
  const { owner, currency } = ask;
  if (!(await deps.isHome(owner))) return { kind: "not-home" };
  await deps.prepare(owner);
  if (book.tables.wallets.get(walletKey(owner, currency)) === undefined) return { kind: "not-home" };
  const share = shares.get(shareKey(ask));
  if (!isPlausible(share, ask) || (share === undefined && countShares(shares, owner) >= MAX_SHARES)) {
    return { kind: "not-home" };
  }
  if (ask.isFinal === true) return settleFinal(deps, ask, share !== undefined);
  const isNews = ask.spentMicros > (share?.spentMicros ?? 0) || ask.returnedMicros > (share?.returnedMicros ?? 0);
  const isNew = ask.ask > (share?.lastAsk ?? 0);
  if (isNews || isNew) await commit(deps, ask, isNew);
  const after = shares.get(shareKey(ask));
  if (after === undefined) return { kind: "not-home" };
  const { life, grantedMicros, spentMicros, returnedMicros, lastAsk } = after;
  return { kind: "share", life, grantedMicros, spentMicros, returnedMicros, lastAsk, leaseMs: deps.leaseMs };
}

/** An account that moved here settles with its former cell. What is not known was settled before. */
async function settleFinal(deps: HomeDeps, ask: EscrowAsk, isKnown: boolean): Promise<EscrowAnswer> {
  if (isKnown) await commit(deps, ask, false);
  const { life, spentMicros, returnedMicros } = ask;
  return { kind: "share", life, grantedMicros: 0, spentMicros, returnedMicros, lastAsk: 0, leaseMs: 0 };
}

async function commit(deps: HomeDeps, ask: EscrowAsk, isNew: boolean): Promise<void> {
  const { owner, currency } = ask;
  const wallet = walletKey(owner, currency);
  const left = Math.max(0, Math.min(ask.wantedMicros, deps.money.availableOf(wallet)));
  const id = `escrow ${shareKey(ask)} ${ask.ask}`;
  const offeredMicros = isNew && left > 0 && deps.money.setAside(id, wallet, left) ? left : 0;
  try {
    const record: EscrowAsked = { kind: "ledger.escrow-asked", ask, offeredMicros };
    await deps.cell().commit(record, "progress");
  } finally {
    deps.money.cancel(id);
  }
}

function countShares(shares: BookTable<Share>, owner: string): number {
  let count = 0;
  for (const share of shares.values()) if (share.owner === owner) count += 1;
  return count;
}
