import {
  pageBySid,
  defineListRoute,
  defineRoute,
  text,
  type PageRequest,
  type Page,
  type Route,
} from "../../platform/http/index.ts";
import { MAX_FRIENDLY_NAME_CHARACTERS } from "./account.ts";
import { viewKey, viewNewKey } from "./account.view.ts";
import { createKey, deleteKey, renameKey } from "./change-key.ts";
import type { AccountsDeps } from "./deps.ts";
import { accountErrors } from "./errors.ts";
import type { ApiKey } from "./key.ts";
import { findKey, listKeys } from "./key.store.ts";

export const keyName = () =>
  text({
    maxCharacters: MAX_FRIENDLY_NAME_CHARACTERS,
    invalid: accountErrors.friendlyNameInvalid,
    summary: "What people call the key.",
  });

/** Two names of one thing: signing keys are keys, and every key can sign. */
const KEYS = { name: "Key", path: "Keys", collection: "keys" } as const;
const SIGNING_KEYS = { name: "SigningKey", path: "SigningKeys", collection: "signing_keys" } as const;
type Naming = typeof KEYS | typeof SIGNING_KEYS;

/** `Keys` and `SigningKeys` of an account: create, fetch, list, update, delete. */
export function keyRoutes(deps: AccountsDeps): Route[] {
  return [KEYS, SIGNING_KEYS].flatMap((naming) => [
    createRoute(deps, naming),
    listRoute(deps, naming),
    ...itemRoutes(deps, naming),
  ]);
}

const commonOf = ({ path }: Naming) => ({ product: "api", tag: path, access: "main" }) as const;
const listPath = ({ path }: Naming) => `/2010-04-01/Accounts/{AccountSid}/${path}` as const;
const itemPath = (naming: Naming) => `${listPath(naming)}/{Sid}` as const;

function createRoute(deps: AccountsDeps, naming: Naming): Route {
  return defineRoute({
    ...commonOf(naming),
    method: "POST",
    path: listPath(naming),
    operationId: `CreateNew${naming.name}`,
    summary: "Create a standard API key; the only time its secret is shown",
    success: 201,
    creates: true,
    errors: [accountErrors.tooManyKeys],
    parameters: { FriendlyName: keyName() },
    run: (call) => {
      const { accountSid, params } = call;
      return createKey(deps, { accountSid, friendlyName: params.FriendlyName ?? "", kind: "standard" });
    },
    view: viewNewKey,
  });
}

function listRoute(deps: AccountsDeps, naming: Naming): Route {
  return defineListRoute({
    ...commonOf(naming),
    path: listPath(naming),
    operationId: `List${naming.name}`,
    summary: "List the account's API keys, newest first",
    collection: naming.collection,
    errors: [accountErrors.pageTokenInvalid],
    page: (request) => keyPage(deps, request.call.accountSid, request),
    view: viewKey,
  });
}

/** One page of an account's keys. */
export async function keyPage(
  deps: AccountsDeps,
  accountSid: string,
  asked: Pick<PageRequest, "limit" | "cursor" | "direction">,
): Promise<Page<ApiKey>> {
  return pageBySid(asked, (slice) => listKeys(deps.database, accountSid, slice));
}

function itemRoutes(deps: AccountsDeps, naming: Naming): Route[] {
  const common = { ...commonOf(naming), path: itemPath(naming) } as const;
  return [
    defineRoute({
      ...common,
      method: "GET",
      operationId: `Fetch${naming.name}`,
      summary: "Fetch an API key",
      success: 200,
      run: async (call) => {
        const key = await findKey(deps.database, call.path.Sid);
        if (key?.accountSid !== call.accountSid) throw call.notFound();
        return key;
      },
      view: viewKey,
    }),
    defineRoute({
      ...common,
      method: "POST",
      operationId: `Update${naming.name}`,
      summary: "Name an API key anew",
      success: 200,
      parameters: { FriendlyName: keyName() },
      run: async (call) => {
        const { accountSid, params, path } = call;
        const key = await renameKey(deps, { accountSid, sid: path.Sid, friendlyName: params.FriendlyName });
        if (key === undefined) throw call.notFound();
        return key;
      },
      view: viewKey,
    }),
    defineRoute({
      ...common,
      method: "DELETE",
      operationId: `Delete${naming.name}`,
      summary: "Delete an API key",
      success: 204,
      run: async (call) => {
        if (!(await deleteKey(deps, { accountSid: call.accountSid, sid: call.path.Sid }))) throw call.notFound();
      },
    }),
  ];
}
