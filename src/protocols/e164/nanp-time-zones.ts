/**
 * The IANA time zones of the North American Numbering Plan, by state or province, and by area
 * code where a state or province lies in several. A zone is listed wherever a part of the area
 * is in it, however small: who must not disturb anybody takes them all.
 *
 * Boundaries as in 49 CFR 71 (United States) and the tz database's `northamerica` file.
 */

const EASTERN = "America/New_York";
const CENTRAL = "America/Chicago";
const MOUNTAIN = "America/Denver";
const PACIFIC = "America/Los_Angeles";

/** By ISO 3166-2 subdivision, or by country where it has one set of zones. */
export const NANP_PLACE_ZONES: Readonly<Record<string, string>> = {
  AG: "America/Antigua",
  AI: "America/Anguilla",
  AS: "Pacific/Pago_Pago",
  BB: "America/Barbados",
  BM: "Atlantic/Bermuda",
  BS: "America/Nassau",
  CA: "America/Halifax America/Toronto America/Winnipeg America/Edmonton America/Whitehorse",
  "CA-AB": "America/Edmonton",
  "CA-BC": "America/Vancouver America/Dawson_Creek America/Creston America/Edmonton",
  "CA-MB": "America/Winnipeg",
  "CA-NB": "America/Moncton",
  "CA-NL": "America/St_Johns America/Goose_Bay",
  "CA-ON": "America/Toronto",
  "CA-QC": "America/Toronto",
  "CA-SK": "America/Regina America/Edmonton",
  DM: "America/Dominica",
  DO: "America/Santo_Domingo",
  GD: "America/Grenada",
  GU: "Pacific/Guam",
  JM: "America/Jamaica",
  KN: "America/St_Kitts",
  KY: "America/Cayman",
  LC: "America/St_Lucia",
  MP: "Pacific/Guam",
  MS: "America/Montserrat",
  PR: "America/Puerto_Rico",
  SX: "America/Lower_Princes",
  TC: "America/Grand_Turk",
  TT: "America/Port_of_Spain",
  /** Numbers of no state: toll-free, personal, area codes that are new. */
  US: `${EASTERN} ${CENTRAL} ${MOUNTAIN} America/Phoenix ${PACIFIC} America/Anchorage Pacific/Honolulu`,
  "US-AK": "America/Anchorage America/Adak",
  "US-AL": CENTRAL,
  "US-AR": CENTRAL,
  "US-AZ": "America/Phoenix",
  "US-CA": PACIFIC,
  "US-CO": MOUNTAIN,
  "US-CT": EASTERN,
  "US-DC": EASTERN,
  "US-DE": EASTERN,
  "US-FL": EASTERN,
  "US-GA": EASTERN,
  "US-HI": "Pacific/Honolulu",
  "US-IA": CENTRAL,
  "US-ID": `America/Boise ${PACIFIC}`,
  "US-IL": CENTRAL,
  "US-IN": "America/Indiana/Indianapolis",
  "US-KS": CENTRAL,
  "US-KY": "America/Kentucky/Louisville",
  "US-LA": CENTRAL,
  "US-MA": EASTERN,
  "US-MD": EASTERN,
  "US-ME": EASTERN,
  "US-MI": "America/Detroit",
  "US-MN": CENTRAL,
  "US-MO": CENTRAL,
  "US-MS": CENTRAL,
  "US-MT": MOUNTAIN,
  "US-NC": EASTERN,
  "US-ND": `${CENTRAL} ${MOUNTAIN}`,
  "US-NE": CENTRAL,
  "US-NH": EASTERN,
  "US-NJ": EASTERN,
  "US-NM": MOUNTAIN,
  "US-NV": PACIFIC,
  "US-NY": EASTERN,
  "US-OH": EASTERN,
  "US-OK": CENTRAL,
  "US-OR": PACIFIC,
  "US-PA": EASTERN,
  "US-RI": EASTERN,
  "US-SC": EASTERN,
  "US-SD": `${CENTRAL} ${MOUNTAIN}`,
  "US-TN": CENTRAL,
  "US-TX": CENTRAL,
  "US-UT": MOUNTAIN,
  "US-VA": EASTERN,
  "US-VT": EASTERN,
  "US-WA": PACIFIC,
  "US-WI": CENTRAL,
  "US-WV": EASTERN,
  "US-WY": MOUNTAIN,
  VC: "America/St_Vincent",
  VG: "America/Tortola",
  VI: "America/St_Thomas",
};

/** Area codes in which other zones hold than in the rest of their state or province, or several. */
export const NANP_AREA_CODE_ZONES: Readonly<Record<string, string>> = {
  // Alberta's time in the south-east of British Columbia; the Lower Mainland has Pacific time alone.
  "604": "America/Vancouver",
  // Northern Canada: Yukon, the Northwest Territories, Nunavut.
  "867": "America/Whitehorse America/Edmonton America/Winnipeg America/Toronto",
  // Nova Scotia and Prince Edward Island.
  "782": "America/Halifax",
  "902": "America/Halifax",
  // North-western Ontario.
  "807": "America/Winnipeg America/Toronto America/Atikokan",
  // The Magdalen Islands and the Lower North Shore of Quebec.
  "367": "America/Toronto America/Halifax",
  "418": "America/Toronto America/Halifax",
  "581": "America/Toronto America/Halifax",
  // The Navajo Nation in Arizona keeps daylight time.
  "928": `America/Phoenix ${MOUNTAIN}`,
  // The Florida panhandle west of the Apalachicola.
  "448": `${EASTERN} ${CENTRAL}`,
  "850": `${EASTERN} ${CENTRAL}`,
  // Indiana: the north-west and the south-west are on Central time.
  "219": `${CENTRAL} America/Indiana/Indianapolis`,
  "574": `${CENTRAL} America/Indiana/Indianapolis`,
  "812": `${CENTRAL} America/Indiana/Indianapolis`,
  "930": `${CENTRAL} America/Indiana/Indianapolis`,
  // Four western counties of Kansas.
  "620": `${CENTRAL} ${MOUNTAIN}`,
  "785": `${CENTRAL} ${MOUNTAIN}`,
  // Western Kentucky.
  "270": `${CENTRAL} America/Kentucky/Louisville`,
  "364": `${CENTRAL} America/Kentucky/Louisville`,
  // Four counties of Michigan's Upper Peninsula.
  "906": `America/Detroit ${CENTRAL}`,
  // Western Nebraska.
  "308": `${CENTRAL} ${MOUNTAIN}`,
  // West Wendover, Nevada.
  "775": `${PACIFIC} ${MOUNTAIN}`,
  // Malheur County, Oregon.
  "458": `${PACIFIC} America/Boise`,
  "541": `${PACIFIC} America/Boise`,
  // East Tennessee, with two counties on Central time in 423.
  "423": `${EASTERN} ${CENTRAL}`,
  "729": `${EASTERN} ${CENTRAL}`,
  "865": EASTERN,
  // El Paso and Hudspeth County, Texas.
  "915": MOUNTAIN,
};
