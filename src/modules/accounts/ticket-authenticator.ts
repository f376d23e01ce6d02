import { isTicket, type TicketClaims, type Tickets } from "../../platform/console/index.ts";
import type { AccountStatus, Authenticator, BasicCredentials, Principal } from "../../platform/http/index.ts";
import type { AccountDirectory } from "./directory.ts";
import type { EdgeAccountAuthenticator } from "./edge-authenticator.ts";

/** What it works with. */
export interface TicketAuthenticatorDeps {
  /** Decides about everybody else, and about the operator in a cell that he pinned. */
  readonly authenticator: Authenticator;
  readonly tickets: Pick<Tickets, "read">;
  /** The accounts that are at home here; absent where none are: in the control process. */
  readonly directory?: Pick<AccountDirectory, "status" | "canAccess"> | undefined;
}

/**
 * Takes tickets of the console as passwords. The user name is the account that the request is about:
 * that of the user, or one that it owns, which is looked up here and not believed. Where that account is
 * not at home, the ticket says only who acts: whether the request is let in is decided by
 * `authenticator` (the operator, on an edge's word), and for the user's own account alone.
 */
export function ticketAuthenticator({ authenticator, tickets, directory }: TicketAuthenticatorDeps): Authenticator {
  return {
    authenticate: async (credentials, request) => {
      if (!isTicket(credentials.password)) return authenticator.authenticate(credentials, request);
      const claims = claimsOf(tickets, credentials);
      if (claims === undefined) return undefined;
      const { accountSid, mainSid } = claims;
      const status = await directory?.status(accountSid);
      if (directory !== undefined && status !== undefined) {
        if (!(await directory.canAccess(mainSid, accountSid))) return undefined;
        return principalOf(claims, status, (other) => directory.canAccess(accountSid, other));
      }
      if (accountSid !== mainSid) return undefined;
      const principal = await authenticator.authenticate(credentials, request);
      if (principal === undefined) return undefined;
      return principalOf(claims, principal.status, (other) => principal.canAccess(other));
    },
  };
}

/**
 * The same for an edge, which wrote the ticket itself or has it from another one: that the account is
 * one of the user's was looked up before it was written, and the cell looks again.
 */
export function edgeTicketAuthenticator(
  authenticator: Pick<EdgeAccountAuthenticator, "authenticate">,
  tickets: Pick<Tickets, "read">,
): Pick<EdgeAccountAuthenticator, "authenticate"> {
  return {
    authenticate: (credentials) => {
      if (!isTicket(credentials.password)) return authenticator.authenticate(credentials);
      const claims = claimsOf(tickets, credentials);
      if (claims === undefined) return undefined;
      return principalOf(claims, "active", (other) => Promise.resolve(other === claims.accountSid));
    },
  };
}

function claimsOf(tickets: Pick<Tickets, "read">, { username, password }: BasicCredentials): TicketClaims | undefined {
  const claims = tickets.read(password);
  return claims?.accountSid === username ? claims : undefined;
}

function principalOf(
  { accountSid, userSid, sessionSid, role }: TicketClaims,
  status: AccountStatus,
  canAccess: Principal["canAccess"],
): Principal {
  return { accountSid, status, credential: "token", userSid, sessionSid, role, canAccess };
}
