import { AppError } from "../../kernel/errors.ts";
import { isSid } from "../../kernel/ids.ts";
import { signedMount, type SignedEndpoint } from "../../platform/fleet/index.ts";
import type { Mount } from "../../platform/http/index.ts";
import { INVALID_PARAMETER } from "../../platform/http/index.ts";
import type { ConsoleDeps } from "./deps.ts";
import { redeemLink } from "./redeem-link.ts";
import { lookUpEmail, signIn } from "./sign-in.ts";
import { signOut, standingOf } from "./standing.ts";

/** Below the path of internal requests. */
export const CONSOLE_PATHS = {
  lookUps: "/console/look-ups",
  signIns: "/console/sign-ins",
  links: "/console/links",
  standings: "/console/standings",
  signOuts: "/console/sign-outs",
  members: "/console/members",
} as const;

const MAX_BODY_OCTETS = 8_192;
const MAX_CHARACTERS = 2_048;

type Fields = Readonly<Record<string, unknown>>;

/**
 * What the doors of edges ask of the cell in which an account is at home, all `POST` with JSON:
 * - `console/look-ups {emailDigest}` → `{accountSids}`: accounts that have a user with the e-mail address.
 * - `console/sign-ins {emailDigest, password, totp?, accountSid?, isTrial?, address, agent}` → a `SignInOutcome`.
 * - `console/links {token, password?, address, agent}` → a `RedeemOutcome`.
 * - `console/standings {sessionSid}` → a `StandingAnswer`; 404 where the cell has no such session.
 * - `console/sign-outs {sessionSid}` → `{}`.
 * - `console/members {mainSid, accountSid}` → `{isMember}`: whether the one is the other, or owns it.
 */
export function consoleMounts(deps: ConsoleDeps): Mount[] {
  const mount = (path: string, run: (fields: Fields) => unknown): Mount => {
    const endpoint: SignedEndpoint = {
      method: "POST",
      path,
      maxBodyOctets: MAX_BODY_OCTETS,
      run: ({ json }) => run((json ?? {}) as Fields),
    };
    return signedMount(deps.fleetKey, deps.clock, endpoint);
  };
  return [
    mount(CONSOLE_PATHS.lookUps, async (fields) => ({
      accountSids: await lookUpEmail(deps, textOf(fields, "emailDigest")),
    })),
    mount(CONSOLE_PATHS.signIns, (fields) =>
      signIn(deps, {
        emailDigest: textOf(fields, "emailDigest"),
        password: textOf(fields, "password"),
        totp: maybeText(fields, "totp"),
        accountSid: maybeText(fields, "accountSid"),
        isTrial: maybeText(fields, "isTrial") === "true",
        ...visitorOf(fields),
      }),
    ),
    mount(CONSOLE_PATHS.links, (fields) =>
      redeemLink(deps, {
        token: textOf(fields, "token"),
        password: maybeText(fields, "password"),
        ...visitorOf(fields),
      }),
    ),
    mount(CONSOLE_PATHS.standings, (fields) => standingOf(deps, sidOf(fields, "sessionSid", "CS"))),
    mount(CONSOLE_PATHS.signOuts, async (fields) => {
      await signOut(deps, sidOf(fields, "sessionSid", "CS"));
      return {};
    }),
    mount(CONSOLE_PATHS.members, async (fields) => ({
      isMember: await deps.accounts.canAccess(sidOf(fields, "mainSid", "AC"), sidOf(fields, "accountSid", "AC")),
    })),
  ];
}

function visitorOf(fields: Fields) {
  return { address: textOf(fields, "address"), agent: textOf(fields, "agent") };
}

function textOf(fields: Fields, name: string): string {
  const value = fields[name];
  if (typeof value !== "string" || value.length > MAX_CHARACTERS) throw invalid(name, "it is no short text");
  return value;
}

function maybeText(fields: Fields, name: string): string | undefined {
  return fields[name] === undefined || fields[name] === null ? undefined : textOf(fields, name);
}

function sidOf(fields: Fields, name: string, prefix: string): string {
  const value = textOf(fields, name);
  if (!isSid(value, prefix)) throw invalid(name, "it is no SID");
  return value;
}

function invalid(parameter: string, reason: string): AppError {
  return new AppError(INVALID_PARAMETER, { parameter, reason });
}
