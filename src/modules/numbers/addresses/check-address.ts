import { AppError } from "../../../kernel/errors.ts";
import type { AddressContent } from "./address.ts";
import { addressErrors } from "./errors.ts";

/** Forms of postal codes, after the Universal Postal Union's addressing guides. Letters are capitals, spaces as shown. */
const POSTAL_CODES: Readonly<Record<string, RegExp>> = {
  AT: /^\d{4}$/,
  AU: /^\d{4}$/,
  BE: /^\d{4}$/,
  BR: /^\d{5}-?\d{3}$/,
  CA: /^[ABCEGHJ-NPRSTVXY]\d[A-Z] \d[A-Z]\d$/,
  CH: /^\d{4}$/,
  DE: /^\d{5}$/,
  DK: /^\d{4}$/,
  ES: /^\d{5}$/,
  FI: /^\d{5}$/,
  FR: /^\d{5}$/,
  GB: /^[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}$/,
  IT: /^\d{5}$/,
  JP: /^\d{3}-\d{4}$/,
  MX: /^\d{5}$/,
  NL: /^\d{4} [A-Z]{2}$/,
  NO: /^\d{4}$/,
  NZ: /^\d{4}$/,
  PL: /^\d{2}-\d{3}$/,
  PT: /^\d{4}-\d{3}$/,
  SE: /^\d{3} \d{2}$/,
  US: /^\d{5}(-\d{4})?$/,
};

/** Where the one space of a postal code stands, from its end. */
const SPACES: Readonly<Record<string, number>> = { CA: 3, GB: 3, NL: 2, SE: 2 };

const STATES: Readonly<Record<string, string>> = readStates();

function readStates(): Record<string, string> {
  const text =
    "Alabama AL,Alaska AK,Arizona AZ,Arkansas AR,California CA,Colorado CO,Connecticut CT,Delaware DE," +
    "District of Columbia DC,Florida FL,Georgia GA,Hawaii HI,Idaho ID,Illinois IL,Indiana IN,Iowa IA,Kansas KS," +
    "Kentucky KY,Louisiana LA,Maine ME,Maryland MD,Massachusetts MA,Michigan MI,Minnesota MN,Mississippi MS," +
    "Missouri MO,Montana MT,Nebraska NE,Nevada NV,New Hampshire NH,New Jersey NJ,New Mexico NM,New York NY," +
    "North Carolina NC,North Dakota ND,Ohio OH,Oklahoma OK,Oregon OR,Pennsylvania PA,Rhode Island RI," +
    "South Carolina SC,South Dakota SD,Tennessee TN,Texas TX,Utah UT,Vermont VT,Virginia VA,Washington WA," +
    "West Virginia WV,Wisconsin WI,Wyoming WY,Puerto Rico PR";
  return Object.fromEntries(text.split(",").map((state) => [state.slice(0, -3).toUpperCase(), state.slice(-2)]));
}
const STATE_CODES = new Set(Object.values(STATES));

/** An address as it is kept, and whether its form is that of its country. */
export interface CheckedAddress {
  readonly content: AddressContent;
  readonly validated: boolean;
}

/**
 * Checks the form of an address. With `autoCorrect` it is written as its country writes it;
 * without, one that is not is refused with how it would be (21629). What cannot be right
 * is refused either way (21628). For a country whose form is not known nothing is checked.
 */
export function checkAddress(given: AddressContent, autoCorrect: boolean): CheckedAddress {
  const content = trimmed(given);
  for (const key of ["customerName", "street", "city", "region", "postalCode"] as const) {
    if (content[key] === "" && key !== "region") fail(`${key} is empty`);
  }
  const { isoCountry } = content;
  const pattern = POSTAL_CODES[isoCountry];
  if (pattern === undefined) return { content, validated: false };
  const usual = { ...content, region: usualRegion(content), postalCode: usualPostalCode(content) };
  if (!pattern.test(usual.postalCode)) fail(`'${content.postalCode}' is no postal code of ${isoCountry}`);
  if (isoCountry === "US" && !STATE_CODES.has(usual.region)) fail(`'${content.region}' is no state of the US`);
  const isUsual = usual.region === content.region && usual.postalCode === content.postalCode;
  if (!isUsual && !autoCorrect) {
    const { street, city, region, postalCode } = usual;
    throw new AppError(addressErrors.suggested, { suggestion: `${street}, ${city}, ${region} ${postalCode}` });
  }
  return { content: usual, validated: true };
}

function fail(reason: string): never {
  throw new AppError(addressErrors.invalid, { reason });
}

function trimmed(given: AddressContent): AddressContent {
  const entries = Object.entries(given).map(([key, value]: [string, string]) => [
    key,
    value.replace(/\s+/g, " ").trim(),
  ]);
  return Object.fromEntries(entries);
}

function usualRegion({ isoCountry, region }: AddressContent): string {
  const capitals = region.toUpperCase();
  if (isoCountry === "US") return STATES[capitals] ?? capitals;
  return isoCountry === "CA" && capitals.length === 2 ? capitals : region;
}

function usualPostalCode({ isoCountry, postalCode }: AddressContent): string {
  const capitals = postalCode.toUpperCase();
  const fromEnd = SPACES[isoCountry];
  if (fromEnd === undefined) return capitals;
  const bare = capitals.replaceAll(" ", "");
  return `${bare.slice(0, -fromEnd)} ${bare.slice(-fromEnd)}`;
}
