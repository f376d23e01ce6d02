import type { AuditLog } from "../../platform/audit/index.ts";
import type { Movable } from "../../platform/fleet/index.ts";

/**
 * Entries, as they move to another cell. They keep the name of the cell in whose Merkle log
 * they are, which has them for ever: their proofs are given there.
 */
export function auditMovable(log: AuditLog): Movable {
  return {
    name: "audit",
    tables: [
      {
        name: "audit_entries",
        owned: "t.account_sid = any($1)",
        key: "t.sid",
        keyType: "text",
        primaryKey: "sid",
      },
    ],
    changing: function* ({ accountSids }) {
      const own = new Set(accountSids);
      for (const { entry } of log.entries.values()) if (own.has(entry.accountSid)) yield entry.sid;
    },
  };
}
