import { Npi, Ton } from "../../protocols/smpp/index.ts";

const E164_DIGITS = /^\+?[1-9]\d{6,14}$/;
const SHORT_CODE = /^\d{1,6}$/;

/**
 * The number under which a phone is known: digits that can be an international
 * number get a `+`, whatever type of number the application gave them; short
 * codes and names stay as they are.
 */
export function phoneNumber(address: string): string {
  if (!E164_DIGITS.test(address)) return address;
  return address.startsWith("+") ? address : `+${address}`;
}

/** True for what a phone can have as its own number, or text to. */
export function isPhoneNumber(address: string): boolean {
  return E164_DIGITS.test(address) || SHORT_CODE.test(address);
}

/** An address as it stands in a PDU. */
export interface WireAddress {
  readonly ton: number;
  readonly npi: number;
  readonly digits: string;
}

/** How an address is written to the application: E.164 without its `+`, short codes as such, names as alphanumeric. */
export function wireAddress(address: string): WireAddress {
  if (E164_DIGITS.test(address)) return { ton: Ton.INTERNATIONAL, npi: Npi.ISDN, digits: address.replace("+", "") };
  if (SHORT_CODE.test(address)) return { ton: Ton.NETWORK_SPECIFIC, npi: Npi.UNKNOWN, digits: address };
  if (/^\d+$/.test(address)) return { ton: Ton.UNKNOWN, npi: Npi.ISDN, digits: address };
  return { ton: Ton.ALPHANUMERIC, npi: Npi.UNKNOWN, digits: address };
}
