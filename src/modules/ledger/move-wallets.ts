import { type Book, type Member, type Wallet, walletKey } from "./book/index.ts";
import { MOVED, shareKey, type Share } from "./escrow/index.ts";
import type { WalletsArrived, WalletsLeft } from "./records.ts";
import type { LedgerState } from "./state.ts";

/** What of a main account moves: see {@link arrive}. */
export interface MovingLedger {
  readonly wallets: readonly Wallet[];
  readonly members: readonly (readonly [accountSid: string, member: Member])[];
  readonly shares: readonly Share[];
}

/** All of a main account's money here. */
export function listMoving(state: LedgerState, owner: string): MovingLedger {
  const ofOwner = (each: { readonly owner: string }): boolean => each.owner === owner;
  const members: [string, Member][] = [];
  for (const sid of state.members.keys()) {
    const member = state.members.get(sid);
    if (member !== undefined && ofOwner(member)) members.push([sid, member]);
  }
  return {
    wallets: [...state.wallets.values()].filter((wallet) => ofOwner(wallet) && wallet.mode !== "lease"),
    members,
    shares: [...state.shares.values()].filter(ofOwner),
  };
}

/**
 * Takes in the wallets of an account that moves here. The cell that they come from goes on
 * with the work that it had accepted: what was held for that stays set aside as that cell's
 * share, until it tells what it charged.
 */
export function arrive(state: LedgerState, book: Book, record: WalletsArrived, atMs: number): void {
  for (const share of record.shares) state.shares.put(shareKey(share), share);
  for (const [sid, member] of record.members) state.members.put(sid, member);
  for (const wallet of record.wallets) {
    const { owner, currency, heldMicros, chargedMicros } = wallet;
    const key = walletKey(owner, currency);
    book.move(key, { ...wallet, heldMicros: 0 });
    const share = { owner, currency, cell: record.from, life: MOVED, spentMicros: 0, returnedMicros: 0, lastAsk: 0 };
    state.shares.put(shareKey(share), { ...share, grantedMicros: heldMicros, baseMicros: chargedMicros });
    if (heldMicros > 0) book.withdraw(key, heldMicros, { kind: "escrow", name: record.from }, atMs);
  }
}

/** Forgets the wallets of an account that has left, or whose move was called off, but for what its home has to hear. */
export function leave(state: LedgerState, book: Book, { owner, accountSids }: WalletsLeft): void {
  const { wallets, shares } = listMoving(state, owner);
  const keys = new Set(wallets.map((wallet) => walletKey(wallet.owner, wallet.currency)));
  for (const [id, hold] of book.openHolds()) if (keys.has(hold.wallet)) state.holds.delete(id);
  for (const wallet of wallets) {
    const key = walletKey(wallet.owner, wallet.currency);
    const { currency, chargedMicros } = wallet;
    state.departures.put(key, { owner, currency, chargedMicros });
    book.move(key, undefined);
  }
  for (const share of shares) state.shares.delete(shareKey(share));
  for (const sid of accountSids) state.members.delete(sid);
}
