/** An invoice: what a main account and its subaccounts were charged and given in a month, in one currency. */

/** Lines of the ledger that say the same but for their time and resource, added up. */
export interface InvoiceLine {
  readonly kind: "charge" | "credit";
  readonly accountSid: string;
  readonly category: string;
  /** Empty where the lines have none; so are the next two. */
  readonly country: string;
  readonly network: string;
  readonly carrier: string;
  readonly count: number;
  readonly usage: number;
  readonly usageUnit: string;
  /** As the ledger's lines have it: a charge to pay is positive, and so is a credit that was given. */
  readonly amountMicros: number;
  /** The part of a charge that credit grants paid. */
  readonly grantsMicros: number;
  /** How many lines of the ledger it is. */
  readonly lines: number;
}

/** The same for an account: by which of his carriers its messages left is the operator's affair. Lines that differ by nothing else become one. */
export function withoutCarriers(lines: readonly InvoiceLine[]): InvoiceLine[] {
  const merged = new Map<string, InvoiceLine>();
  for (const line of lines) {
    const { kind, accountSid, category, country, network, usageUnit } = line;
    const key = JSON.stringify([kind, accountSid, category, country, network, usageUnit]);
    const before = merged.get(key);
    merged.set(key, before === undefined ? { ...line, carrier: "" } : addedUp(before, line));
  }
  return [...merged.values()];
}

function addedUp(before: InvoiceLine, line: InvoiceLine): InvoiceLine {
  return {
    ...before,
    count: before.count + line.count,
    usage: before.usage + line.usage,
    amountMicros: before.amountMicros + line.amountMicros,
    grantsMicros: before.grantsMicros + line.grantsMicros,
    lines: before.lines + line.lines,
  };
}

/** What a month came to. */
export interface InvoicePeriod {
  /** `2026-01`. */
  readonly period: string;
  readonly currency: string;
  /** What was left of all credits before all charges of earlier months; negative where the account owed. */
  readonly openingMicros: number;
  readonly chargesMicros: number;
  readonly grantsUsedMicros: number;
  readonly creditsMicros: number;
  readonly lines: number;
}

export interface Invoice extends InvoicePeriod {
  /** The main account. */
  readonly accountSid: string;
  /** Whether the month is over: an open one still grows. */
  readonly status: "open" | "closed";
  readonly items: readonly InvoiceLine[];
}

/** Opening balance, plus credits, less charges. */
export function closingMicros({ openingMicros, creditsMicros, chargesMicros }: InvoicePeriod): number {
  return openingMicros + creditsMicros - chargesMicros;
}

/** The same for the same account, month and currency, whenever it is asked for. */
export function invoiceNumber({ accountSid, period, currency }: Invoice): string {
  return `${accountSid}-${period}-${currency}`;
}

/** Whether a month lies behind a moment, in UTC. */
export function isOver(period: string, nowMs: number): boolean {
  return new Date(nowMs).toISOString().slice(0, 7) > period;
}

const PERIOD = /^\d{4}-(0[1-9]|1[0-2])$/;

/** Whether a text is a month such as `2026-01`. */
export function isPeriod(text: string): boolean {
  return PERIOD.test(text);
}
