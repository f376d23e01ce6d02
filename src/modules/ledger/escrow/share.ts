import { type Book, type BookTable, walletKey } from "../book/index.ts";
import { MOVED, type EscrowAsk } from "./protocol.ts";

/** What the home set aside of a wallet for one life of one cell. Totals that only grow. */
export interface Share {
  readonly owner: string;
  readonly currency: string;
  readonly cell: string;
  readonly life: string;
  grantedMicros: number;
  spentMicros: number;
  returnedMicros: number;
  lastAsk: number;
  /** The wallet has moved here from that cell, when it had been charged so much: what the cell had accepted goes on there. */
  readonly baseMicros?: number;
}

/** The most shares of a wallet: cells, and former lives that never reported. */
export const MAX_SHARES = 64;

/** The key of a share. */
export function shareKey({
  owner,
  currency,
  cell,
  life,
}: Pick<EscrowAsk, "owner" | "currency" | "cell" | "life">): string {
  return `${owner} ${currency} ${cell} ${life}`;
}

/** What an ask came to. */
export interface ShareChange {
  readonly grantedMicros: number;
  readonly spentMicros: number;
  readonly returnedMicros: number;
}

const NOTHING: ShareChange = { grantedMicros: 0, spentMicros: 0, returnedMicros: 0 };

/** Whether a report says no more than can be: a cell that is wrong about itself moves no money. */
export function isPlausible(share: Readonly<Share> | undefined, ask: EscrowAsk): boolean {
  const { spentMicros, returnedMicros, isFinal, life } = ask;
  if (isFinal === true || life === MOVED) return isFinal === true && life === MOVED;
  return spentMicros + returnedMicros <= (share?.grantedMicros ?? 0);
}

/**
 * Takes in an ask at home: what is new in its totals, and `offeredMicros` more, once for each
 * number of an ask. Returns what changed. For a reducer.
 */
export function applyAsk(
  book: Book,
  shares: BookTable<Share>,
  { ask, offeredMicros }: { readonly ask: EscrowAsk; readonly offeredMicros: number },
  atMs: number,
): ShareChange {
  const wallet = walletKey(ask.owner, ask.currency);
  if (book.tables.wallets.get(wallet) === undefined) return NOTHING;
  const key = shareKey(ask);
  const before = shares.get(key);
  if (!isPlausible(before, ask)) return NOTHING;
  if (ask.isFinal === true)
    return before === undefined ? NOTHING : settleMoved(book, shares, { share: before, ask }, atMs);
  if (before === undefined) {
    const { owner, currency, cell, life } = ask;
    shares.put(key, { owner, currency, cell, life, grantedMicros: 0, spentMicros: 0, returnedMicros: 0, lastAsk: 0 });
  }
  const share = shares.edit(key);
  if (share === undefined) return NOTHING;
  const spentMicros = Math.max(0, ask.spentMicros - share.spentMicros);
  const returnedMicros = Math.max(0, ask.returnedMicros - share.returnedMicros);
  if (spentMicros > 0) {
    const { currency, cell } = ask;
    book.transfer(book.account("escrow", cell, currency), book.account("settled", cell, currency), spentMicros);
    share.spentMicros += spentMicros;
  }
  if (returnedMicros > 0) {
    book.credit(wallet, returnedMicros, { kind: "escrow", name: ask.cell }, atMs);
    share.returnedMicros += returnedMicros;
  }
  let grantedMicros = 0;
  if (ask.ask > share.lastAsk) {
    share.lastAsk = ask.ask;
    grantedMicros = offeredMicros;
    if (grantedMicros > 0 && book.withdraw(wallet, grantedMicros, { kind: "escrow", name: ask.cell }, atMs) !== "done")
      grantedMicros = 0;
    share.grantedMicros += grantedMicros;
  }
  return { grantedMicros, spentMicros, returnedMicros };
}

/** All is done that another cell had accepted before the wallet came from it: what it did not need comes back. */
function settleMoved(
  book: Book,
  shares: BookTable<Share>,
  { share, ask }: { readonly share: Readonly<Share>; readonly ask: EscrowAsk },
  atMs: number,
): ShareChange {
  const { owner, currency, cell, grantedMicros, baseMicros = 0 } = share;
  const wallet = walletKey(owner, currency);
  const charged = Math.max(0, ask.spentMicros - baseMicros);
  const spentMicros = Math.min(charged, grantedMicros);
  if (spentMicros > 0) {
    book.transfer(book.account("escrow", cell, currency), book.account("settled", cell, currency), spentMicros);
  }
  const returnedMicros = grantedMicros - spentMicros;
  if (returnedMicros > 0) book.credit(wallet, returnedMicros, { kind: "escrow", name: cell }, atMs);
  if (charged > spentMicros) book.claim(wallet, charged - spentMicros, { kind: "settled", name: cell }, atMs);
  shares.delete(shareKey(ask));
  // The lines of it are in the table as that cell wrote them, so that none is written for the difference.
  return NOTHING;
}
