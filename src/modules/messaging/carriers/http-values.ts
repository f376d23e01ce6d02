import { gsm7Septets } from "../../../protocols/gsm7/index.ts";

const MIN_INTERNATIONAL_DIGITS = 8;

/** An address as a carrier wrote it, in E.164 where it looks like a number of a country. */
export function publicAddress(address: string): string {
  const bare = address.trim();
  if (!/^(00)?[\d() .-]+$/.test(bare)) return bare;
  const digits = bare.replace(/\D/g, "").replace(/^00/, "");
  return digits.length >= MIN_INTERNATIONAL_DIGITS ? `+${digits}` : digits;
}

/** Whether a text can be written in the default alphabet of GSM. */
export function isGsm7(text: string): boolean {
  return gsm7Septets(text) !== undefined;
}

/** A date as receipts have it, `YYMMDDhhmm` in UTC (SMPP 3.4 Appendix B), of that, of ISO 8601, or of an RFC 9110 date. */
export function doneDateOf(text: string | undefined): string | undefined {
  if (text === undefined || text === "" || text.length > 40) return undefined;
  if (/^\d{10}(\d{2})?$/.test(text)) return text;
  // A date without a zone is UTC here, whatever the machine's zone is.
  const zoned = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?$/.test(text) ? `${text.replace(" ", "T")}Z` : text;
  const ms = Date.parse(zoned.replace(/([+-]\d\d)(\d\d)$/, "$1:$2"));
  if (Number.isNaN(ms) || ms < 0) return undefined;
  return new Date(ms).toISOString().slice(2, 16).replace(/\D/g, "");
}
