import { TABLE_FORMAT, type TableDocument } from "./document.ts";

/** A carrier of the settings, as far as routing knows it. */
export interface SettingsCarrier {
  readonly name: string;
  /** E.164 digits without plus; empty for all numbers. */
  readonly prefixes: readonly string[];
  /** Lower is asked first. */
  readonly priority: number;
}

/**
 * The table that follows from the settings while none was published: the longest prefix,
 * then the lowest priority, then the order of the settings. Health only tells the usable
 * ones from the others.
 */
export function tableFromCarriers(carriers: readonly SettingsCarrier[]): TableDocument {
  return {
    format: TABLE_FORMAT,
    currency: "USD",
    order: ["specificity", "priority"],
    weights: { price: 0, priority: 0, deliveryRatio: 0, acceptRatio: 0, receiptLatency: 0 },
    carriers: carriers.map(({ name }) => ({ name })),
    inputs: [{ name: "order of the settings", weight: 1, values: carriers.map((_, index) => -index) }],
    routes: carriers.map(({ name, prefixes, priority }) => ({
      carrier: name,
      priority,
      ...(prefixes.length === 0 ? {} : { prefixes }),
    })),
  };
}
