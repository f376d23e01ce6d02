import type { AppError } from "../../kernel/errors.ts";
import type { Cell } from "../../platform/cell/index.ts";
import { actsAsOperator, type Principal } from "../../platform/http/index.ts";
import type { ConsentState } from "./consent/index.ts";
import type { CountryBook } from "./countries/index.ts";
import type { DltBook } from "./dlt/index.ts";
import type { DoNotCallBook } from "./do-not-call/index.ts";
import type { GeoBook } from "./geo-book.ts";
import type { RuleEngine } from "./rule-engine.ts";
import type { Actor, SettingDeps } from "./settings/index.ts";

/** What the routes of this module work with. */
export interface ComplianceDeps extends SettingDeps {
  readonly cell: () => Cell;
  readonly consents: ConsentState;
  readonly countries: CountryBook;
  readonly geo: GeoBook;
  readonly dlt: DltBook;
  readonly doNotCall: DoNotCallBook;
  readonly engine: RuleEngine;
  /** Whether an account may see and change what is the operator's. */
  readonly isOperator: (accountSid: string) => boolean;
  /** Whether a Messaging Service or a sender is the account's. */
  readonly ownsScope: (accountSid: string, scope: string) => boolean;
}

/** The part of a call that tells who it is. */
export interface Caller {
  readonly accountSid: string;
  readonly requestId: string;
  readonly principal: Principal;
  notFound(): AppError;
}

/** Throws the 404 of the call unless the operator calls: for everybody else there is no such thing. */
export function operatorOnly({ isOperator }: Pick<ComplianceDeps, "isOperator">, call: Caller): void {
  if (!actsAsOperator(call, isOperator)) throw call.notFound();
}

/** Who calls, for the audit log. */
export function actorOf({ accountSid, principal, requestId }: Caller): Actor {
  return { accountSid, credential: credentialOf(principal), requestId };
}

/** Who in the console, or the key that a request was made with, or that it was the auth token. */
export function credentialOf({ userSid, keySid, credential }: Principal): string {
  return userSid ?? keySid ?? credential;
}

/** The account that an operator names, else the caller's own. Throws the 404 where it may not be reached. */
export async function reachedAccount(
  deps: Pick<ComplianceDeps, "isOperator">,
  call: Caller,
  wished: string | undefined,
): Promise<string> {
  if (wished === undefined || wished === "" || wished === call.accountSid) return call.accountSid;
  if (!actsAsOperator(call, deps.isOperator) && !(await call.principal.canAccess(wished))) throw call.notFound();
  return wished;
}
