import { createContext, useContext } from "react";
import { useSelection } from "./selection.ts";

/** An account in the picker. */
export interface AccountSummary {
  readonly sid: string;
  readonly friendlyName: string;
}

/** Who is signed in, and what he may do: `GET /console/api/session`. */
export interface Session {
  readonly user: { readonly sid: string; readonly email?: string; readonly role: string; readonly name?: string };
  /** The main account. */
  readonly account: AccountSummary;
  /** Its subaccounts. */
  readonly accounts: readonly AccountSummary[];
  readonly isOperator: boolean;
  readonly permissions: readonly string[];
  readonly features: {
    readonly simulator?: boolean;
    readonly chaos?: boolean;
    readonly fleet?: boolean;
    readonly development?: boolean;
  };
  /** Where the API is reached from outside, for examples of code. */
  readonly baseUrl: string;
  readonly sessionSid?: string;
  /** When the session ends, as ISO text. */
  readonly expiresAt?: string;
  /** What has to be done before anything else: the role needs a second factor and the user has none. */
  readonly must?: "second-factor";
}

/** A session and the account that the pages are about. */
export interface CurrentSession extends Session {
  /** The account that the picker says: the main one or a subaccount. */
  readonly selected: AccountSummary;
  readonly accountSid: string;
}

/** Set by the shell once somebody is signed in. */
export const SessionContext = createContext<Session | undefined>(undefined);

/** Who is signed in. Pages are only shown to somebody who is. */
export function useSession(): CurrentSession {
  const session = useContext(SessionContext);
  const { account } = useSelection();
  if (session === undefined) throw new Error("Nobody is signed in.");
  const selected = session.accounts.find(({ sid }) => sid === account) ?? session.account;
  return { ...session, selected, accountSid: selected.sid };
}

/** Whether a permission is given. The backend checks again: this hides what would be refused. */
export function useCan(permission: string | undefined): boolean {
  const session = useContext(SessionContext);
  return permission === undefined || (session?.permissions.includes(permission) ?? false);
}
