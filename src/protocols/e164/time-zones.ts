import { NANP_AREA_CODE_ZONES, NANP_PLACE_ZONES } from "./nanp-time-zones.ts";
import { countryOf, regionOf } from "./numbering-plan.ts";

/** Countries beyond the North American plan that have one time zone, or whose phones are in one in practice. */
const COUNTRY_ZONES: Readonly<Record<string, string>> = {
  AE: "Asia/Dubai",
  AT: "Europe/Vienna",
  BD: "Asia/Dhaka",
  BE: "Europe/Brussels",
  BG: "Europe/Sofia",
  BH: "Asia/Bahrain",
  BY: "Europe/Minsk",
  CH: "Europe/Zurich",
  CO: "America/Bogota",
  CY: "Asia/Nicosia",
  CZ: "Europe/Prague",
  DE: "Europe/Berlin",
  DK: "Europe/Copenhagen",
  EE: "Europe/Tallinn",
  EG: "Africa/Cairo",
  FI: "Europe/Helsinki",
  FR: "Europe/Paris",
  GB: "Europe/London",
  GG: "Europe/Guernsey",
  GH: "Africa/Accra",
  GR: "Europe/Athens",
  HK: "Asia/Hong_Kong",
  HR: "Europe/Zagreb",
  HU: "Europe/Budapest",
  IE: "Europe/Dublin",
  IL: "Asia/Jerusalem",
  IM: "Europe/Isle_of_Man",
  IN: "Asia/Kolkata",
  IS: "Atlantic/Reykjavik",
  IT: "Europe/Rome",
  JE: "Europe/Jersey",
  JO: "Asia/Amman",
  JP: "Asia/Tokyo",
  KE: "Africa/Nairobi",
  KR: "Asia/Seoul",
  KW: "Asia/Kuwait",
  LI: "Europe/Vaduz",
  LK: "Asia/Colombo",
  LT: "Europe/Vilnius",
  LU: "Europe/Luxembourg",
  LV: "Europe/Riga",
  MA: "Africa/Casablanca",
  MC: "Europe/Monaco",
  MT: "Europe/Malta",
  MY: "Asia/Kuala_Lumpur",
  NG: "Africa/Lagos",
  NL: "Europe/Amsterdam",
  NO: "Europe/Oslo",
  NP: "Asia/Kathmandu",
  OM: "Asia/Muscat",
  PE: "America/Lima",
  PH: "Asia/Manila",
  PK: "Asia/Karachi",
  PL: "Europe/Warsaw",
  QA: "Asia/Qatar",
  RO: "Europe/Bucharest",
  RS: "Europe/Belgrade",
  SA: "Asia/Riyadh",
  SE: "Europe/Stockholm",
  SG: "Asia/Singapore",
  SI: "Europe/Ljubljana",
  SK: "Europe/Bratislava",
  TH: "Asia/Bangkok",
  TN: "Africa/Tunis",
  TR: "Europe/Istanbul",
  TW: "Asia/Taipei",
  TZ: "Africa/Dar_es_Salaam",
  UA: "Europe/Kyiv",
  UG: "Africa/Kampala",
  UY: "America/Montevideo",
  VE: "America/Caracas",
  VN: "Asia/Ho_Chi_Minh",
  ZA: "Africa/Johannesburg",
};

const AREA_CODE_START = 2;
const AREA_CODE_END = 5;

const split = (zones: Readonly<Record<string, string>>): ReadonlyMap<string, readonly string[]> =>
  new Map(Object.entries(zones).map(([key, names]) => [key, names.split(" ")]));

const byAreaCode = split(NANP_AREA_CODE_ZONES);
const byPlace = split(NANP_PLACE_ZONES);
const byCountry = split(COUNTRY_ZONES);

/**
 * The IANA names of all time zones that a phone with this E.164 number may be in by its digits,
 * in no order; `undefined` where they do not tell. A number that was taken to another place
 * keeps its digits, so this is where it was issued.
 */
export function timeZonesOf(e164: string): readonly string[] | undefined {
  const country = countryOf(e164);
  if (country === undefined) return undefined;
  if (!e164.startsWith("+1")) return byCountry.get(country);
  const region = regionOf(e164);
  const place = region === undefined ? undefined : byPlace.get(`${country}-${region}`);
  return byAreaCode.get(e164.slice(AREA_CODE_START, AREA_CODE_END)) ?? place ?? byPlace.get(country);
}
