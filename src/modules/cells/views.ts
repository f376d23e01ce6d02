import { iso8601 } from "../../kernel/time.ts";
import type { JsonObject } from "../../platform/http/index.ts";
import type { Cell } from "./cell.ts";
import type { CellsDeps } from "./deps.ts";
import type { LocatedHome } from "./locate-home.ts";

export const BASE_PATH = "/trunkline/v1";

/** A cell as the API shows it. */
export function viewCell({ observe }: CellsDeps, cell: Cell, baseUrl: string): JsonObject {
  const { name, number, type, tier, region, address, state, accounts, cap, slaPercent, createdMs } = cell;
  const seen = observe?.(name);
  return {
    name,
    number,
    type,
    tier,
    region,
    host: address.host,
    port: address.port,
    state,
    accounts,
    max_accounts: cap,
    sla_percent: slaPercent,
    health: seen?.health ?? null,
    load: seen?.load ?? null,
    date_created: iso8601(createdMs),
    url: `${baseUrl}${BASE_PATH}/Cells/${name}`,
  };
}

/** Where an account is at home, as the API shows it. */
export function viewHome({ accountSid, type, cell, epoch, from }: LocatedHome, baseUrl: string): JsonObject {
  return {
    account_sid: accountSid,
    type,
    cell,
    epoch,
    known_from: from,
    url: `${baseUrl}${BASE_PATH}/Accounts/${accountSid}/Home`,
    cell_url: `${baseUrl}${BASE_PATH}/Cells/${cell}`,
  };
}
