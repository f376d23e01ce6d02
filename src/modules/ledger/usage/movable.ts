import type { MovableRecords } from "../../../platform/fleet/index.ts";
import type { UsageDeps } from "./deps.ts";
import type { TriggersGone, TriggersPut } from "./trigger-machine.ts";
import type { UsageTrigger } from "./trigger.ts";

/**
 * Usage triggers, as they move to another cell, with what they have fired. The sums of usage
 * do not move: the database of the new cell makes them of the lines that arrive.
 */
export function triggersMovable({ state, cell }: Pick<UsageDeps, "state" | "cell">): MovableRecords {
  return {
    name: "usage-triggers",
    list: ({ accountSids }) =>
      accountSids.flatMap((accountSid) =>
        state.ofAccount(accountSid).map((trigger) => [trigger.sid, trigger] as const),
      ),
    put: async ({ accountSids }, entries, isFirst) => {
      const triggers = entries.map(([, value]) => value as UsageTrigger);
      const record: TriggersPut = {
        kind: "usage.triggers-put",
        triggers,
        ...(isFirst ? { instead: accountSids } : {}),
      };
      await cell().commit(record, "progress");
    },
    forget: async ({ accountSids }) => {
      const record: TriggersGone = { kind: "usage.triggers-gone", accountSids };
      await cell().commit(record, "progress");
    },
  };
}
