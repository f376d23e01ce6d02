import type { AccountStatus, KeyKind } from "../../platform/http/index.ts";

/** What is known of an account in order to authenticate. No secret, but digests that the master key is needed for. */
export interface AccountRecord {
  readonly sid: string;
  readonly parentSid: string | undefined;
  /** With its parent's taken into account. */
  readonly status: AccountStatus;
  /** Digests of its auth tokens, primary first. */
  readonly digests: readonly string[];
}

/** What is known of an account in its home cell, in order to authenticate and to sign for it. */
export interface KnownAccount extends AccountRecord {
  /** The primary auth token. Throws `SealError` when it was sealed with another master key. */
  authToken(): string;
}

/** What is known of an API key in order to authenticate. */
export interface KnownKey {
  readonly sid: string;
  readonly accountSid: string;
  readonly kind: KeyKind;
  readonly digest: string;
}

/**
 * Where accounts and keys are read: the database of their home cell, or that cell itself.
 * Resolves to `undefined` where there is no such account or key; rejects when that cannot
 * be told. What was read before goes on being used then.
 */
export interface AccountSource<A extends AccountRecord> {
  readAccount(sid: string): Promise<A | undefined>;
  readKey(sid: string): Promise<KnownKey | undefined>;
}
