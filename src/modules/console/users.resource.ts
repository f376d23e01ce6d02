import { AppError } from "../../kernel/errors.ts";
import { iso8601 } from "../../kernel/time.ts";
import { ROLES } from "../../platform/console/index.ts";
import {
  defineListRoute,
  defineRoute,
  enumeration,
  pageBySid,
  text,
  type JsonObject,
  type Route,
} from "../../platform/http/index.ts";
import { checkAtHome } from "./at-home.ts";
import { baseUrlOfCall } from "./base-url.ts";
import { changeUser, dropSecondFactor, inviteUser, maySee, removeUser } from "./change-user.ts";
import type { ConsoleDeps } from "./deps.ts";
import { consoleErrors } from "./errors.ts";
import { linkUrl } from "./link.ts";
import { askerOf, mayManage, MAX_NAME_CHARACTERS, MAX_PASSWORD_CHARACTERS, type User } from "./user.ts";
import { findUser, listUsers } from "./user.store.ts";

const LIST = "/trunkline/v1/Console/Users";
const ITEM = "/trunkline/v1/Console/Users/{Sid}";
const MAX_EMAIL_CHARACTERS = 320;
const common = { product: "api", tag: "Console", access: "main" } as const;

/** `Console/Users`: the people who may sign in to the console for an account. */
export function userRoutes(deps: ConsoleDeps): Route[] {
  return [createRoute(deps), ...readRoutes(deps), updateRoute(deps), ...deleteRoutes(deps)];
}

function createRoute(deps: ConsoleDeps): Route {
  return defineRoute({
    ...common,
    method: "POST",
    path: LIST,
    operationId: "CreateConsoleUser",
    summary: "Invite somebody to the console; the answer has the one-time link for him, which is shown only here",
    success: 201,
    errors: [
      consoleErrors.emailInvalid,
      consoleErrors.emailTaken,
      consoleErrors.tooManyUsers,
      consoleErrors.roleTooHigh,
      consoleErrors.tooManyLinks,
    ],
    parameters: {
      Email: text({ required: true, maxCharacters: MAX_EMAIL_CHARACTERS, summary: "By which he signs in." }),
      FriendlyName: text({ maxCharacters: MAX_NAME_CHARACTERS, default: "", summary: "What he is called." }),
      Role: enumeration({ values: ROLES, required: true, summary: "What he may do." }),
    },
    run: async (call) => {
      await checkAtHome(deps, call);
      const { Email: email, FriendlyName: friendlyName, Role: role } = call.params;
      const asker = askerOf(call.principal);
      return inviteUser(deps, asker, { accountSid: call.accountSid, email, friendlyName, role });
    },
    view: ({ user, link }, call) => ({
      ...viewUser(user),
      secret_url: linkUrl(baseUrlOfCall(deps, call), link.token),
      date_link_expires: iso8601(link.expiresMs),
    }),
  });
}

function readRoutes(deps: ConsoleDeps): Route[] {
  return [
    defineListRoute({
      ...common,
      path: LIST,
      operationId: "ListConsoleUser",
      summary: "List the people who may sign in to the console, the newest first",
      collection: "users",
      errors: [consoleErrors.notAllowed],
      page: async ({ call, ...slice }) => {
        if (!mayManage(askerOf(call.principal), "admin")) throw new AppError(consoleErrors.notAllowed);
        return pageBySid(slice, (part) => listUsers(deps.database, call.accountSid, part));
      },
      view: viewUser,
    }),
    defineRoute({
      ...common,
      method: "GET",
      path: ITEM,
      operationId: "FetchConsoleUser",
      summary: "Fetch a user of the console; oneself, unless one is an owner or an admin",
      success: 200,
      run: async (call) => {
        const user = await findUser(deps.database, { accountSid: call.accountSid, sid: call.path.Sid });
        if (user === undefined || !maySee(askerOf(call.principal), user)) throw call.notFound();
        return user;
      },
      view: viewUser,
    }),
  ];
}

function updateRoute(deps: ConsoleDeps): Route {
  const password = (summary: string) => text({ maxCharacters: MAX_PASSWORD_CHARACTERS, summary });
  return defineRoute({
    ...common,
    method: "POST",
    path: ITEM,
    operationId: "UpdateConsoleUser",
    summary: "Change a user of the console. A new role, status or password ends his sessions",
    success: 200,
    errors: [
      consoleErrors.roleTooHigh,
      consoleErrors.notYourself,
      consoleErrors.lastOwner,
      consoleErrors.accountUser,
      consoleErrors.notAllowed,
      consoleErrors.passwordWeak,
      consoleErrors.passwordWrong,
      consoleErrors.tooManyTries,
    ],
    parameters: {
      FriendlyName: text({ maxCharacters: MAX_NAME_CHARACTERS, summary: "What he is called." }),
      Role: enumeration({ values: ROLES, summary: "What he may do." }),
      Status: enumeration({ values: ["active", "suspended"], summary: "Whether he may sign in." }),
      Password: password("A new password, of at least 12 characters; only one's own."),
      CurrentPassword: password("The password until now; goes with Password."),
    },
    run: async (call) => {
      const { FriendlyName, Role: role, Status: status, Password, CurrentPassword } = call.params;
      const change = {
        friendlyName: FriendlyName,
        role,
        status,
        password: Password === "" ? undefined : Password,
        currentPassword: CurrentPassword,
      };
      const target = { accountSid: call.accountSid, sid: call.path.Sid };
      const changed = await changeUser(deps, askerOf(call.principal), { target, change });
      if (changed === undefined) throw call.notFound();
      return changed;
    },
    view: viewUser,
  });
}

function deleteRoutes(deps: ConsoleDeps): Route[] {
  return [
    defineRoute({
      ...common,
      method: "DELETE",
      path: ITEM,
      operationId: "DeleteConsoleUser",
      summary: "Remove a user of the console",
      success: 204,
      errors: [
        consoleErrors.notYourself,
        consoleErrors.lastOwner,
        consoleErrors.accountUser,
        consoleErrors.roleTooHigh,
      ],
      run: async (call) => {
        const target = { accountSid: call.accountSid, sid: call.path.Sid };
        if (!(await removeUser(deps, askerOf(call.principal), target))) throw call.notFound();
      },
    }),
    defineRoute({
      ...common,
      method: "DELETE",
      path: `${ITEM}/Totp`,
      operationId: "DeleteConsoleUserTotp",
      summary: "Take the second factor away from somebody who has lost it, and end his sessions",
      success: 204,
      errors: [consoleErrors.notYourself, consoleErrors.accountUser, consoleErrors.roleTooHigh],
      run: async (call) => {
        const target = { accountSid: call.accountSid, sid: call.path.Sid };
        if (!(await dropSecondFactor(deps, askerOf(call.principal), target))) throw call.notFound();
      },
    }),
  ];
}

function viewUser(user: User): JsonObject {
  const { sid, accountSid, email, friendlyName, role, status, password, totp, isAccount, lastSignInMs } = user;
  return {
    sid,
    account_sid: accountSid,
    email: email ?? null,
    friendly_name: friendlyName,
    role,
    status,
    is_account: isAccount,
    has_password: password !== undefined,
    has_totp: totp.secret !== undefined,
    date_created: iso8601(user.createdMs),
    date_updated: iso8601(user.updatedMs),
    date_last_sign_in: lastSignInMs === undefined ? null : iso8601(lastSignInMs),
  };
}
