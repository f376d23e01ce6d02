import { defineRoute, type Route } from "../../platform/http/index.ts";
import { viewToken } from "./account.view.ts";
import type { AccountsDeps } from "./deps.ts";
import { createSecondaryToken, deleteSecondaryToken, promoteToken } from "./rotate-token.ts";

const SECONDARY = "/v1/AuthTokens/Secondary";
const common = { product: "accounts", tag: "AuthTokens", access: "main" } as const;

/** Auth token rotation: make a secondary token, change the programs over to it, promote it. */
export function tokenRoutes(deps: AccountsDeps): Route[] {
  return [
    defineRoute({
      ...common,
      method: "POST",
      path: "/v1/AuthTokens/Promote",
      operationId: "UpdateAuthTokenPromotion",
      summary: "Make the secondary auth token the primary one",
      success: 200,
      run: async (call) => {
        const promoted = await promoteToken(deps, call.accountSid);
        if (promoted === undefined) throw call.notFound();
        return promoted;
      },
      view: (shown, call) => viewToken(shown, "auth_token", call.baseUrl + call.pathname),
    }),
    defineRoute({
      ...common,
      method: "POST",
      path: SECONDARY,
      operationId: "CreateSecondaryAuthToken",
      summary: "Create a secondary auth token, in place of the one there is",
      success: 201,
      creates: true,
      run: (call) => createSecondaryToken(deps, call.accountSid),
      view: (shown, call) => viewToken(shown, "secondary_auth_token", call.baseUrl + call.pathname),
    }),
    defineRoute({
      ...common,
      method: "DELETE",
      path: SECONDARY,
      operationId: "DeleteSecondaryAuthToken",
      summary: "Delete the secondary auth token",
      success: 204,
      run: async (call) => {
        if (!(await deleteSecondaryToken(deps, call.accountSid))) throw call.notFound();
      },
    }),
  ];
}
