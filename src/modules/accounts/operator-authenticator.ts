import type { FleetKey } from "../../platform/fleet/index.ts";
import { headerOf, type Authenticator, type Principal } from "../../platform/http/index.ts";
import type { Clock } from "../../platform/ports.ts";

/** Carries an edge's word that it has authenticated the operator. Edges drop it from every request of a client. */
export const OPERATOR_HEADER = "x-trunkline-operator";

/** What it works with. */
export interface OperatorAuthenticatorDeps {
  /** Decides about everybody else. */
  readonly authenticator: Authenticator;
  readonly fleetKey: FleetKey;
  readonly clock: Pick<Clock, "nowMs">;
  /** The operator's account, which is at home in another cell perhaps; `undefined` while it is not known. */
  readonly operatorSid: () => string | undefined;
}

/**
 * Lets the operator into a cell in which his account is not at home, on the word of an edge
 * of this system: {@link OPERATOR_HEADER} is `FleetKey.sign` of the request's method and
 * target with an empty body, and the user name is his account's SID. He comes as with his
 * auth token, and reaches no account but his own. API keys of his are not let in so, because
 * nothing says here what they may do.
 */
export function operatorAuthenticator(deps: OperatorAuthenticatorDeps): Authenticator {
  const { authenticator, fleetKey, clock, operatorSid } = deps;
  return {
    authenticate: (credentials, request) => {
      const signature = request === undefined ? undefined : headerOf(request.headers, OPERATOR_HEADER);
      if (request === undefined || signature === undefined || credentials.username !== operatorSid()) {
        return authenticator.authenticate(credentials, request);
      }
      const { method, target } = request;
      return fleetKey.isSigned({ method, target, body: "", use: "operator" }, signature, clock.nowMs())
        ? Promise.resolve(operator(credentials.username))
        : authenticator.authenticate(credentials, request);
    },
  };
}

function operator(accountSid: string): Principal {
  return {
    accountSid,
    status: "active",
    credential: "token",
    canAccess: (other) => Promise.resolve(other === accountSid),
  };
}
