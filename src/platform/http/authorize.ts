import { AppError } from "../../kernel/errors.ts";
import { ACCOUNT_NOT_ACTIVE, NOT_FOUND, UNAUTHENTICATED } from "./errors.ts";
import { headerOf, type HttpRequest } from "./message.ts";
import { parseBasicCredentials, type Authenticator, type Principal } from "./principal.ts";
import type { Access } from "./route.ts";

/** Who is calling, and which account the call is about. */
export interface Authorization {
  readonly principal: Principal | undefined;
  readonly accountSid: string | undefined;
}

/** {@link Authorization} of a request that had to authenticate. */
export interface Granted extends Authorization {
  readonly principal: Principal;
  readonly accountSid: string;
}

/**
 * Authenticates a request and checks that the caller may act on `namedAccount`
 * (the path's `{AccountSid}`; without one it is the caller's own account).
 * Throws 401/20003, 403/20005, or 404/20404: whether a foreign account exists
 * is nobody's business.
 */
export async function authorize(
  authenticator: Authenticator,
  request: HttpRequest,
  access: Exclude<Access, "public">,
  namedAccount: string | undefined,
): Promise<Granted> {
  const credentials = parseBasicCredentials(headerOf(request.headers, "authorization"));
  if (credentials === undefined) {
    throw new AppError(UNAUTHENTICATED, {
      reason: "send an account SID and auth token, or an API key and secret, as HTTP Basic",
    });
  }
  const principal = await authenticator.authenticate(credentials, request);
  if (principal === undefined) throw new AppError(UNAUTHENTICATED, { reason: "the user name or password is wrong" });
  if (principal.status !== "active") {
    throw new AppError(ACCOUNT_NOT_ACTIVE, { accountSid: principal.accountSid, status: principal.status });
  }
  if (access === "main" && principal.credential === "key" && principal.keyKind !== "main") {
    throw new AppError(UNAUTHENTICATED, { reason: "this needs the auth token or a main API key" });
  }
  const accountSid = namedAccount ?? principal.accountSid;
  if (accountSid !== principal.accountSid && !(await principal.canAccess(accountSid))) {
    throw new AppError(NOT_FOUND, { resource: `/2010-04-01/Accounts/${accountSid}` });
  }
  return { principal, accountSid };
}
