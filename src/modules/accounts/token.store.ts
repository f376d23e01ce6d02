import type { DatabaseSession, Row } from "../../platform/ports.ts";

/** An auth token as it is stored: sealed, because it is shown and signs webhooks, and as a digest, to verify. */
export interface StoredToken {
  readonly sealed: string;
  readonly digest: string;
  readonly createdMs: number;
  readonly updatedMs: number;
}

/** Which of an account's two tokens. Both authenticate; only the primary one signs. */
export type TokenPlace = "primary" | "secondary";

interface TokenRow extends Row {
  sealed: string;
  digest: string;
  created_at: Date;
  updated_at: Date;
}

/** Sets the token in a place, whatever was there. */
export async function putToken(
  tx: DatabaseSession,
  target: { readonly accountSid: string; readonly place: TokenPlace },
  token: StoredToken,
): Promise<void> {
  await tx.query(
    `insert into account_tokens (account_sid, place, sealed, digest, created_at, updated_at)
     values ($1, $2, $3, $4, $5::timestamptz, $6::timestamptz)
     on conflict (account_sid, place) do update
       set sealed = excluded.sealed, digest = excluded.digest,
           created_at = excluded.created_at, updated_at = excluded.updated_at`,
    [target.accountSid, target.place, token.sealed, token.digest, new Date(token.createdMs), new Date(token.updatedMs)],
  );
}

/** Removes the token in a place and says what it was. */
export async function takeToken(
  tx: DatabaseSession,
  target: { readonly accountSid: string; readonly place: TokenPlace },
): Promise<StoredToken | undefined> {
  const rows = await tx.query<TokenRow>(
    "delete from account_tokens where account_sid = $1 and place = $2 returning *",
    [target.accountSid, target.place],
  );
  const row = rows[0];
  if (row === undefined) return undefined;
  const { sealed, digest } = row;
  return { sealed, digest, createdMs: row.created_at.getTime(), updatedMs: row.updated_at.getTime() };
}
