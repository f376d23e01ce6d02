import { AppError } from "../../kernel/errors.ts";
import { isSid } from "../../kernel/ids.ts";
import { iso8601 } from "../../kernel/time.ts";
import {
  defineListRoute,
  defineRoute,
  enumeration,
  integer,
  pageBySid,
  sid,
  type JsonObject,
  type Route,
} from "../../platform/http/index.ts";
import { checkAtHome } from "./at-home.ts";
import { baseUrlOfCall } from "./base-url.ts";
import { maySee } from "./change-user.ts";
import type { ConsoleDeps } from "./deps.ts";
import { consoleErrors } from "./errors.ts";
import {
  INVITATION_SECONDS,
  linkUrl,
  MAX_LINK_SECONDS,
  MIN_LINK_SECONDS,
  SIGN_IN_LINK_SECONDS,
  type LinkPurpose,
} from "./link.ts";
import { accountUser, makeLink } from "./make-link.ts";
import { findSession, listSessions } from "./session.store.ts";
import type { Session } from "./session.ts";
import { signOut } from "./standing.ts";
import { askerOf, mayManage, type Asker, type User } from "./user.ts";
import { findUser } from "./user.store.ts";

const SESSIONS = "/trunkline/v1/Console/Sessions";
const common = { product: "api", tag: "Console", access: "main" } as const;

/** `Console/Sessions` and `Console/SignInLinks`: who is signed in, and one-time links to sign in by. */
export function sessionRoutes(deps: ConsoleDeps): Route[] {
  return [...listRoutes(deps), linkRoute(deps)];
}

function listRoutes(deps: ConsoleDeps): Route[] {
  return [
    defineListRoute({
      ...common,
      path: SESSIONS,
      operationId: "ListConsoleSession",
      summary:
        "List where one is signed in to the console, the newest first; owners and admins see all users' sessions",
      collection: "sessions",
      parameters: { UserSid: sid({ prefix: "US", summary: "Only sessions of this user." }) },
      page: async ({ call, ...slice }) => {
        const asker = askerOf(call.principal);
        const asked = call.params.UserSid === "" ? undefined : call.params.UserSid;
        const userSid = mayManage(asker, "admin") ? asked : asker.userSid;
        const of = { accountSid: call.accountSid, userSid, nowMs: deps.clock.nowMs() };
        return pageBySid(slice, (part) => listSessions(deps.database, of, part));
      },
      view: (session, call) => viewSession(session, askerOf(call.principal)),
    }),
    defineRoute({
      ...common,
      method: "DELETE",
      path: `${SESSIONS}/{Sid}`,
      operationId: "DeleteConsoleSession",
      summary: "End a session of the console",
      success: 204,
      run: async (call) => {
        const { accountSid } = call;
        const asked = { accountSid, sid: call.path.Sid, nowMs: deps.clock.nowMs() };
        const session = isSid(asked.sid, "CS") ? await findSession(deps.database, asked) : undefined;
        const user =
          session === undefined ? undefined : await findUser(deps.database, { accountSid, sid: session.userSid });
        const asker = askerOf(call.principal);
        if (user === undefined || !maySee(asker, user)) throw call.notFound();
        if (asker.userSid !== user.sid && !mayManage(asker, user.role)) throw new AppError(consoleErrors.roleTooHigh);
        await signOut(deps, asked.sid);
      },
    }),
  ];
}

function linkRoute(deps: ConsoleDeps): Route {
  return defineRoute({
    ...common,
    method: "POST",
    path: "/trunkline/v1/Console/SignInLinks",
    operationId: "CreateConsoleSignInLink",
    summary:
      "Make a one-time link: to sign in for the account, or, for a user, to accept an invitation or set a password",
    success: 201,
    errors: [consoleErrors.tooManyLinks, consoleErrors.notAllowed, consoleErrors.roleTooHigh],
    parameters: {
      UserSid: sid({
        prefix: "US",
        summary: "The user it is for; without one it signs in for the account, as its owner.",
      }),
      Purpose: enumeration({
        values: ["sign-in", "password"],
        default: "password",
        summary:
          "What a user's link is for. Links to sign in somebody are made with the account's own credentials only.",
      }),
      TtlSeconds: integer({
        min: MIN_LINK_SECONDS,
        max: MAX_LINK_SECONDS,
        summary: "How long it can be used: a quarter of an hour, or a week for invitations, where nothing is said.",
      }),
    },
    run: async (call) => {
      await checkAtHome(deps, call);
      const asker = askerOf(call.principal);
      const { UserSid = "", Purpose, TtlSeconds } = call.params;
      const target = { accountSid: call.accountSid, sid: UserSid };
      const user = UserSid === "" ? undefined : await findUser(deps.database, target);
      if (UserSid !== "" && user === undefined) throw call.notFound();
      const purpose = purposeFor(asker, user, Purpose);
      const seconds = TtlSeconds ?? (purpose === "invitation" ? INVITATION_SECONDS : SIGN_IN_LINK_SECONDS);
      const owner = user ?? (await accountUser(deps, call.accountSid));
      return makeLink(deps, { user: owner, purpose, lifeMs: seconds * 1_000 });
    },
    view: (link, call) => ({
      sid: link.sid,
      account_sid: link.accountSid,
      user_sid: link.userSid,
      purpose: link.purpose,
      secret_url: linkUrl(baseUrlOfCall(deps, call), link.token),
      date_created: iso8601(link.createdMs),
      date_expires: iso8601(link.expiresMs),
    }),
  });
}

/** What the link will be for, if the asker may make it. Nobody of the console gets to sign in as somebody else by it. */
function purposeFor(asker: Asker, user: User | undefined, wanted: "sign-in" | "password"): LinkPurpose {
  const isProgram = asker.userSid === undefined;
  if (user === undefined || user.isAccount) {
    if (!isProgram && asker.role !== "owner") throw new AppError(consoleErrors.notAllowed);
    return "sign-in";
  }
  if (!isProgram && !mayManage(asker, user.role)) throw new AppError(consoleErrors.roleTooHigh);
  if (user.status === "invited") return "invitation";
  if (wanted === "sign-in" && !isProgram) throw new AppError(consoleErrors.notAllowed);
  return wanted;
}

function viewSession(session: Session, asker: Asker): JsonObject {
  return {
    sid: session.sid,
    account_sid: session.accountSid,
    user_sid: session.userSid,
    is_current: session.sid === asker.sessionSid,
    source_ip_address: session.address,
    user_agent: session.agent,
    date_created: iso8601(session.createdMs),
    date_last_seen: iso8601(session.seenMs),
    date_expires: iso8601(session.expiresMs),
  };
}
