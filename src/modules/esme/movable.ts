import type { Movable } from "../../platform/fleet/index.ts";
import type { CredentialBook } from "./credential-book.ts";
import type { EsmeState } from "./esme-state.ts";

/**
 * SMPP credentials, as they move to another cell. Receipts and texts that wait for a bind,
 * and parts that wait for others, stay with the old cell, whose binds take receipts until
 * none waits any more.
 */
export function esmeMovable(state: EsmeState, book: CredentialBook): Movable {
  return {
    name: "esme",
    tables: [
      {
        name: "smpp_credentials",
        owned: "t.account_sid = any($1)",
        key: "t.sid",
        keyType: "text",
        primaryKey: "sid",
      },
    ],
    pending: ({ accountSids }) => {
      const own = new Set(accountSids);
      let pending = 0;
      for (const { accountSid } of state.deliveries.values()) if (own.has(accountSid)) pending += 1;
      for (const { accountSid } of state.partSets.values()) if (own.has(accountSid)) pending += 1;
      return pending;
    },
    arrived: () => book.reload(),
    departed: () => book.reload(),
  };
}
