import type { AccountStatus, KeyKind } from "../../platform/http/index.ts";
import type { AccountRecord, KnownKey } from "./account-source.ts";

/** An account as its home cell tells other processes of it: nothing that is personal or opens anything without the master key. */
export interface AccountCredential {
  readonly kind: "account";
  readonly sid: string;
  readonly parentSid: string | null;
  readonly status: AccountStatus;
  readonly digests: readonly string[];
}

/** An API key, in the same way. */
export interface KeyCredential {
  readonly kind: "key";
  readonly sid: string;
  readonly accountSid: string;
  readonly keyKind: KeyKind;
  readonly digest: string;
}

export type CredentialRecord = AccountCredential | KeyCredential;

const STATUSES: readonly unknown[] = ["active", "suspended", "closed"] satisfies AccountStatus[];
const KEY_KINDS: readonly unknown[] = ["main", "standard", "restricted"] satisfies KeyKind[];

/** Field by field, so that what else is known of an account stays where it is. */
export function accountCredential({ sid, parentSid, status, digests }: AccountRecord): AccountCredential {
  return { kind: "account", sid, parentSid: parentSid ?? null, status, digests };
}

export function keyCredential({ sid, accountSid, kind, digest }: KnownKey): KeyCredential {
  return { kind: "key", sid, accountSid, keyKind: kind, digest };
}

type Members = Readonly<Record<string, unknown>>;

/** The account in what a cell answered. Throws for anything else: a record that is not understood opens nothing. */
export function readAccountCredential(answer: unknown, wanted: string): AccountRecord {
  const { kind, sid, parentSid, status, digests } = membersOf(answer);
  const isWhole =
    kind === "account" &&
    sid === wanted &&
    (parentSid === null || typeof parentSid === "string") &&
    STATUSES.includes(status) &&
    Array.isArray(digests) &&
    digests.every((digest) => typeof digest === "string");
  if (!isWhole) throw new Error(`the credentials of ${wanted} cannot be read`);
  return { sid, parentSid: parentSid ?? undefined, status: status as AccountStatus, digests };
}

/** The same for a key. */
export function readKeyCredential(answer: unknown, wanted: string): KnownKey {
  const { kind, sid, accountSid, keyKind, digest } = membersOf(answer);
  const isWhole =
    kind === "key" &&
    sid === wanted &&
    typeof accountSid === "string" &&
    KEY_KINDS.includes(keyKind) &&
    typeof digest === "string";
  if (!isWhole) throw new Error(`the credentials of ${wanted} cannot be read`);
  return { sid, accountSid, kind: keyKind as KeyKind, digest };
}

function membersOf(answer: unknown): Members {
  return typeof answer === "object" && answer !== null ? (answer as Members) : {};
}
