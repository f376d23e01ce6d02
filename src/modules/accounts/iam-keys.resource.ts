import { AppError } from "../../kernel/errors.ts";
import { defineListRoute, defineRoute, sid, text, type Call, type Route } from "../../platform/http/index.ts";
import { viewKey, viewNewKey } from "./account.view.ts";
import { createKey, deleteKey, renameKey } from "./change-key.ts";
import type { AccountsDeps } from "./deps.ts";
import { accountErrors } from "./errors.ts";
import type { ApiKey } from "./key.ts";
import { findKey } from "./key.store.ts";
import { keyName, keyPage } from "./keys.resource.ts";

const LIST = "/v1/Keys";
const ITEM = "/v1/Keys/{Sid}";
const MAX_POLICY_CHARACTERS = 65_536;
/** What every key can do, as the list names it. */
const FLAGS: readonly string[] = ["rest_api", "signing"];
const common = { product: "iam", tag: "Keys", access: "main" } as const;
const accountSid = () => sid({ prefix: "AC", required: true, summary: "The account that has the keys." });
const policy = () => text({ maxCharacters: MAX_POLICY_CHARACTERS, summary: "Not supported yet." });

/** `Keys` of the iam product: the same keys, without the account in the path. */
export function iamKeyRoutes(deps: AccountsDeps): Route[] {
  return [createRoute(deps), listRoute(deps), ...itemRoutes(deps)];
}

function createRoute(deps: AccountsDeps): Route {
  return defineRoute({
    ...common,
    method: "POST",
    path: LIST,
    operationId: "CreateNewKey",
    summary: "Create a standard API key; the only time its secret is shown",
    success: 201,
    creates: true,
    errors: [accountErrors.tooManyKeys, accountErrors.keyTypeNotSupported],
    parameters: {
      AccountSid: accountSid(),
      FriendlyName: keyName(),
      KeyType: text({ maxCharacters: 64, summary: "Not supported yet." }),
      Policy: policy(),
    },
    run: async (call) => {
      const { AccountSid, FriendlyName: friendlyName = "", KeyType, Policy } = call.params;
      refuseRestricted(KeyType, Policy);
      await checkAccess(call, AccountSid);
      return createKey(deps, { accountSid: AccountSid, friendlyName, kind: "standard" });
    },
    view: (key) => ({ ...viewNewKey(key), policy: null }),
  });
}

function listRoute(deps: AccountsDeps): Route {
  return defineListRoute({
    ...common,
    path: LIST,
    operationId: "ListGetKeys",
    summary: "List an account's API keys, newest first",
    collection: "keys",
    errors: [accountErrors.pageTokenInvalid],
    parameters: { AccountSid: accountSid() },
    page: async (request) => {
      await checkAccess(request.call, request.call.params.AccountSid);
      return keyPage(deps, request.call.params.AccountSid, request);
    },
    view: (key) => ({ ...viewKey(key), flags: FLAGS }),
  });
}

function itemRoutes(deps: AccountsDeps): Route[] {
  const viewWithPolicy = (key: ApiKey) => ({ ...viewKey(key), policy: null });
  return [
    defineRoute({
      ...common,
      method: "GET",
      path: ITEM,
      operationId: "FetchKey",
      summary: "Fetch an API key",
      success: 200,
      run: (call) => accessibleKey(deps, call, call.path.Sid),
      view: viewWithPolicy,
    }),
    defineRoute({
      ...common,
      method: "POST",
      path: ITEM,
      operationId: "UpdateKey",
      summary: "Name an API key anew",
      success: 200,
      errors: [accountErrors.keyTypeNotSupported],
      parameters: { FriendlyName: keyName(), Policy: policy() },
      run: async (call) => {
        refuseRestricted(undefined, call.params.Policy);
        const key = await accessibleKey(deps, call, call.path.Sid);
        const renamed = await renameKey(deps, { ...key, friendlyName: call.params.FriendlyName });
        if (renamed === undefined) throw call.notFound();
        return renamed;
      },
      view: viewWithPolicy,
    }),
    defineRoute({
      ...common,
      method: "DELETE",
      path: ITEM,
      operationId: "DeleteKey",
      summary: "Delete an API key",
      success: 204,
      run: async (call) => {
        if (!(await deleteKey(deps, await accessibleKey(deps, call, call.path.Sid)))) throw call.notFound();
      },
    }),
  ];
}

/** A key that was to be restricted and is not would be worse than none. */
function refuseRestricted(keyType: string | undefined, keyPolicy: string | undefined): void {
  const isAsked = [keyType, keyPolicy].some((value) => value !== undefined && value !== "");
  if (isAsked) throw new AppError(accountErrors.keyTypeNotSupported);
}

type Caller = Pick<Call<string, Record<never, never>, "main">, "principal" | "notFound">;

async function checkAccess(call: Caller, target: string): Promise<void> {
  if (!(await call.principal.canAccess(target))) throw call.notFound();
}

async function accessibleKey(deps: AccountsDeps, call: Caller, keySid: string): Promise<ApiKey> {
  const key = await findKey(deps.database, keySid);
  if (key === undefined) throw call.notFound();
  await checkAccess(call, key.accountSid);
  return key;
}
