/** An amount of money in micros of a currency: `$0.0079`, at least two and at most six digits behind the point. */
export function formatMoney(micros: number, currency: string): string {
  try {
    return new Intl.NumberFormat(undefined, {
      style: "currency",
      currency: currency.toUpperCase(),
      minimumFractionDigits: 2,
      maximumFractionDigits: 6,
    }).format(micros / 1_000_000);
  } catch {
    return `${micros / 1_000_000} ${currency}`;
  }
}

const FULL = new Intl.NumberFormat();
const SHORT = new Intl.NumberFormat(undefined, { notation: "compact", maximumFractionDigits: 1 });

/** `1,234`, or `1.2K` when short. */
export function formatCount(value: number, isShort = false): string {
  return (isShort ? SHORT : FULL).format(value);
}
