import { Npi, Ton } from "../../protocols/smpp/index.ts";
import { parseAddress } from "../../protocols/e164/index.ts";
import type { SmppAddress } from "./messaging-door.ts";

/** What `deliver_sm` has room for: 21 octets with the NUL (SMPP 3.4 §5.2.8). Receipts give addresses back as they came. */
const MAX_ADDRESS_CHARACTERS = 20;
/** Longer numbers are no short codes (3GPP TS 23.040 leaves the length open; this is what the API takes). */
const MAX_SHORT_CODE_DIGITS = 6;

/**
 * The address that an SMPP client means, as the API writes it: E.164 with a plus, a short
 * code, or a name. `undefined` where it cannot be told: a national number names no country.
 */
export function apiAddress({ ton, address }: SmppAddress): string | undefined {
  if (address === "" || address.length > MAX_ADDRESS_CHARACTERS) return undefined;
  if (ton === Ton.ALPHANUMERIC) return address;
  if (!/^\+?\d+$/.test(address)) return ton === Ton.UNKNOWN ? address : undefined;
  if (ton === Ton.NATIONAL || ton === Ton.SUBSCRIBER) return undefined;
  if (address.startsWith("+")) return address;
  if (ton === Ton.NETWORK_SPECIFIC || ton === Ton.ABBREVIATED) return address;
  if (ton === Ton.UNKNOWN && address.length <= MAX_SHORT_CODE_DIGITS) return address;
  return `+${address.startsWith("00") ? address.slice(2) : address}`;
}

/** An address of the API as it goes into a `deliver_sm`: numbers without the plus, as carriers write them. */
export function smppAddress(address: string): SmppAddress {
  const parsed = parseAddress(address);
  if (parsed.kind === "e164") return { ton: Ton.INTERNATIONAL, npi: Npi.ISDN, address: parsed.e164.slice(1) };
  if (parsed.kind === "short-code") return { ton: Ton.NETWORK_SPECIFIC, npi: Npi.UNKNOWN, address: parsed.code };
  return { ton: Ton.ALPHANUMERIC, npi: Npi.UNKNOWN, address: address.slice(0, MAX_ADDRESS_CHARACTERS) };
}
