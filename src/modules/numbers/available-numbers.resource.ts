import { defineListRoute, defineRoute, type Route } from "../../platform/http/index.ts";
import { errorFields } from "../../platform/logging/index.ts";
import { countriesOf, listKinds, searchNumbers, type InventoryCountry, type NumberSearch } from "./available.store.ts";
import type { NumbersDeps } from "./deps.ts";
import { numberErrors } from "./errors.ts";
import { viewAvailableNumber, viewCountry } from "./number.view.ts";
import type { InventoryNumber, PhoneNumberKind } from "./phone-number.ts";
import { readSearch, searchParameters } from "./search-parameters.ts";

const LIST = "/2010-04-01/Accounts/{AccountSid}/AvailablePhoneNumbers";
const ITEM = "/2010-04-01/Accounts/{AccountSid}/AvailablePhoneNumbers/{CountryCode}";
const common = { product: "api", tag: "AvailablePhoneNumbers", access: "account" } as const;

/** The lists by the last part of their path, with the kind that the inventory has of them. */
const LISTS: readonly (readonly [name: string, kind: PhoneNumberKind])[] = [
  ["Local", "local"],
  ["Mobile", "mobile"],
  ["TollFree", "tollfree"],
  ["National", "national"],
  ["SharedCost", "sharedcost"],
  ["Voip", "voip"],
  ["MachineToMachine", "machinetomachine"],
];

/** `AvailablePhoneNumbers`: what can be bought, by country and kind. */
export function availableNumberRoutes(deps: NumbersDeps): Route[] {
  return [countriesRoute(deps), countryRoute(deps), ...LISTS.map(([name, kind]) => searchRoute(deps, name, kind))];
}

function countriesRoute(deps: NumbersDeps): Route {
  return defineListRoute({
    ...common,
    path: LIST,
    operationId: "ListAvailablePhoneNumberCountry",
    summary: "List the countries that there are numbers of",
    collection: "countries",
    element: "Country",
    // There are fewer countries than the largest page has room for.
    defaultPageSize: 1_000,
    page: async ({ limit }) => ({ records: (await countriesIn(deps)).slice(0, limit) }),
    view: (country: InventoryCountry, call) => viewCountry(country, call.accountSid),
  });
}

function countryRoute(deps: NumbersDeps): Route {
  return defineRoute({
    ...common,
    method: "GET",
    path: ITEM,
    operationId: "FetchAvailablePhoneNumberCountry",
    summary: "Fetch a country that there are numbers of",
    element: "Country",
    success: 200,
    run: async (call) => {
      const [country] = await countriesIn(deps, call.path.CountryCode.toUpperCase());
      if (country === undefined) throw call.notFound();
      return country;
    },
    view: (country, call) => viewCountry(country, call.accountSid),
  });
}

function searchRoute(deps: NumbersDeps, name: string, kind: PhoneNumberKind): Route {
  return defineListRoute({
    ...common,
    path: `${ITEM}/${name}` as `${typeof ITEM}/Local`,
    operationId: `ListAvailablePhoneNumber${name}`,
    summary: `Find free numbers of the kind ${name}`,
    collection: "available_phone_numbers",
    element: "AvailablePhoneNumber",
    parameters: searchParameters,
    errors: [numberErrors.areaCodeInvalid, numberErrors.areaCodeNotSupported, numberErrors.numberInvalid],
    page: async ({ call, limit }) => {
      const country = call.path.CountryCode.toUpperCase();
      if (!/^[A-Z]{2}$/.test(country)) throw call.notFound();
      const search = readSearch(country, call.params);
      // One page, as with Twilio: whoever wants other numbers asks more precisely.
      if (search === "nothing") return { records: [] };
      return { records: await findFree(deps, { ...search, kind }, { accountSid: call.accountSid, limit }) };
    },
    view: viewAvailableNumber,
  });
}

/** Of this cell and of the inventory that cells share. While the control plane is away, of this cell alone. */
async function findFree(
  { database, clock, pool, logger }: NumbersDeps,
  search: NumberSearch,
  { accountSid, limit }: { readonly accountSid: string; readonly limit: number },
): Promise<InventoryNumber[]> {
  const own = await searchNumbers(database, search, { accountSid, limit, atMs: clock.nowMs() });
  if (pool === undefined) return own;
  const shared = await pool.search(search, limit).catch((error: unknown) => {
    logger.warn("numbers.pool-away", errorFields(error));
    return [];
  });
  return [...own, ...shared].toSorted((left, right) => (left.number < right.number ? -1 : 1)).slice(0, limit);
}

async function countriesIn({ database, pool, logger }: NumbersDeps, country?: string): Promise<InventoryCountry[]> {
  const own = await listKinds(database, "phone_numbers", country);
  if (pool === undefined) return countriesOf(own);
  const shared = await pool.kinds(country).catch((error: unknown) => {
    logger.warn("numbers.pool-away", errorFields(error));
    return [];
  });
  return countriesOf([...own, ...shared]);
}
