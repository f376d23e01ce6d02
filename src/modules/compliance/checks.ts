import { AppError } from "../../kernel/errors.ts";
import { isSid } from "../../kernel/ids.ts";
import { KNOWN_COUNTRIES, parseAddress } from "../../protocols/e164/index.ts";
import { complianceErrors } from "./errors.ts";

const COUNTRIES = new Set(KNOWN_COUNTRIES);

/** The country in capitals. Throws for what is none. */
export function countryCode(text: string): string {
  const country = text.toUpperCase();
  if (!COUNTRIES.has(country)) throw new AppError(complianceErrors.countryUnknown, { value: text.slice(0, 20) });
  return country;
}

/** A Messaging Service, a sender, or the account itself, in canonical form. Throws where it is not the account's. */
export function scopeOf(
  { ownsScope }: { readonly ownsScope: (accountSid: string, scope: string) => boolean },
  accountSid: string,
  text: string,
): string {
  const scope = canonicalScope(text);
  if (scope !== undefined && (scope === accountSid || ownsScope(accountSid, scope))) return scope;
  throw new AppError(complianceErrors.scopeInvalid, { value: text.slice(0, 40) });
}

function canonicalScope(text: string): string | undefined {
  if (isSid(text, "MG") || isSid(text, "AC")) return text;
  const address = parseAddress(text);
  if (address.kind === "e164") return address.e164;
  if (address.kind === "short-code") return address.code;
  return address.kind === "alphanumeric" ? address.sender : undefined;
}

/** A recipient in E.164, or `undefined`. */
export function recipientOf(text: string): string | undefined {
  const address = parseAddress(text);
  return address.kind === "e164" ? address.e164 : undefined;
}
