import type { Movable } from "../../platform/fleet/index.ts";
import type { AlertState } from "./alert-machine.ts";

/** Alerts, as they move to another cell. Those that the old cell still raises follow. */
export function alertsMovable(state: AlertState): Movable {
  return {
    name: "monitor",
    tables: [
      {
        name: "alerts",
        owned: "t.account_sid = any($1)",
        key: "t.id",
        keyType: "uuid",
        primaryKey: "id",
        isHistory: true,
        // An alert never changes.
        stamp: "''",
        tail: { open: "false", update: "alert_text = e.alert_text", marginMs: 15_000 },
      },
      {
        name: "alert_repeats",
        owned: "t.id in (select id from alerts where account_sid = any($1))",
        key: "t.id",
        keyType: "uuid",
        primaryKey: "id",
        // An alert is counted on for a minute.
        tail: { open: "false", update: "repeats = e.repeats", marginMs: 75_000 },
      },
    ],
    changing: function* ({ accountSids }, table) {
      if (table !== "alerts") return;
      const own = new Set(accountSids);
      for (const { sid, accountSid } of state.alerts.values()) if (own.has(accountSid)) yield sid.slice(2);
    },
  };
}
