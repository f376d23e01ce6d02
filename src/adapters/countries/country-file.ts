import { readFile } from "node:fs/promises";
import { isIP } from "node:net";
import { Reader } from "mmdb-lib";
import type { CountryOfAddress } from "../../platform/links/index.ts";
import { NetworkTable } from "./network-table.ts";

interface CountryAnswer {
  readonly country?: { readonly iso_code?: string };
  readonly registered_country?: { readonly iso_code?: string };
}

/**
 * Reads the operator's file of networks and countries: a MaxMind database (`.mmdb`, such as
 * GeoLite2-Country, DB-IP or IPinfo in that format), or a CSV with a line for each network:
 * `192.0.2.0/24,DE`. Rejects with a sentence for the operator where it is neither.
 */
export async function openCountryFile(path: string): Promise<CountryOfAddress> {
  if (!path.endsWith(".mmdb")) return tableOf(path, await readFile(path, "utf8"));
  const content = await readFile(path);
  let reader: Reader<never>;
  try {
    reader = new Reader(content);
  } catch (cause) {
    throw new Error(`${path} is no MaxMind database.`, { cause });
  }
  return (address) => {
    const plain = plainAddress(address);
    if (plain === undefined) return undefined;
    const answer = reader.get(plain) as CountryAnswer | null;
    return answer?.country?.iso_code ?? answer?.registered_country?.iso_code;
  };
}

function tableOf(path: string, text: string): CountryOfAddress {
  const table = new NetworkTable(path, text);
  return (address) => {
    const plain = plainAddress(address);
    return plain === undefined ? undefined : table.find(plain);
  };
}

/** Without an IPv6 zone, and an IPv4 address inside IPv6 as what it is. */
function plainAddress(address: string): string | undefined {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  const plain = mapped ?? address.replace(/%.*$/, "");
  return isIP(plain) === 0 ? undefined : plain;
}
