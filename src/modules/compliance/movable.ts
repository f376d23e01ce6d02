import type { Cell, CellRecord } from "../../platform/cell/index.ts";
import type { Movable, MovableEntry } from "../../platform/fleet/index.ts";
import type { ConsentMoved, ConsentState } from "./consent/index.ts";
import type { SettingBook } from "./settings/index.ts";

/**
 * Consent and settings of accounts, as they move to another cell. The hashes move as they are,
 * because all cells of a system hash with the same key; what they stand for moves as rows.
 */
export function complianceMovable(deps: {
  readonly consents: ConsentState;
  readonly book: SettingBook;
  readonly cell: () => Cell;
}): Movable {
  const { consents, book, cell } = deps;
  const commit = async (record: CellRecord): Promise<void> => void (await cell().commit(record, "progress"));
  const moved = (forget: readonly string[], entries: ConsentMoved["entries"]): ConsentMoved => ({
    kind: "consent.moved",
    forget,
    entries,
  });
  return {
    name: "compliance",
    tables: [
      {
        name: "compliance_settings",
        owned: "t.account_sid = any($1)",
        key: "t.sid",
        keyType: "text",
        primaryKey: "sid",
      },
      { name: "consents", owned: "t.account_sid = any($1)", key: "t.id", keyType: "uuid", primaryKey: "id" },
      {
        name: "consent_changes",
        owned: "t.account_sid = any($1)",
        key: "t.id",
        keyType: "uuid",
        primaryKey: "id",
        isHistory: true,
        // A change never changes.
        stamp: "''",
        tail: { open: "false", update: "source = e.source", marginMs: 15_000 },
      },
    ],
    records: [
      {
        name: "consents",
        list: ({ accountSids }): MovableEntry[] => consents.pairs.entriesOf(accountSids),
        put: (family, entries, isFirst) =>
          commit(moved(isFirst ? family.accountSids : [], entries as ConsentMoved["entries"])),
        forget: (family) => commit(moved(family.accountSids, [])),
      },
    ],
    changing: function* ({ accountSids }, table) {
      if (table !== "consent_changes") return;
      const own = new Set(accountSids);
      for (const { changeSid, accountSid } of consents.changes.values())
        if (own.has(accountSid)) yield changeSid.slice(2);
    },
    arrived: () => book.reload(),
    departed: () => book.reload(),
  };
}
