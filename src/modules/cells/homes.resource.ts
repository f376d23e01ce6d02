import { isSid } from "../../kernel/ids.ts";
import { CELL_TYPES } from "../../platform/fleet/index.ts";
import { defineRoute, enumeration, type Route } from "../../platform/http/index.ts";
import { operatorOnly } from "./cells.resource.ts";
import type { CellsDeps } from "./deps.ts";
import { locateHome } from "./locate-home.ts";
import { BASE_PATH, viewHome } from "./views.ts";

/** `Accounts/{Sid}/Home`: in which cell an account is. For the operator. */
export function homeRoutes(deps: CellsDeps): Route[] {
  return [
    defineRoute({
      product: "api",
      tag: "Cells",
      access: "main",
      method: "GET",
      path: `${BASE_PATH}/Accounts/{Sid}/Home`,
      operationId: "FetchAccountHome",
      summary: "Say which cell an account is at home in; for the operator",
      parameters: { Type: enumeration({ values: CELL_TYPES, default: "messaging", summary: "The type of cell." }) },
      success: 200,
      run: async (call) => {
        operatorOnly(deps, call);
        const { Sid: sid } = call.path;
        const home = isSid(sid, "AC") ? await locateHome(deps, sid, call.params.Type) : undefined;
        if (home === undefined) throw call.notFound();
        return home;
      },
      view: (home, { baseUrl }) => viewHome(home, baseUrl),
    }),
  ];
}
