import type { Cell } from "../../platform/cell/index.ts";
import type { Movable, MovableEntry } from "../../platform/fleet/index.ts";
import { listMoving, type MovingLedger } from "./move-wallets.ts";
import type { WalletsArrived, WalletsLeft } from "./records.ts";
import type { LedgerState } from "./state.ts";

const OWN = "t.account_sid = any($1)";

/** What a cell says of a main account's money. */
interface MovedEntry extends MovingLedger {
  readonly from: string;
}

/** Money and lines, as they move to another cell. */
export function ledgerMovable(deps: {
  readonly state: LedgerState;
  readonly cellName: string;
  readonly cell: () => Pick<Cell, "commit">;
}): Movable {
  const { state, cellName, cell } = deps;
  return {
    name: "ledger",
    tables: [
      {
        name: "ledger_lines",
        owned: OWN,
        key: "t.id",
        keyType: "uuid",
        primaryKey: "id",
        isHistory: true,
        // A line never changes.
        stamp: "''",
        tail: { open: "false", update: "ref = e.ref", marginMs: 15_000 },
      },
      { name: "ledger_references", owned: OWN, key: "t.key", keyType: "text", primaryKey: "key" },
    ],
    records: [
      {
        name: "wallets",
        list: ({ mainSid }) => {
          const entry: MovedEntry = { from: cellName, ...listMoving(state, mainSid) };
          return [[mainSid, entry] satisfies MovableEntry];
        },
        put: async ({ mainSid, accountSids }, entries, isFirst) => {
          const left: WalletsLeft = { kind: "ledger.left", owner: mainSid, accountSids };
          if (isFirst) await cell().commit(left, "progress");
          for (const [, value] of entries) {
            const record: WalletsArrived = { kind: "ledger.arrived", ...(value as MovedEntry) };
            await cell().commit(record, "progress");
          }
        },
        forget: async ({ mainSid, accountSids }) => {
          const left: WalletsLeft = { kind: "ledger.left", owner: mainSid, accountSids };
          await cell().commit(left, "progress");
        },
      },
    ],
    changing: function* ({ accountSids }, table) {
      if (table !== "ledger_lines") return;
      const own = new Set(accountSids);
      for (const page of state.lines.values()) {
        for (let i = 0; i < page.lines.length; i += 1) {
          if (own.has(page.lines[i]?.accountSid ?? "")) yield state.lineId(page, i);
        }
      }
    },
  };
}
