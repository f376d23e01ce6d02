import type { ApplyContext } from "../../platform/cell/index.ts";
import { type Book, walletKey } from "./book/index.ts";
import type { LineWriter } from "./line-writer.ts";
import type { Credited } from "./records.ts";
import type { LedgerState } from "./state.ts";

/** How a credit ended. `conflict`: its id stands for another one. `refused`: the wallet cannot take, or give, so much. */
export type CreditOutcome =
  | { readonly kind: "done" | "repeated"; readonly lineId: string }
  | { readonly kind: "conflict" | "refused" };

/** The key of a client's id: nobody else's ids can be in its way. */
export function referenceKey(owner: string, id: string): string {
  return `${owner} ${id}`;
}

/** Gives or takes what an operator said, once for each id. */
export function applyCredit(
  { state, book, lines }: { readonly state: LedgerState; readonly book: Book; readonly lines: LineWriter },
  record: Credited,
  context: ApplyContext,
): CreditOutcome {
  const { owner, currency, accountSid, id, fingerprint, amountMicros } = record;
  const reference = referenceKey(owner, id);
  const before = state.references.get(reference);
  if (before !== undefined) {
    return before.fingerprint === fingerprint ? { kind: "repeated", lineId: before.lineId } : { kind: "conflict" };
  }
  book.join(owner, { owner, currency: state.members.get(owner)?.currency ?? currency, isLease: false });
  const key = book.openWallet(owner, currency);
  if (moveMoney(book, key, record, context.atMs) !== "done") return { kind: "refused" };
  const wallet = state.wallets.get(walletKey(owner, currency));
  if (wallet === undefined) return { kind: "refused" };
  const isRefund = record.credit === "refund";
  const lineId = lines.addCredit(context, wallet, {
    // A refund takes back a charge, so that what was charged for a thing is one sum.
    kind: isRefund ? "charge" : "credit",
    category: record.credit,
    amountMicros: isRefund ? -amountMicros : amountMicros,
    ref: id,
    accountSid,
    resourceSid: record.resourceSid,
    reason: record.reason,
  });
  const kind = record.credit;
  state.references.put(reference, { key: reference, accountSid: owner, kind, fingerprint, lineId, atMs: context.atMs });
  return { kind: "done", lineId };
}

function moveMoney(book: Book, key: string, record: Credited, atMs: number): "done" | "refused" {
  const { credit, id, amountMicros, priority = 0, endsMs = 0 } = record;
  if (credit === "grant") return book.grant(key, { id, priority, endsMs, grantedMicros: amountMicros }, atMs);
  if (credit === "top-up") return book.credit(key, amountMicros, "cash", atMs);
  if (credit === "refund") return book.credit(key, amountMicros, "revenue", atMs);
  if (amountMicros >= 0) return book.credit(key, amountMicros, "adjustments", atMs);
  return book.withdraw(key, -amountMicros, "adjustments", atMs);
}
