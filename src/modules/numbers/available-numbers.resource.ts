import { AppError } from "../../kernel/errors.ts";
import { countryOf, regionOf } from "../../protocols/e164/index.ts";
import {
  boolean,
  defineListRoute,
  defineRoute,
  INVALID_PARAMETER,
  text,
  type ParameterValues,
  type Route,
} from "../../platform/http/index.ts";
import { listCountries, searchNumbers, type InventoryCountry, type NumberSearch } from "./available.store.ts";
import type { NumbersDeps } from "./deps.ts";
import { numberErrors } from "./errors.ts";
import { searchPattern } from "./number-pattern.ts";
import { viewAvailableNumber, viewCountry } from "./number.view.ts";
import type { PhoneNumberKind } from "./phone-number.ts";

const LIST = "/2010-04-01/Accounts/{AccountSid}/AvailablePhoneNumbers";
const ITEM = "/2010-04-01/Accounts/{AccountSid}/AvailablePhoneNumbers/{CountryCode}";
const common = { product: "api", tag: "AvailablePhoneNumbers", access: "account" } as const;

/** The lists by the last part of their path, with the kind that the inventory has of them. */
const LISTS: readonly (readonly [name: string, kind: PhoneNumberKind | undefined])[] = [
  ["Local", "local"],
  ["Mobile", "mobile"],
  ["TollFree", "tollfree"],
  ["National", undefined],
  ["SharedCost", undefined],
  ["Voip", undefined],
  ["MachineToMachine", undefined],
];

/** `AvailablePhoneNumbers`: what can be bought, by country and kind. */
export function availableNumberRoutes(deps: NumbersDeps): Route[] {
  return [countriesRoute(deps), countryRoute(deps), ...LISTS.map(([name, kind]) => searchRoute(deps, name, kind))];
}

function countriesRoute({ database }: NumbersDeps): Route {
  return defineListRoute({
    ...common,
    path: LIST,
    operationId: "ListAvailablePhoneNumberCountry",
    summary: "List the countries that there are numbers of",
    collection: "countries",
    element: "Country",
    // There are fewer countries than the largest page has room for.
    defaultPageSize: 1_000,
    page: async ({ limit }) => ({ records: (await listCountries(database)).slice(0, limit) }),
    view: (country: InventoryCountry, call) => viewCountry(country, call.accountSid),
  });
}

function countryRoute({ database }: NumbersDeps): Route {
  return defineRoute({
    ...common,
    method: "GET",
    path: ITEM,
    operationId: "FetchAvailablePhoneNumberCountry",
    summary: "Fetch a country that there are numbers of",
    element: "Country",
    success: 200,
    run: async (call) => {
      const [country] = await listCountries(database, call.path.CountryCode.toUpperCase());
      if (country === undefined) throw call.notFound();
      return country;
    },
    view: (country, call) => viewCountry(country, call.accountSid),
  });
}

const MAX_TEXT_CHARACTERS = 64;
const ignored = (summary: string) =>
  text({ maxCharacters: MAX_TEXT_CHARACTERS, summary: `Without effect: ${summary}` });
const NO_PLACES = "the inventory knows of no places smaller than a region.";
const NO_ADDRESSES = "no number needs an address.";

const searchParameters = {
  AreaCode: text({ maxCharacters: MAX_TEXT_CHARACTERS, summary: "An area code of the United States or Canada." }),
  Contains: text({
    maxCharacters: MAX_TEXT_CHARACTERS,
    summary: "2 to 16 digits, letters, `*` for a digit, `%` for any number of them, `+` and `$` for beginning and end.",
  }),
  InRegion: text({ maxCharacters: MAX_TEXT_CHARACTERS, summary: "A state or province, or a number of one." }),
  SmsEnabled: boolean({}),
  MmsEnabled: boolean({}),
  VoiceEnabled: boolean({}),
  FaxEnabled: boolean({ summary: "No number takes faxes." }),
  Beta: boolean({ summary: "No number is beta." }),
  ExcludeAllAddressRequired: boolean({ summary: `Without effect: ${NO_ADDRESSES}` }),
  ExcludeLocalAddressRequired: boolean({ summary: `Without effect: ${NO_ADDRESSES}` }),
  ExcludeForeignAddressRequired: boolean({ summary: `Without effect: ${NO_ADDRESSES}` }),
  NearNumber: ignored(NO_PLACES),
  NearLatLong: ignored(NO_PLACES),
  Distance: ignored(NO_PLACES),
  InPostalCode: ignored(NO_PLACES),
  InRateCenter: ignored(NO_PLACES),
  InLata: ignored(NO_PLACES),
  InLocality: ignored(NO_PLACES),
};

function searchRoute(deps: NumbersDeps, name: string, kind: PhoneNumberKind | undefined): Route {
  return defineListRoute({
    ...common,
    path: `${ITEM}/${name}` as `${typeof ITEM}/Local`,
    operationId: `ListAvailablePhoneNumber${name}`,
    summary: kind === undefined ? `Numbers of the kind ${name}: none` : `Find free numbers of the kind ${name}`,
    collection: "available_phone_numbers",
    element: "AvailablePhoneNumber",
    parameters: searchParameters,
    errors: [numberErrors.areaCodeInvalid, numberErrors.areaCodeNotSupported],
    page: async ({ call, limit }) => {
      const country = call.path.CountryCode.toUpperCase();
      if (!/^[A-Z]{2}$/.test(country)) throw call.notFound();
      const search = readSearch(country, call.params);
      // One page, as with Twilio: whoever wants other numbers asks more precisely.
      if (kind === undefined || call.params.FaxEnabled === true) return { records: [] };
      return { records: await searchNumbers(deps.database, { ...search, kind }, limit) };
    },
    view: viewAvailableNumber,
  });
}

const AREA_CODE = /^[2-9]\d{2}$/;

/** What the parameters ask for. Throws for an area code or pattern that is none. */
function readSearch(country: string, params: ParameterValues<typeof searchParameters>): Omit<NumberSearch, "kind"> {
  const patterns: string[] = [];
  const areaCode = params.AreaCode ?? "";
  if (areaCode !== "") {
    if (country !== "US" && country !== "CA") throw new AppError(numberErrors.areaCodeNotSupported);
    if (!AREA_CODE.test(areaCode)) throw new AppError(numberErrors.areaCodeInvalid, { value: areaCode });
    patterns.push(`+1${areaCode}%`);
  }
  const contains = params.Contains ?? "";
  if (contains !== "") {
    const pattern = searchPattern(contains);
    if (pattern === undefined) {
      const reason = "it is no pattern of 2 to 16 characters with at least two digits or letters";
      throw new AppError(INVALID_PARAMETER, { parameter: "Contains", value: contains, reason });
    }
    patterns.push(pattern);
  }
  const { SmsEnabled: sms, MmsEnabled: mms, VoiceEnabled: voice } = params;
  return { country, patterns, region: readRegion(params.InRegion ?? ""), sms, mms, voice };
}

function readRegion(text: string): string | undefined {
  if (text === "") return undefined;
  if (!text.startsWith("+")) return text.toUpperCase();
  return countryOf(text) === undefined ? "" : (regionOf(text) ?? "");
}
