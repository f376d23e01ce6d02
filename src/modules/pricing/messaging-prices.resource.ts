import { defineListRoute, defineRoute, type JsonObject, type Route } from "../../platform/http/index.ts";
import {
  countriesOf,
  countryName,
  NUMBER_TYPES,
  pageOfCountries,
  planOfCall,
  rowsOfCountry,
  viewCountry,
  viewPrice,
} from "./country-prices.ts";
import type { PricingDeps } from "./deps.ts";
import type { PricePlan } from "./price-plan.ts";
import { SENDERS, type Place, type PriceRow } from "./table/index.ts";

const common = { product: "pricing", access: "account" } as const;
const MESSAGING = "/v1/Messaging/Countries";
const NUMBERS = "/v1/PhoneNumbers/Countries";
/** What the APIs write where a price is for all networks of a country. */
const ALL = "ALL";

/** `Messaging/Countries` and `PhoneNumbers/Countries` of the pricing API. */
export function messagingPriceRoutes(deps: PricingDeps): Route[] {
  return [
    listRoute(deps, { path: MESSAGING, name: "MessagingCountry", tag: "Messaging", item: "message" }),
    fetchMessaging(deps),
    listRoute(deps, { path: NUMBERS, name: "PhoneNumberCountry", tag: "PhoneNumbers", item: "number" }),
    fetchNumbers(deps),
  ];
}

interface CountryList {
  readonly path: typeof MESSAGING | typeof NUMBERS;
  readonly name: string;
  readonly tag: string;
  readonly item: PriceRow["item"];
}

function listRoute(deps: PricingDeps, { path, name, tag, item }: CountryList): Route {
  return defineListRoute({
    ...common,
    tag,
    path,
    operationId: `List${name}`,
    summary: "List the countries that have prices of their own",
    collection: "countries",
    page: ({ call, ...asked }) =>
      pageOfCountries(
        countriesOf(planOfCall(deps, call), (row) => row.item === item),
        asked,
      ),
    view: (country, call) => viewCountry(country, call, path),
  });
}

function fetchMessaging(deps: PricingDeps): Route {
  return defineRoute({
    ...common,
    tag: "Messaging",
    method: "GET",
    path: `${MESSAGING}/{IsoCountry}`,
    operationId: "FetchMessagingCountry",
    summary: "Fetch what texts to and from a country cost the account",
    success: 200,
    run: (call) => {
      const country = call.path.IsoCountry.toUpperCase();
      const plan = planOfCall(deps, call);
      const outbound = countryName(country) === undefined ? [] : outboundPrices(plan, country);
      if (outbound.length === 0) throw call.notFound();
      return { country, plan, outbound };
    },
    view: ({ country, plan, outbound }, call) => ({
      ...viewCountry(country, call, MESSAGING),
      price_unit: plan.currency,
      outbound_sms_prices: outbound,
      inbound_sms_prices: pricesByType(plan, "sms inbound", placeOf(country)),
    }),
  });
}

function placeOf(country: string, row?: PriceRow): Omit<Place, "sender"> {
  return { country, network: row?.network, number: row?.prefix === undefined ? "" : `+${row.prefix}` };
}

/** Prices for each network that has rows of its own, and for all others. */
function outboundPrices(plan: PricePlan, country: string): JsonObject[] {
  const isOutbound = (row: PriceRow): boolean =>
    row.item === "message" && row.channel === "sms" && row.direction === "outbound";
  const places = new Map<string, PriceRow>();
  for (const row of rowsOfCountry(plan, country, isOutbound)) {
    const place = row.network ?? (row.prefix === undefined ? undefined : `+${row.prefix}`);
    if (place !== undefined && !places.has(place)) places.set(place, row);
  }
  const networks = [...places.values()].map((row) => ({
    carrier: row.name ?? row.network ?? `+${row.prefix}`,
    ...codesOf(row.network),
    prices: pricesByType(plan, "sms outbound", placeOf(country, row)),
  }));
  const others = pricesByType(plan, "sms outbound", placeOf(country));
  return others.length === 0 ? networks : [...networks, { carrier: ALL, mcc: ALL, mnc: ALL, prices: others }];
}

const MCC_DIGITS = 3;

function codesOf(network: string | undefined): { mcc: string; mnc: string } {
  if (network === undefined || !/^\d+$/.test(network)) return { mcc: ALL, mnc: ALL };
  return { mcc: network.slice(0, MCC_DIGITS), mnc: network.slice(MCC_DIGITS) };
}

/** A price for each kind of number. An alphanumeric sender is shown where its price is another than a local number's. */
function pricesByType(plan: PricePlan, slot: string, place: Omit<Place, "sender">): JsonObject[] {
  const prices = SENDERS.map((kind, sender) => {
    const price = viewPrice(plan, (layer) => layer.unit(slot, { ...place, sender }));
    return price === undefined ? undefined : { number_type: NUMBER_TYPES[kind], ...price };
  });
  const local = prices[0]?.current_price;
  return prices
    .filter((price) => price !== undefined)
    .filter((price) => price.number_type !== NUMBER_TYPES.alphanumeric || price.current_price !== local);
}

function fetchNumbers(deps: PricingDeps): Route {
  return defineRoute({
    ...common,
    tag: "PhoneNumbers",
    method: "GET",
    path: `${NUMBERS}/{IsoCountry}`,
    operationId: "FetchPhoneNumberCountry",
    summary: "Fetch what a number of a country costs the account for a month",
    success: 200,
    run: (call) => {
      const country = call.path.IsoCountry.toUpperCase();
      const plan = planOfCall(deps, call);
      const prices = SENDERS.flatMap((kind, sender) => {
        const place = { ...placeOf(country), sender };
        const price = viewPrice(plan, (layer) => layer.number(place));
        return price === undefined ? [] : [{ number_type: NUMBER_TYPES[kind], ...price }];
      });
      if (prices.length === 0 || countryName(country) === undefined) throw call.notFound();
      return { country, plan, prices };
    },
    view: ({ country, plan, prices }, call) => ({
      ...viewCountry(country, call, NUMBERS),
      price_unit: plan.currency,
      phone_number_prices: prices,
    }),
  });
}
