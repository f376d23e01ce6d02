import { countryOf, numberKind, regionOf } from "../../protocols/e164/index.ts";
import type { NumberConfiguration } from "./configuration.ts";

/** As what a number is found and bought. Short codes cannot be bought: the operator assigns them. */
export type PhoneNumberKind = "local" | "mobile" | "tollfree" | "shortcode";

/** What the operator's configuration says of a number. */
export interface ConfiguredNumber {
  /** In E.164, or a short code of 3 to 8 digits. */
  readonly number: string;
  readonly sms: boolean;
  readonly mms: boolean;
  readonly voice: boolean;
  /** ISO 3166-1 alpha-2; by the number's prefix where absent. */
  readonly country?: string | undefined;
  /** What the number itself says (toll-free, short code) goes first. */
  readonly type?: PhoneNumberKind | undefined;
  /** The account that has it. Without one it is free to buy. */
  readonly accountSid?: string | undefined;
}

/** A number of the operator's inventory. */
export interface InventoryNumber {
  readonly number: string;
  readonly country: string | null;
  /** State or province in the United States and Canada. */
  readonly region: string | null;
  readonly kind: PhoneNumberKind;
  readonly sms: boolean;
  readonly mms: boolean;
  readonly voice: boolean;
}

/** A number that an account has. */
export interface OwnedNumber extends InventoryNumber {
  /** `PN…`, or `SC…` for a short code. A new one each time the number gets an owner. */
  readonly sid: string;
  readonly accountSid: string;
  readonly createdMs: number;
  readonly updatedMs: number;
  /** Grows with every change of the number's row. */
  readonly revision: number;
  readonly configuration: NumberConfiguration;
}

/** What is known of a configured number, with what its digits say. */
export function inventoryNumber(configured: ConfiguredNumber): InventoryNumber {
  const { number, sms, mms, voice, country } = configured;
  const isShortCode = !number.startsWith("+");
  return {
    number,
    country: country ?? (isShortCode ? null : (countryOf(number) ?? null)),
    region: isShortCode ? null : (regionOf(number) ?? null),
    kind: isShortCode ? "shortcode" : kindOf(number, configured.type),
    sms,
    mms,
    voice,
  };
}

function kindOf(number: string, type: PhoneNumberKind | undefined): PhoneNumberKind {
  if (numberKind(number) === "toll-free") return "tollfree";
  return type === undefined || type === "shortcode" ? "local" : type;
}

/** What a SID of a number of this kind begins with. */
export function sidPrefixOf(number: string): "PN" | "SC" {
  return number.startsWith("+") ? "PN" : "SC";
}

const NORTH_AMERICAN = /^\+1(\d{3})(\d{3})(\d{4})$/;

/** A number's friendly name until another is given: `(500) 555-0100`, elsewhere the number itself. */
export function formatNumber(number: string): string {
  return number.replace(NORTH_AMERICAN, "($1) $2-$3");
}
