import type { Movable } from "../../../platform/fleet/index.ts";
import type { SpamFilter } from "./spam-filter.ts";
import type { SpamMemory } from "./spam-memory.ts";

const OWN = "t.account_sid = any($1)";

/** What the spam check has learned of accounts, as they move. The windows of the last hours stay behind. */
export function spamMovable(filter: SpamFilter, memory: SpamMemory): Movable {
  return {
    name: "spam",
    tables: [
      { name: "spam_baselines", owned: OWN, key: "t.account_sid", keyType: "text", primaryKey: "account_sid" },
      {
        name: "spam_entries",
        owned: OWN,
        key: "t.sid",
        keyType: "text",
        primaryKey: "sid",
      },
      { name: "spam_verdicts", owned: OWN, key: "t.sid", keyType: "text", primaryKey: "sid" },
      {
        name: "spam_labels",
        owned: OWN,
        key: "t.account_sid || '/' || t.signature",
        keyType: "text",
        primaryKey: "account_sid, signature",
      },
    ],
    settled: () => memory.save(),
    arrived: async ({ accountSids }) => {
      await memory.readLists();
      await memory.readLabels();
      await memory.readAccounts(accountSids);
    },
    departed: async ({ accountSids }) => {
      filter.profiles.forget(accountSids);
      await memory.readLists();
    },
  };
}
