import { STANDARD_LIST, type PriceHead, type PriceRow } from "./document.ts";
import { readRow } from "./read-row.ts";

/**
 * The table that holds until the operator activates one of their own: list prices of
 * Trunkline's own making in US dollars, so that everything has a price on a first day.
 * They are illustrative: no carrier's tariff, and no other platform's list.
 */
export const DEFAULT_HEAD: PriceHead = {
  list: STANDARD_LIST,
  currency: "USD",
  // Millionths of the other currency for a dollar: round numbers, illustrative too.
  rates: { AUD: 1_500_000, CAD: 1_350_000, EUR: 900_000, GBP: 800_000, INR: 84_000_000, JPY: 150_000_000 },
};

/** Country: a text out, a text in where there are numbers, and a local number for a month. */
const COUNTRIES: Readonly<Record<string, readonly [out: string, into?: string, month?: string]>> = {
  US: ["0.008", "0.008", "1.15"],
  CA: ["0.008", "0.008", "1.15"],
  GB: ["0.042", "0.0075", "1.15"],
  IE: ["0.065", "0.0075", "3"],
  DE: ["0.09", "0.01", "1.5"],
  FR: ["0.075", "0.01", "1.5"],
  ES: ["0.068", "0.0075", "1.5"],
  PT: ["0.05", "0.0075", "3"],
  IT: ["0.08", "0.0075", "3"],
  NL: ["0.095", "0.01", "3"],
  BE: ["0.1", "0.01", "1.5"],
  LU: ["0.085"],
  AT: ["0.08", "0.01", "1.5"],
  CH: ["0.07", "0.01", "3"],
  DK: ["0.05", "0.0075", "3"],
  SE: ["0.055", "0.0075", "3"],
  NO: ["0.055", "0.0075", "3"],
  FI: ["0.075", "0.01", "3"],
  PL: ["0.035", "0.0075", "3"],
  CZ: ["0.06", "0.0075", "3"],
  SK: ["0.075"],
  HU: ["0.075", "0.01", "3"],
  RO: ["0.065", "0.01", "3"],
  BG: ["0.09"],
  GR: ["0.06", "0.01", "3"],
  HR: ["0.075"],
  EE: ["0.075", "0.0075", "3"],
  LV: ["0.065"],
  LT: ["0.045", "0.0075", "3"],
  TR: ["0.03"],
  UA: ["0.11"],
  IL: ["0.2", "0.0075", "4"],
  AE: ["0.09"],
  SA: ["0.12"],
  ZA: ["0.075", "0.0075", "2"],
  NG: ["0.3"],
  KE: ["0.15"],
  EG: ["0.25"],
  IN: ["0.065"],
  PK: ["0.35"],
  ID: ["0.4"],
  MY: ["0.1", "0.01", "4"],
  SG: ["0.045", "0.0075", "4"],
  TH: ["0.028"],
  PH: ["0.18"],
  VN: ["0.12"],
  JP: ["0.08", "0.01", "5"],
  KR: ["0.045"],
  HK: ["0.06", "0.0075", "5"],
  TW: ["0.06"],
  AU: ["0.04", "0.0075", "3"],
  NZ: ["0.1", "0.01", "3.15"],
  BR: ["0.06", "0.0075", "4"],
  MX: ["0.09", "0.0075", "3"],
  AR: ["0.08"],
  CL: ["0.06", "0.0075", "5"],
  CO: ["0.055"],
  PE: ["0.06"],
};

/** Networks of the United States that add a fee: MCC and MNC, name, and the fee for a segment out and in. */
const US_NETWORKS: readonly (readonly [code: string, name: string, out: string, into: string])[] = [
  ["310410", "AT&T", "0.003", "0"],
  ["310260", "T-Mobile", "0.003", "0.0025"],
  ["311480", "Verizon", "0.003", "0"],
  ["311580", "U.S. Cellular", "0.005", "0.0025"],
];
/** For a handset whose network is not known. */
const US_OTHER_FEE = "0.003";

const CATEGORIES: Readonly<Record<string, string>> = {
  lookups: "0.005",
  "webhook-retries": "0",
  "phonenumbers-setups": "0",
  shortcodes: "500",
};

/** The rows of the table. */
export function defaultRows(): PriceRow[] {
  const rows: PriceRow[] = [];
  const add = (values: Parameters<typeof readRow>[0]): void => void rows.push(readRow(values, `row ${rows.length}`));
  for (const [country, [out, into, month]] of Object.entries(COUNTRIES)) {
    add({ item: "message", channel: "sms", direction: "outbound", country, price: out });
    if (into === undefined || month === undefined) continue;
    add({ item: "message", channel: "sms", direction: "inbound", country, price: into });
    add({ item: "number", country, sender: "local", price: month });
    add({ item: "number", country, sender: "mobile", price: month });
  }
  for (const country of ["US", "CA"]) {
    add({ item: "number", country, sender: "tollfree", price: "2.15" });
    add({ item: "message", channel: "mms", direction: "outbound", country, price: "0.02" });
    add({ item: "message", channel: "mms", direction: "inbound", country, price: "0.015" });
  }
  for (const [network, name, out, into] of US_NETWORKS) {
    const place = { item: "carrier-fee", channel: "sms", country: "US", network, name };
    add({ ...place, direction: "outbound", price: out });
    if (into !== "0") add({ ...place, direction: "inbound", price: into });
  }
  add({ item: "carrier-fee", channel: "sms", direction: "outbound", country: "US", price: US_OTHER_FEE });
  // What makes sure that a first text to anywhere has a price.
  add({ item: "message", channel: "sms", direction: "outbound", price: "0.15" });
  add({ item: "message", channel: "sms", direction: "inbound", price: "0.0075" });
  add({ item: "message", channel: "mms", direction: "outbound", price: "0.3" });
  add({ item: "message", channel: "mms", direction: "inbound", price: "0.02" });
  add({ item: "failed", channel: "sms", direction: "outbound", price: "0.001" });
  add({ item: "failed", channel: "mms", direction: "outbound", price: "0.001" });
  for (const [category, price] of Object.entries(CATEGORIES)) add({ item: "category", category, price });
  return rows;
}
