import type { ApplyContext, Cell, CellRecord, Machine } from "../../platform/cell/index.ts";
import type { Family, Movable, MovableRecords } from "../../platform/fleet/index.ts";
import type { Row } from "../../platform/ports.ts";
import type { BulkRequest, BulkRequests } from "./bulk-requests.ts";
import { mediumKey } from "./media/index.ts";
import { hasPendingPart, hasSubmittedPart, isFinal, type Medium } from "./message.ts";
import type { MessageState } from "./message-state.ts";
import type { TextForwarding } from "./text-forwarding.ts";

/** Outcomes of requests for many messages, of accounts that come from another cell, or go to one. */
interface BulkMoved extends CellRecord {
  readonly kind: "message.bulk-moved";
  readonly forget: readonly string[];
  readonly entries: readonly (readonly [key: string, value: BulkRequest])[];
}

export interface MessagingMovableDeps {
  readonly state: MessageState;
  readonly bulk: BulkRequests;
  readonly forwarding: TextForwarding;
  readonly cell: () => Cell;
}

/** The reducers that take over and forget state of accounts that move. */
export function moveMachine({ bulk }: Pick<MessagingMovableDeps, "bulk">): Machine {
  return {
    name: "messaging-moves",
    tables: [],
    reducers: {
      "message.bulk-moved": ({ forget, entries }: BulkMoved, _context: ApplyContext) => bulk.move(forget, entries),
    },
  };
}

/**
 * Messages, as they move to another cell. The cell that accepted a message sends it, takes
 * its receipts and tells of its status; the row follows. So a row is never one that waits
 * for its turn in the cell to which it comes.
 */
export function messagingMovable(deps: MessagingMovableDeps): Movable {
  const { state, forwarding, cell } = deps;
  return {
    name: "messaging",
    tables: [
      {
        name: "messages",
        owned: "t.account_sid = any($1)",
        key: "t.id",
        keyType: "uuid",
        primaryKey: "id",
        isHistory: true,
        stamp: "extract(epoch from t.updated_at)",
        // What waits for its turn stays this cell's work. What waits for its time is the new home's: it has a due date.
        local: { parked: "false", waiting: "null" },
        tail: {
          open: "t.status in ('queued', 'sending', 'sent', 'receiving') and not t.closed and t.due_at is null",
          // What the account may change in the new cell is left as it has it there.
          update: `from_address = e.from_address, status = e.status, error_code = e.error_code, sent_at = e.sent_at, closed = e.closed,
            delivery = e.delivery, price_micros = e.price_micros, price_unit = e.price_unit, updated_at = greatest(t.updated_at, e.updated_at), media = coalesce(t.media, e.media)`,
          marginMs: 15_000,
        },
        blobs: blobsOf,
      },
    ],
    records: [bulkRequests(deps)],
    changing: function* (family, table) {
      if (table !== "messages") return;
      for (const { sid } of inMemory(state, family)) yield sid.slice(2);
    },
    queued: (family) => {
      let queued = 0;
      for (const message of inMemory(state, family)) {
        if (isFinal(message.status) || message.parked === true) continue;
        if (hasPendingPart(message) || hasSubmittedPart(message)) queued += 1;
      }
      return queued;
    },
    pending: (family) => {
      let pending = forwarding.countTo(new Set(family.numbers));
      // Those that are done leave memory when they are in the database.
      for (const _ of inMemory(state, family)) pending += 1;
      const own = new Set(family.accountSids);
      for (const { route } of state.partialTexts.values()) if (own.has(route.accountSid)) pending += 1;
      return pending;
    },
    // Records are applied in their order: when this one is, so are all before it.
    settled: async () => {
      await cell().commit({ kind: "message.texts-forwarded", sids: [] } as CellRecord, "progress");
    },
  };
}

function* inMemory(state: MessageState, { accountSids }: Family) {
  const own = new Set(accountSids);
  for (const message of state.messages.values()) if (own.has(message.accountSid)) yield message;
}

function blobsOf(row: Row): string[] {
  const media = row["media"] as readonly Medium[] | null;
  if (media === null || media === undefined) return [];
  const owner = { accountSid: String(row["account_sid"]), sid: String(row["sid"]) };
  return media.map((medium) => mediumKey(owner, medium.sid));
}

function bulkRequests({ bulk, cell }: MessagingMovableDeps): MovableRecords {
  const commit = async (record: BulkMoved): Promise<void> => void (await cell().commit(record, "progress"));
  return {
    name: "requests for many messages",
    list: ({ accountSids }) => bulk.entriesOf(accountSids),
    put: (family, entries, isFirst) =>
      commit({
        kind: "message.bulk-moved",
        forget: isFirst ? family.accountSids : [],
        entries: entries as BulkMoved["entries"],
      }),
    forget: (family) => commit({ kind: "message.bulk-moved", forget: family.accountSids, entries: [] }),
  };
}
