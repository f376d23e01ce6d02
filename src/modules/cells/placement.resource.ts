import { TIERS } from "../../platform/fleet/index.ts";
import { defineRoute, enumeration, text, type JsonObject, type Route } from "../../platform/http/index.ts";
import { operatorOnly } from "./cells.resource.ts";
import type { CellsDeps } from "./deps.ts";
import { cellErrors } from "./errors.ts";
import { listAccounts } from "./home.store.ts";
import { placeAccount, type PlacementPorts } from "./place-account.ts";
import { BASE_PATH } from "./views.ts";

const common = { product: "api", tag: "Cells", access: "main" } as const;
const MAX_NAME_CHARACTERS = 64;
const MAX_REGION_CHARACTERS = 32;
/** Accounts of a cell that are named at once; whoever empties a cell asks again. */
const MAX_ACCOUNTS = 1_000;

/** Main accounts: to make one, and to see which are in a cell. For the operator. */
export function placementRoutes(deps: CellsDeps, ports: PlacementPorts): Route[] {
  return [createRoute(deps, ports), listRoute(deps)];
}

function createRoute(deps: CellsDeps, ports: PlacementPorts): Route {
  return defineRoute({
    ...common,
    method: "POST",
    path: `${BASE_PATH}/Accounts`,
    operationId: "PlaceAccount",
    summary: "Make a main account, in the cell of a tier and region that has room; for the operator",
    parameters: {
      FriendlyName: text({ default: "", maxCharacters: MAX_NAME_CHARACTERS, summary: "Kept in its cell alone." }),
      Tier: enumeration({ values: TIERS, default: "smb", summary: "For whom the cell is." }),
      Region: text({ required: true, maxCharacters: MAX_REGION_CHARACTERS, summary: "Where its data stays." }),
    },
    success: 201,
    errors: [cellErrors.noRoom],
    run: (call) => {
      operatorOnly(deps, call);
      const { FriendlyName: friendlyName, Tier: tier, Region: region } = call.params;
      return placeAccount(deps, ports, { friendlyName, tier, region });
    },
    view: ({ accountSid, authToken, friendlyName, cell }, { baseUrl }): JsonObject => ({
      sid: accountSid,
      auth_token: authToken,
      friendly_name: friendlyName,
      tier: cell.tier,
      region: cell.region,
      cell: cell.name,
      url: `${baseUrl}${BASE_PATH}/Accounts/${accountSid}/Home`,
    }),
  });
}

function listRoute(deps: CellsDeps): Route {
  return defineRoute({
    ...common,
    method: "GET",
    path: `${BASE_PATH}/Cells/{Name}/Accounts`,
    operationId: "ListAccountOfCell",
    summary: "Name main accounts that are at home in a cell, 1,000 at most; for the operator",
    success: 200,
    run: async (call) => {
      operatorOnly(deps, call);
      return { cell: call.path.Name, accounts: await listAccounts(deps.database, call.path.Name, MAX_ACCOUNTS) };
    },
    view: ({ cell, accounts }): JsonObject => ({ cell, accounts }),
  });
}
