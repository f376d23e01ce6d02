/** A line of `GET /trunkline/v1/Ledger/Lines`. */
export interface LedgerLine {
  readonly id: string;
  readonly date: string;
  readonly kind: "charge" | "cost" | "credit";
  readonly account_sid: string;
  readonly category: string;
  /** Decimal, in `currency`; what an account is charged is below zero. */
  readonly amount: string;
  readonly currency: string;
  readonly count: number;
  readonly resource_sid: string | null;
  readonly country: string | null;
  readonly carrier: string | null;
  readonly outcome: string | null;
  readonly reason: string | null;
}

/** A sum of `GET /trunkline/v1/Ledger/Breakdown`: the dimensions asked for, and what was added up. */
export interface LedgerSum {
  readonly kind: "charge" | "cost" | "credit";
  readonly currency: string;
  readonly lines: number;
  readonly count: number;
  readonly usage: number;
  readonly amount: string;
  readonly [dimension: string]: string | number | null;
}

/** What a breakdown can be by. */
export const BREAKDOWNS = [
  { value: "category", label: "Product" },
  { value: "country", label: "Country" },
  { value: "carrier", label: "Carrier" },
  { value: "account", label: "Account" },
] as const;

/** The same for somebody: carriers are shown for the operator's account alone. */
export function breakdownsFor({ isOperators }: { readonly isOperators: boolean }) {
  return isOperators ? BREAKDOWNS : BREAKDOWNS.filter(({ value }) => value !== "carrier");
}

/** A decimal amount in micros, exactly. Amounts have at most six places. */
export function microsOf(amount: string): number {
  const [, sign = "", whole = "0", places = ""] = /^(-?)(\d+)(?:\.(\d{1,6}))?$/.exec(amount.trim()) ?? [];
  const micros = Number(whole) * 1_000_000 + Number(places.padEnd(6, "0"));
  return sign === "-" && micros !== 0 ? -micros : micros;
}

/** One bar of a breakdown. */
export interface SpendRow {
  readonly name: string;
  readonly micros: number;
  readonly currency: string;
  readonly count: number;
  /** Of the largest of its currency, from 0 to 1. */
  readonly share: number;
}

/** What was spent, the largest first. Credits and, for charges, costs are left out. */
export function spendRows(sums: readonly LedgerSum[], by: string, kind: "charge" | "cost"): readonly SpendRow[] {
  const rows = sums
    .filter((sum) => sum.kind === kind)
    .map((sum) => ({
      name: String(sum[by] ?? "") || "none",
      micros: Math.abs(microsOf(sum.amount)),
      currency: sum.currency,
      count: sum.count,
    }))
    .toSorted((left, right) => right.micros - left.micros);
  const largest = new Map<string, number>();
  for (const { currency, micros } of rows) largest.set(currency, Math.max(micros, largest.get(currency) ?? 0));
  return rows.map((row) => ({ ...row, share: row.micros / Math.max(1, largest.get(row.currency) ?? 0) }));
}

const DAY_MS = 86_400_000;

/** From when on a span of the page reaches. */
export function startOf(span: string, nowMs: number): string {
  const now = new Date(nowMs);
  if (span === "month") return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1)).toISOString();
  return new Date(nowMs - (span === "day" ? 1 : 30) * DAY_MS).toISOString();
}
