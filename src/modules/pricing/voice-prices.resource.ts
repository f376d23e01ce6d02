import {
  defineListRoute,
  defineRoute,
  text,
  type Call,
  type JsonObject,
  type Route,
} from "../../platform/http/index.ts";
import { countryOf } from "../../protocols/e164/index.ts";
import {
  countriesOf,
  countryName,
  NUMBER_TYPES,
  pageOfCountries,
  planOfCall,
  pricesOfRows,
  rowsOfCountry,
  viewCountry,
} from "./country-prices.ts";
import type { PricingDeps } from "./deps.ts";
import type { PricePlan } from "./price-plan.ts";
import type { PriceRow } from "./table/index.ts";

const common = { product: "pricing", access: "account" } as const;
const ALL = "ALL";
const MAX_NUMBER_CHARACTERS = 20;

/** One of the three places where prices of minutes are shown, which differ in their words. */
interface VoiceApi {
  readonly base: "/v1/Voice" | "/v2/Voice" | "/v2/Trunking";
  readonly tag: string;
  readonly name: string;
  readonly item: "call" | "trunk";
}

const APIS: readonly VoiceApi[] = [
  { base: "/v1/Voice", tag: "Voice", name: "VoiceV1", item: "call" },
  { base: "/v2/Voice", tag: "Voice", name: "Voice", item: "call" },
  { base: "/v2/Trunking", tag: "Trunking", name: "Trunking", item: "trunk" },
];

/** Prices of calls, answered from the rows that the operator's table has. */
export function voicePriceRoutes(deps: PricingDeps): Route[] {
  return APIS.flatMap((api) => [listRoute(deps, api), fetchCountry(deps, api), fetchNumber(deps, api)]);
}

function listRoute(deps: PricingDeps, { base, tag, name, item }: VoiceApi): Route {
  const path = `${base}/Countries` as const;
  return defineListRoute({
    ...common,
    tag,
    path,
    operationId: `List${name}Country`,
    summary: "List the countries that have prices of calls",
    collection: "countries",
    page: ({ call, ...asked }) =>
      pageOfCountries(
        countriesOf(planOfCall(deps, call), (row) => row.item === item),
        asked,
      ),
    view: (country, call) => viewCountry(country, call, path),
  });
}

function fetchCountry(deps: PricingDeps, api: VoiceApi): Route {
  const { base, tag, name } = api;
  return defineRoute({
    ...common,
    tag,
    method: "GET",
    path: `${base}/Countries/{IsoCountry}` as "/v1/Voice/Countries/{IsoCountry}",
    operationId: `Fetch${name}Country`,
    summary: "Fetch what calls to and from a country cost the account",
    success: 200,
    run: (call) => {
      const country = call.path.IsoCountry.toUpperCase();
      const plan = planOfCall(deps, call);
      const outbound = zonesOf(plan, api, country);
      const inbound = inboundPrices(plan, api, country);
      if (outbound.length + inbound.length === 0) throw call.notFound();
      return { country, plan, outbound, inbound };
    },
    view: ({ country, plan, outbound, inbound }, call) => ({
      ...viewCountry(country, call, `${base}/Countries`),
      price_unit: plan.currency,
      ...(api.item === "trunk"
        ? { terminating_prefix_prices: outbound.map((zone) => viewZone(api, zone)), originating_call_prices: inbound }
        : { outbound_prefix_prices: outbound.map((zone) => viewZone(api, zone)), inbound_call_prices: inbound }),
    }),
  });
}

/** Prefixes that cost the same, under one name. */
interface Zone {
  readonly name: string;
  readonly origins: string[];
  readonly prefixes: string[];
  readonly price: { readonly base_price: string; readonly current_price: string };
}

const isOutbound = (row: PriceRow, { item }: VoiceApi): boolean => row.item === item && row.direction === "outbound";

function zonesOf(plan: PricePlan, api: VoiceApi, country: string): Zone[] {
  const zones = new Map<string, Zone>();
  const seen = new Set<string>();
  const isWanted = (row: PriceRow): boolean => isOutbound(row, api);
  const priceOf = pricesOfRows(plan, country, isWanted);
  for (const row of rowsOfCountry(plan, country, isWanted)) {
    const place = `${row.prefix} ${row.origin}`;
    if (seen.has(place)) continue;
    seen.add(place);
    const price = priceOf(row);
    const name = row.name ?? countryName(country) ?? country;
    const key = `${name}|${row.origin}|${price.current_price}|${price.base_price}`;
    const zone = zones.get(key);
    if (zone === undefined) zones.set(key, { name, origins: [row.origin ?? ALL], prefixes: [row.prefix ?? ""], price });
    else zone.prefixes.push(row.prefix ?? "");
  }
  return [...zones.values()];
}

function viewZone({ base }: VoiceApi, { name, origins, prefixes, price }: Zone): JsonObject {
  if (base === "/v1/Voice") return { prefixes, friendly_name: name, ...price };
  return { origination_prefixes: origins, destination_prefixes: prefixes, friendly_name: name, ...price };
}

function inboundPrices(plan: PricePlan, { item }: VoiceApi, country: string): JsonObject[] {
  const types = new Map<string, JsonObject>();
  const isInbound = (row: PriceRow): boolean => row.item === item && row.direction === "inbound";
  const priceOf = pricesOfRows(plan, country, isInbound);
  for (const row of rowsOfCountry(plan, country, isInbound)) {
    const type = row.sender === undefined ? NUMBER_TYPES.local : NUMBER_TYPES[row.sender];
    if (!types.has(type)) types.set(type, { number_type: type, ...priceOf(row) });
  }
  return [...types.values()];
}

/** What nothing is known of: whether a number takes calls is not in the table. */
const NO_INBOUND = { base_price: null, current_price: null, number_type: null } as const;

function fetchNumber(deps: PricingDeps, api: VoiceApi): Route {
  const { base, tag, name } = api;
  const isFirst = base === "/v1/Voice";
  const parameter = isFirst ? "Number" : "DestinationNumber";
  return defineRoute({
    ...common,
    tag,
    method: "GET",
    path: numberPath(base, parameter),
    operationId: `Fetch${name}Number`,
    summary: "Fetch what a call to a number costs the account",
    success: 200,
    ...(isFirst
      ? {}
      : {
          parameters: {
            OriginationNumber: text({
              maxCharacters: MAX_NUMBER_CHARACTERS,
              summary: "The caller's number, in E.164.",
            }),
          },
        }),
    run: (call) => {
      const given = call.path[parameter] ?? "";
      const number = given.startsWith("+") ? given : `+${given.trim()}`;
      const country = /^\+[1-9]\d{2,14}$/.test(number) ? countryOf(number) : undefined;
      const plan = planOfCall(deps, call);
      const origin = isFirst ? undefined : originOf(call);
      const zones = country === undefined ? [] : zonesOfNumber(zonesOf(plan, api, country), number, origin);
      if (country === undefined || zones.length === 0) throw call.notFound();
      return { number, country, plan, zones, origin };
    },
    view: ({ number, country, plan, zones, origin }, call) => ({
      ...(isFirst ? { number } : { destination_number: number, origination_number: origin ?? null }),
      country: countryName(country) ?? country,
      iso_country: country,
      price_unit: plan.currency,
      ...numberPrices(api, zones),
      url: `${call.baseUrl}${base}/Numbers/${number}`,
    }),
  });
}

/** As text of no known parameters: they are named by the version. */
function numberPath(base: string, parameter: string): string {
  return `${base}/Numbers/{${parameter}}`;
}

function originOf({ params }: Pick<Call, "params">): string | undefined {
  const origin = (params as { readonly OriginationNumber?: string }).OriginationNumber;
  return origin === undefined || origin === "" ? undefined : origin;
}

/** Of the zones that a number is in, those of its longest prefix; and of these what the caller's number fits. */
function zonesOfNumber(zones: readonly Zone[], number: string, origin: string | undefined): Zone[] {
  const digits = number.slice(1);
  const bearing = zones.flatMap((zone) => {
    const prefix = zone.prefixes.filter((each) => digits.startsWith(each)).toSorted((a, b) => b.length - a.length)[0];
    return prefix === undefined ? [] : [{ ...zone, prefixes: [prefix] }];
  });
  const longest = Math.max(0, ...bearing.map(({ prefixes }) => prefixes[0]?.length ?? 0));
  const nearest = bearing.filter(({ prefixes }) => prefixes[0]?.length === longest);
  if (origin === undefined) return nearest;
  const caller = origin.replace(/^\+/, "");
  const fitting = nearest.filter(({ origins }) => origins.some((each) => each !== ALL && caller.startsWith(each)));
  return fitting.length > 0 ? fitting : nearest.filter(({ origins }) => origins.includes(ALL));
}

function numberPrices(api: VoiceApi, zones: readonly Zone[]): JsonObject {
  if (api.item === "trunk") {
    return { terminating_prefix_prices: zones.map((zone) => viewZone(api, zone)), originating_call_price: NO_INBOUND };
  }
  if (api.base === "/v1/Voice") {
    const zone = zones.find(({ origins }) => origins.includes(ALL)) ?? zones[0];
    return { outbound_call_price: zone === undefined ? null : { ...zone.price }, inbound_call_price: NO_INBOUND };
  }
  return {
    outbound_call_prices: zones.map(({ price, origins }) => ({ ...price, origination_prefixes: origins })),
    inbound_call_price: NO_INBOUND,
  };
}
