import type { Cell } from "../../../platform/cell/index.ts";
import type { Family, Movable } from "../../../platform/fleet/index.ts";
import type { AlertRuleBook } from "./alert-rule-book.ts";
import type { AlertState, AlertStatesBrought, RuleState } from "./alert-state.ts";

const OWN = "t.account_sid = any($1)";

/** Alert rules with their history and how they stand, as they move to another cell. */
export function alertsMovable(deps: {
  readonly state: AlertState;
  readonly book: AlertRuleBook;
  readonly cell: () => Cell;
}): Movable {
  const { state, book, cell } = deps;
  const bring = async (states: readonly RuleState[], instead: readonly string[]): Promise<void> => {
    const record: AlertStatesBrought = { kind: "alert-rule.brought", states, instead };
    await cell().commit(record, "progress");
  };
  return {
    name: "insight-alerts",
    tables: [
      { name: "insight_alert_rules", owned: OWN, key: "t.sid", keyType: "text", primaryKey: "sid" },
      { name: "insight_alert_events", owned: OWN, key: "t.id", keyType: "text", primaryKey: "id" },
    ],
    records: [
      {
        name: "insight-alert-states",
        list: ({ accountSids }) => {
          const own = new Set(accountSids);
          return [...state.rules.values()]
            .filter(({ accountSid }) => own.has(accountSid))
            .map((known) => [known.sid, known] as const);
        },
        put: (family, entries, isFirst) =>
          bring(
            entries.map(([, value]) => value as RuleState),
            isFirst ? family.accountSids : [],
          ),
        forget: ({ accountSids }) => bring([], accountSids),
      },
    ],
    // Texts and mails that wait go out from here.
    pending: ({ accountSids }: Family) => {
      const own = new Set(accountSids);
      let pending = 0;
      for (const { accountSid } of state.notices.values()) if (own.has(accountSid)) pending += 1;
      for (const key of state.events.unprojectedKeys())
        if (own.has(state.events.get(key)?.accountSid ?? "")) pending += 1;
      return pending;
    },
    settled: async () => {
      await bring([], []);
    },
    arrived: () => book.reload(),
    departed: () => book.reload(),
  };
}
