import { AppError } from "../../../kernel/errors.ts";
import {
  ACCOUNT_NOT_ACTIVE,
  headerOf,
  parseBasicCredentials,
  UNAUTHENTICATED,
  type HttpResponse,
  type Principal,
} from "../../http/index.ts";
import type { Clock } from "../../ports.ts";
import type { EdgeRequest } from "../edge-request.ts";
import type { EdgeAuthenticator, Soon } from "../ports.ts";
import { Refusal } from "../refusal.ts";
import type { Stage } from "../stage.ts";
import { WrongCredentials } from "../wrong-credentials.ts";

const NONE = new Refusal(UNAUTHENTICATED, {
  reason: "send an account SID and auth token, or an API key and secret, as HTTP Basic",
});
const WRONG = new Refusal(UNAUTHENTICATED, { reason: "the user name or password is wrong" });

/**
 * Reads the credentials, which also say where the request goes, and asks the authenticator
 * for them. Those that were wrong a moment ago are not asked again. The cell looks at them
 * once more: its word counts.
 */
export class AuthenticateStage implements Stage {
  readonly name = "authenticate";
  private readonly authenticator: EdgeAuthenticator | undefined;
  private readonly wrong: WrongCredentials;

  constructor(authenticator: EdgeAuthenticator | undefined, clock: Pick<Clock, "monotonicMs">) {
    this.authenticator = authenticator;
    this.wrong = new WrongCredentials(clock);
  }

  run(edge: EdgeRequest): Soon<HttpResponse | undefined> {
    const credentials = parseBasicCredentials(headerOf(edge.request.headers, "authorization"));
    if (credentials === undefined) return NONE.answer(edge.pathname);
    edge.credentials = credentials;
    if (this.authenticator === undefined) return undefined;
    if (this.wrong.has(credentials)) return WRONG.answer(edge.pathname);
    const principal = this.authenticator.authenticate(credentials);
    if (principal instanceof Promise) return principal.then((found) => this.judge(edge, found));
    return this.judge(edge, principal);
  }

  private judge(edge: EdgeRequest, principal: Principal | undefined): HttpResponse | undefined {
    if (principal === undefined) {
      if (edge.credentials !== undefined) this.wrong.note(edge.credentials);
      return WRONG.answer(edge.pathname);
    }
    edge.principal = principal;
    const { accountSid, status } = principal;
    if (status !== "active") throw new AppError(ACCOUNT_NOT_ACTIVE, { accountSid, status });
    return undefined;
  }
}
