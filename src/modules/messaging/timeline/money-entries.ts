import type { TimelineEntry } from "./entry.ts";
import type { Story } from "./story.ts";

/** What the account paid for it, and, for the operator, what carriers ask. */
export async function moneyEntries({ message, sources, isOperator }: Story): Promise<TimelineEntry[]> {
  if (sources.linesOf === undefined) {
    if (message.priceMicros === undefined) return [];
    const data = { amount_micros: message.priceMicros, currency: message.priceUnit ?? null };
    return [{ atMs: undefined, kind: "money", kept: false, data }];
  }
  const lines = await sources.linesOf(message.sid);
  return lines
    .filter(({ kind }) => isOperator || kind !== "cost")
    .map((line) => ({
      atMs: line.atMs,
      kind: "money",
      kept: true,
      data: {
        line: line.kind,
        category: line.category,
        amount_micros: line.amountMicros,
        currency: line.currency,
        count: line.count,
        usage: line.usage,
        usage_unit: line.usageUnit === "" ? null : line.usageUnit,
        attempt: line.attempt,
        ...(isOperator ? { carrier: line.carrier, outcome: line.outcome } : {}),
      },
    }));
}
