import { countryOf } from "../../../protocols/e164/index.ts";
import { keyOf, type CompiledTable } from "../table/index.ts";

/** What a table knows of a number. */
export interface Destination {
  /** The longest prefix that has routes, as its position; -1 for none. */
  readonly routes: number;
  /** Index of the network; -1 where it is not known. */
  readonly network: number;
  /** Index of the country among those that routes name; -1 for every other one. */
  readonly country: number;
}

const PLUS = 0x2b;

/** Finds a number in a table. A network that is known of the number itself counts before that of its prefix. */
export function locate(table: CompiledTable, to: string, ported: string | undefined): Destination {
  const at = table.prefixes.find(keyOf(to, to.charCodeAt(0) === PLUS ? 1 : 0));
  const routes = at < 0 ? -1 : table.routesAt.at(at);
  let network = ported === undefined ? -1 : (table.networkIndex.get(ported) ?? -1);
  if (network < 0 && at >= 0) {
    const owned = table.networkAt.at(at);
    if (owned >= 0) network = table.prefixNetworks.at(owned);
  }
  return { routes, network, country: countryIndexOf(table, network, to) };
}

function countryIndexOf(table: CompiledTable, network: number, to: string): number {
  if (table.countryIndex.size === 0) return -1;
  const country = countryOfDestination(table, network, to);
  return country === undefined ? -1 : (table.countryIndex.get(country) ?? -1);
}

/** The country of a number: its network's, else that of its digits. */
export function countryOfDestination(table: CompiledTable, network: number, to: string): string | undefined {
  const known = network < 0 ? undefined : table.networks[network];
  return known === undefined ? countryOf(to.startsWith("+") ? to : `+${to}`) : known.country;
}
