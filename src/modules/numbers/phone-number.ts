import { countryOf, numberKind, regionOf } from "../../protocols/e164/index.ts";
import type { NumberConfiguration } from "./configuration.ts";
import { placeOf } from "./data/nanp-places.ts";
import { requirementOf } from "./data/requirements.ts";
import type { SenderKind } from "./directory.ts";

/** As what a number is found and bought. */
export const SOLD_KINDS = [
  "local",
  "mobile",
  "tollfree",
  "national",
  "voip",
  "sharedcost",
  "machinetomachine",
] as const;

/** As what a number is found and bought. Short codes cannot be bought: the operator assigns them. */
export type PhoneNumberKind = (typeof SOLD_KINDS)[number] | "shortcode";

/** As what a text goes out that is sent from a number of a kind. */
export function senderKindOf(kind: PhoneNumberKind): Exclude<SenderKind, "alphanumeric"> {
  if (kind === "tollfree" || kind === "shortcode" || kind === "mobile") return kind;
  return kind === "machinetomachine" ? "mobile" : "local";
}

/** Which address an account needs for a number: none, any, one near it, or one of another country. */
export type AddressRequirement = "none" | "any" | "local" | "foreign";

/** What the operator's configuration or an imported file says of a number. */
export interface ConfiguredNumber {
  /** In E.164, or a short code of 3 to 8 digits. */
  readonly number: string;
  readonly sms: boolean;
  readonly mms: boolean;
  readonly voice: boolean;
  readonly fax?: boolean | undefined;
  readonly beta?: boolean | undefined;
  /** ISO 3166-1 alpha-2; by the number's prefix where absent. */
  readonly country?: string | undefined;
  /** What the number itself says (toll-free, short code) goes first. */
  readonly type?: PhoneNumberKind | undefined;
  /** The account that has it. Without one it is free to buy. */
  readonly accountSid?: string | undefined;
  /** Nobody has it, also where the installation is new and all other numbers become the first account's. */
  readonly forSale?: boolean;
  /** State or province; by the area code where absent. */
  readonly region?: string | undefined;
  /** City; the main one of the area code where absent. */
  readonly locality?: string | undefined;
  readonly postalCode?: string | undefined;
  readonly rateCenter?: string | undefined;
  readonly lata?: string | undefined;
  readonly latitude?: number | undefined;
  readonly longitude?: number | undefined;
  /** By country and type where absent. */
  readonly addressRequirements?: AddressRequirement | undefined;
  /** Whether a regulatory bundle is needed; by country and type where absent. */
  readonly bundleRequired?: boolean | undefined;
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
  readonly fax: boolean;
  readonly beta: boolean;
  readonly locality: string | null;
  readonly postalCode: string | null;
  readonly rateCenter: string | null;
  readonly lata: string | null;
  readonly latitude: number | null;
  readonly longitude: number | null;
  readonly addressRequirements: AddressRequirement;
  readonly bundleRequired: boolean;
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
  /** `hosted`: its texts come here, its calls go to the carrier that it still belongs to. */
  readonly origin: "twilio" | "hosted";
  readonly configuration: NumberConfiguration;
}

/** What is known of a configured number, with what its digits and its country say. */
export function inventoryNumber(configured: ConfiguredNumber): InventoryNumber {
  const { number, sms, mms, voice, fax = false, beta = false } = configured;
  const isShortCode = !number.startsWith("+");
  const kind = isShortCode ? "shortcode" : kindOf(number, configured.type);
  const country = configured.country ?? (isShortCode ? undefined : countryOf(number)) ?? null;
  const place = kind === "local" || kind === "mobile" ? placeOf(number) : undefined;
  const rule = requirementOf(country, kind);
  return {
    number,
    country,
    region: configured.region ?? (isShortCode ? null : (regionOf(number) ?? null)),
    kind,
    sms,
    mms,
    voice,
    fax,
    beta,
    locality: configured.locality ?? place?.locality ?? null,
    postalCode: configured.postalCode ?? null,
    rateCenter: configured.rateCenter ?? null,
    lata: configured.lata ?? null,
    latitude: configured.latitude ?? place?.latitude ?? null,
    longitude: configured.longitude ?? place?.longitude ?? null,
    addressRequirements: configured.addressRequirements ?? rule.address,
    bundleRequired: configured.bundleRequired ?? rule.bundle,
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
