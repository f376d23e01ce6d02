import type { ServerSession } from "../../platform/smpp/index.ts";
import type { TokenBucket } from "../../platform/queue/index.ts";
import type { CredentialSettings } from "./credential.ts";

/** Whose session it is and what it may do: what a bind was granted. */
export interface BindGrant {
  readonly systemId: string;
  readonly accountSid: string;
  /** The SMPP credential that was used; `undefined` for an account SID or API key. */
  readonly credentialSid: string | undefined;
  /** Of the credential's password when it was shown. */
  readonly digest: string | undefined;
  readonly settings: CredentialSettings;
  /** Whether the credentials that were shown still open anything. Rejects where that cannot be told now. */
  readonly stillHolds: () => Promise<boolean>;
}

/** The messages a second of one system id, over all of its binds. */
export interface SharedRate {
  readonly perSecond: number;
  readonly bucket: TokenBucket;
}

/** A bound session of a customer. */
export interface Bind {
  readonly session: ServerSession<BindGrant>;
  /** Replaced when the credential's settings change. */
  grant: BindGrant;
  rate: SharedRate;
  /** Requests that were taken and not answered. */
  underWay: number;
  /** Nothing is given to it before this: it said too fast. */
  pausedUntilMs: number;
  submitted: number;
  refused: number;
  delivered: number;
}
