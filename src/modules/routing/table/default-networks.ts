import { NETWORKS_BY_COUNTRY, NETWORKS_EDITION } from "../data/networks.ts";
import type { ReadNetwork } from "./read-entries.ts";
import type { DefaultNetworks } from "./table-builder.ts";

const BASE = 36;

/** The networks of tables that bring none of their own: `GB:name`, because the facts have no MCC and MNC. */
export const DEFAULT_NETWORKS: DefaultNetworks = { edition: NETWORKS_EDITION, list };

function* list(): Generator<ReadNetwork> {
  for (const [country, networks] of Object.entries(NETWORKS_BY_COUNTRY)) {
    for (const network of networks.split("|")) {
      const colon = network.indexOf(":");
      const name = network.slice(0, colon);
      yield { code: `${country}:${name}`, name, country, prefixes: unpack(network.slice(colon + 1)) };
    }
  }
}

function unpack(differences: string): string[] {
  let last = 0;
  return differences.split(" ").map((difference) => {
    last += Number.parseInt(difference, BASE);
    return String(last);
  });
}
