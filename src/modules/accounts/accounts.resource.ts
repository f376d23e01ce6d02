import { AppError } from "../../kernel/errors.ts";
import { isSid } from "../../kernel/ids.ts";
import {
  cutPage,
  defineListRoute,
  defineRoute,
  enumeration,
  text,
  type Call,
  type Route,
} from "../../platform/http/index.ts";
import { MAX_FRIENDLY_NAME_CHARACTERS, type AccountWithToken } from "./account.ts";
import { listAccounts, type AccountPlace } from "./account.store.ts";
import { viewAccount } from "./account.view.ts";
import { createSubaccount } from "./create-account.ts";
import type { AccountsDeps } from "./deps.ts";
import { accountErrors } from "./errors.ts";
import { fetchAccount, updateAccount } from "./update-account.ts";

const LIST = "/2010-04-01/Accounts";
const ITEM = "/2010-04-01/Accounts/{Sid}";
const STATUSES = ["active", "suspended", "closed"] as const;
const common = { product: "api", tag: "Accounts", access: "main" } as const;

const friendlyName = () =>
  text({
    maxCharacters: MAX_FRIENDLY_NAME_CHARACTERS,
    invalid: accountErrors.friendlyNameInvalid,
    summary: "What people call it.",
  });

/** `Accounts`: create, fetch, list and update. */
export function accountRoutes(deps: AccountsDeps): Route[] {
  return [createRoute(deps), fetchRoute(deps), listRoute(deps), updateRoute(deps)];
}

function createRoute(deps: AccountsDeps): Route {
  return defineRoute({
    ...common,
    method: "POST",
    path: LIST,
    operationId: "CreateAccount",
    summary: "Create a subaccount",
    success: 201,
    creates: true,
    errors: [accountErrors.nestedSubaccount, accountErrors.tooManySubaccounts],
    parameters: { FriendlyName: friendlyName() },
    run: (call) => createSubaccount(deps, { parentSid: call.accountSid, friendlyName: call.params.FriendlyName }),
    view: viewAccount,
  });
}

function fetchRoute(deps: AccountsDeps): Route {
  return defineRoute({
    ...common,
    method: "GET",
    path: ITEM,
    operationId: "FetchAccount",
    summary: "Fetch an account",
    success: 200,
    run: async (call) => fetchOr404(deps, call, await accessibleSid(call)),
    view: viewAccount,
  });
}

function listRoute(deps: AccountsDeps): Route {
  return defineListRoute({
    ...common,
    path: LIST,
    operationId: "ListAccount",
    summary: "List the account and its subaccounts, newest first",
    collection: "accounts",
    errors: [accountErrors.pageTokenInvalid],
    parameters: {
      FriendlyName: text({
        maxCharacters: MAX_FRIENDLY_NAME_CHARACTERS,
        summary: "Only those with exactly this name.",
      }),
      Status: enumeration({ values: STATUSES, invalid: accountErrors.statusInvalid }),
    },
    page: async ({ call, limit, cursor, direction }) => {
      const { FriendlyName: name, Status: status } = call.params;
      const filter = { ownSid: call.accountSid, friendlyName: name === "" ? undefined : name, status };
      const place = cursor === undefined ? undefined : parsePlace(cursor);
      const found = await listAccounts(deps.database, filter, { limit: limit + 1, place, direction });
      const cursorOf = ({ account }: (typeof found)[number]): string => `${account.createdMs}-${account.sid}`;
      const page = cutPage(found, { limit, cursor, direction }, cursorOf);
      const records = page.records.map(({ account, sealedToken }): AccountWithToken => {
        return { ...account, authToken: deps.secrets.open(sealedToken, account.sid) };
      });
      return { ...page, records };
    },
    view: viewAccount,
  });
}

function parsePlace(cursor: string): AccountPlace {
  const [createdMs = "", sid = ""] = cursor.split("-");
  if (!/^\d{1,15}$/.test(createdMs) || !isSid(sid, "AC")) throw new AppError(accountErrors.pageTokenInvalid);
  return { createdMs: Number(createdMs), sid };
}

function updateRoute(deps: AccountsDeps): Route {
  return defineRoute({
    ...common,
    method: "POST",
    path: ITEM,
    operationId: "UpdateAccount",
    summary: "Name an account anew; suspend, reactivate or close a subaccount",
    success: 200,
    errors: [
      accountErrors.statusOfMain,
      accountErrors.statusBySubaccount,
      accountErrors.reopened,
      accountErrors.heldByOperator,
      accountErrors.parentSuspended,
    ],
    parameters: {
      FriendlyName: friendlyName(),
      Status: enumeration({ values: STATUSES, invalid: accountErrors.statusInvalid }),
    },
    run: async (call) => {
      const { FriendlyName: name, Status: status } = call.params;
      if (name === "") throw new AppError(accountErrors.friendlyNameInvalid);
      const sid = await accessibleSid(call);
      if (name !== undefined || status !== undefined) {
        await updateAccount(deps, { sid, bySid: call.accountSid, friendlyName: name, status });
      }
      return fetchOr404(deps, call, sid);
    },
    view: viewAccount,
  });
}

type ItemCall = Pick<Call<typeof ITEM, Record<never, never>, "main">, "path" | "principal" | "notFound">;

/** The account of the path, if the caller may act on it. The framework checks `{AccountSid}`, but the API calls it `Sid` here. */
async function accessibleSid(call: ItemCall): Promise<string> {
  const { Sid: sid } = call.path;
  if (!(await call.principal.canAccess(sid))) throw call.notFound();
  return sid;
}

async function fetchOr404(deps: AccountsDeps, call: ItemCall, sid: string): Promise<AccountWithToken> {
  const found = await fetchAccount(deps, sid);
  if (found === undefined) throw call.notFound();
  return found;
}
