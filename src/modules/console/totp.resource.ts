import { AppError } from "../../kernel/errors.ts";
import { defineRoute, text, type Call, type Route } from "../../platform/http/index.ts";
import type { ConsoleDeps } from "./deps.ts";
import { consoleErrors } from "./errors.ts";
import { beginTotp, confirmTotp, removeTotp } from "./set-up-totp.ts";
import { askerOf, type User } from "./user.ts";
import { findUser } from "./user.store.ts";

const TOTP = "/trunkline/v1/Console/Totp";
const MAX_CODE_CHARACTERS = 64;
const common = { product: "api", tag: "Console", access: "main" } as const;

type Caller = Pick<Call<string, Record<never, never>, "main">, "principal" | "accountSid" | "notFound">;

/** `Console/Totp`: one's own second factor. */
export function totpRoutes(deps: ConsoleDeps): Route[] {
  const code = () => text({ required: true, maxCharacters: MAX_CODE_CHARACTERS, summary: "A code of the app." });
  return [
    defineRoute({
      ...common,
      method: "GET",
      path: TOTP,
      operationId: "FetchConsoleTotp",
      summary: "Whether one has a second factor, and how many recovery codes are left",
      success: 200,
      errors: [consoleErrors.usersOnly],
      run: (call) => userOf(deps, call),
      view: ({ totp }) => ({
        enabled: totp.secret !== undefined,
        pending: totp.secret === undefined && totp.pending !== undefined,
        recovery_left: totp.recoveryDigests.length,
      }),
    }),
    defineRoute({
      ...common,
      method: "POST",
      path: TOTP,
      operationId: "CreateConsoleTotp",
      summary: "Begin to set up a second factor: the secret for an authenticator app, shown only here",
      success: 201,
      errors: [consoleErrors.usersOnly, consoleErrors.accountUser, consoleErrors.totpOn],
      run: async (call) => beginTotp(deps, await userOf(deps, call)),
      view: ({ secret, uri, qrSvg }) => ({ secret, secret_uri: uri, secret_qr_svg: qrSvg }),
    }),
    defineRoute({
      ...common,
      method: "POST",
      path: `${TOTP}/Confirmation`,
      operationId: "CreateConsoleTotpConfirmation",
      summary: "Confirm the second factor by a code of it; the recovery codes are shown only here",
      success: 200,
      errors: [consoleErrors.usersOnly, consoleErrors.totpOff, consoleErrors.codeWrong, consoleErrors.tooManyTries],
      parameters: { Code: code() },
      run: async (call) => {
        const { sessionSid } = askerOf(call.principal);
        return confirmTotp(deps, { user: await userOf(deps, call), sessionSid }, call.params.Code);
      },
      view: (codes) => ({ enabled: true, recovery_codes: [...codes] }),
    }),
    defineRoute({
      ...common,
      method: "POST",
      path: `${TOTP}/Removal`,
      operationId: "CreateConsoleTotpRemoval",
      summary: "Remove one's second factor, by a code of it or a recovery code",
      success: 204,
      errors: [consoleErrors.usersOnly, consoleErrors.totpOff, consoleErrors.codeWrong, consoleErrors.tooManyTries],
      parameters: { Code: code() },
      run: async (call) => removeTotp(deps, await userOf(deps, call), call.params.Code),
    }),
  ];
}

/** Who asks; API credentials are nobody. */
async function userOf(deps: ConsoleDeps, call: Caller): Promise<User> {
  const { userSid } = askerOf(call.principal);
  if (userSid === undefined) throw new AppError(consoleErrors.usersOnly);
  const user = await findUser(deps.database, { accountSid: call.accountSid, sid: userSid });
  if (user === undefined) throw call.notFound();
  return user;
}
