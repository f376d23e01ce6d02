import { AppError } from "../../kernel/errors.ts";
import { countryOf, parseAddress, regionOf } from "../../protocols/e164/index.ts";
import { boolean, integer, INVALID_PARAMETER, text, type ParameterValues } from "../../platform/http/index.ts";
import type { Circle, NumberSearch } from "./available.store.ts";
import { placeOf } from "./data/nanp-places.ts";
import { numberErrors } from "./errors.ts";
import { searchPattern } from "./number-pattern.ts";

const MAX_TEXT_CHARACTERS = 64;
const MAX_MILES = 500;
const MILES = 25;
const field = (summary: string) => text({ maxCharacters: MAX_TEXT_CHARACTERS, summary });

/** What a search of free numbers can be asked for. */
export const searchParameters = {
  AreaCode: field("An area code of the United States or Canada."),
  Contains: field(
    "2 to 16 digits, letters, `*` for a digit, `%` for any number of them, `+` and `$` for beginning and end.",
  ),
  SmsEnabled: boolean({}),
  MmsEnabled: boolean({}),
  VoiceEnabled: boolean({}),
  FaxEnabled: boolean({}),
  Beta: boolean({ summary: "Whether numbers new to the platform are shown too; they are unless it is false." }),
  ExcludeAllAddressRequired: boolean({ summary: "Only numbers that need no address." }),
  ExcludeLocalAddressRequired: boolean({ summary: "No numbers that need an address near them." }),
  ExcludeForeignAddressRequired: boolean({ summary: "No numbers that need an address in another country." }),
  NearNumber: field("A North American number; numbers within Distance of its place are found."),
  NearLatLong: field("`latitude,longitude` in degrees; numbers within Distance are found."),
  Distance: integer({ min: 1, max: MAX_MILES, default: MILES, summary: "Miles around NearNumber or NearLatLong." }),
  InRegion: field("A state or province, or a number of one."),
  InPostalCode: field("The exact postal code."),
  InLocality: field("The city."),
  InRateCenter: field("The rate center; with a number in InLata, of that LATA."),
  InLata: field("The LATA, in digits."),
};

const AREA_CODE = /^[2-9]\d{2}$/;

/** What the parameters ask for; `"nothing"` where nothing can match. Throws for an area code or pattern that is none. */
export function readSearch(
  country: string,
  params: ParameterValues<typeof searchParameters>,
): Omit<NumberSearch, "kind"> | "nothing" {
  const near = readCircle(params);
  if (near === "nowhere") return "nothing";
  const given = (value: string | undefined) => (value === undefined || value === "" ? undefined : value);
  return {
    country,
    ...readPatterns(country, params),
    region: readRegion(given(params.InRegion)),
    locality: given(params.InLocality),
    postalCode: given(params.InPostalCode),
    rateCenter: given(params.InRateCenter),
    lata: given(params.InLata),
    near,
    sms: params.SmsEnabled,
    mms: params.MmsEnabled,
    voice: params.VoiceEnabled,
    fax: params.FaxEnabled,
    beta: params.Beta === false ? false : undefined,
    withoutAddress: readWithout(params),
  };
}

function readPatterns(
  country: string,
  params: ParameterValues<typeof searchParameters>,
): Pick<NumberSearch, "patterns" | "ending"> {
  const patterns: string[] = [];
  const areaCode = params.AreaCode ?? "";
  if (areaCode !== "") {
    if (country !== "US" && country !== "CA") throw new AppError(numberErrors.areaCodeNotSupported);
    if (!AREA_CODE.test(areaCode)) throw new AppError(numberErrors.areaCodeInvalid, { value: areaCode });
    patterns.push(`+1${areaCode}%`);
  }
  const contains = params.Contains ?? "";
  if (contains === "") return { patterns };
  const pattern = searchPattern(contains);
  if (pattern === undefined) {
    const reason = "it is no pattern of 2 to 16 characters with at least two digits or letters";
    throw new AppError(INVALID_PARAMETER, { parameter: "Contains", value: contains, reason });
  }
  patterns.push(pattern);
  // The digits before the first joker are found in an index, read from the end of the number.
  const [, ending = ""] = /([0-9]+)$/.exec(pattern) ?? [];
  return ending.length > 1 ? { patterns, ending } : { patterns };
}

function readWithout(params: ParameterValues<typeof searchParameters>): NumberSearch["withoutAddress"] {
  if (params.ExcludeAllAddressRequired === true) return ["any", "local", "foreign"];
  return [
    ...(params.ExcludeLocalAddressRequired === true ? (["local"] as const) : []),
    ...(params.ExcludeForeignAddressRequired === true ? (["foreign"] as const) : []),
  ];
}

function readRegion(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  if (!text.startsWith("+")) return text.toUpperCase();
  return countryOf(text) === undefined ? "" : (regionOf(text) ?? "");
}

const DEGREES = /^\s*([+-]?\d{1,3}(?:\.\d{1,10})?)\s*,\s*([+-]?\d{1,3}(?:\.\d{1,10})?)\s*$/;

/** The circle that is asked for; `"nowhere"` around a number whose place is not known. */
function readCircle(params: ParameterValues<typeof searchParameters>): Circle | undefined | "nowhere" {
  const { NearNumber: number = "", NearLatLong: degrees = "", Distance: radiusMiles } = params;
  if (number !== "") {
    const address = parseAddress(number);
    if (address.kind !== "e164") throw new AppError(numberErrors.numberInvalid, { value: number });
    const place = placeOf(address.e164);
    return place === undefined ? "nowhere" : { latitude: place.latitude, longitude: place.longitude, radiusMiles };
  }
  if (degrees === "") return undefined;
  const [, latitude, longitude] = DEGREES.exec(degrees) ?? [];
  const circle = { latitude: Number(latitude), longitude: Number(longitude), radiusMiles };
  if (!(Math.abs(circle.latitude) <= 90) || !(Math.abs(circle.longitude) <= 180)) {
    const reason = "it is not a latitude and a longitude in degrees";
    throw new AppError(INVALID_PARAMETER, { parameter: "NearLatLong", value: degrees, reason });
  }
  return circle;
}
