import { parseAddress } from "../../protocols/e164/index.ts";

/** An address without the leading plus. */
export function bareAddress(address: string): string {
  return address.startsWith("+") ? address.slice(1) : address;
}

/** A sender or recipient in the one form it is stored in, or `undefined` where it is none that SMS knows. */
export function canonicalAddress(text: string): string | undefined {
  const address = parseAddress(text);
  if (address.kind === "e164") return address.e164;
  if (address.kind === "short-code") return address.code;
  return address.kind === "alphanumeric" ? address.sender : undefined;
}
