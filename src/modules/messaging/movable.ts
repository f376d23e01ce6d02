import type { ApplyContext, Cell, CellRecord, Machine } from "../../platform/cell/index.ts";
import type { Family, Movable, MovableEntry, MovableRecords } from "../../platform/fleet/index.ts";
import type { Row } from "../../platform/ports.ts";
import type { BulkRequest, BulkRequests } from "./bulk-requests.ts";
import { bareAddress } from "./address.ts";
import { mediumKey } from "./media/index.ts";
import { hasPendingPart, hasSubmittedPart, isFinal, type Medium } from "./message.ts";
import type { MessageState, OptOut } from "./message-state.ts";
import type { TextForwarding } from "./text-forwarding.ts";

/** Opt-outs of numbers that come from another cell, or go to one. */
interface OptOutsMoved extends CellRecord {
  readonly kind: "message.opt-outs-moved";
  /** The numbers whose opt-outs are forgotten first. */
  readonly forget: readonly string[];
  readonly entries: readonly (readonly [key: string, value: OptOut])[];
}

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
export function moveMachine({ state, bulk }: Pick<MessagingMovableDeps, "state" | "bulk">): Machine {
  return {
    name: "messaging-moves",
    tables: [],
    reducers: {
      "message.opt-outs-moved": ({ forget, entries }: OptOutsMoved) => {
        for (const key of optOutKeys(state, forget)) state.optOuts.delete(key);
        for (const [key, value] of entries) state.optOuts.put(key, value);
      },
      "message.bulk-moved": ({ forget, entries }: BulkMoved, _context: ApplyContext) => bulk.move(forget, entries),
    },
  };
}

function optOutKeys(state: MessageState, numbers: readonly string[]): string[] {
  if (numbers.length === 0) return [];
  const own = new Set(numbers.map(bareAddress));
  const senderOf = (key: string): string => bareAddress(key.slice(0, key.indexOf("|")));
  return [...state.optOuts.keys()].filter((key) => own.has(senderOf(key)));
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
        local: { parked: "false", waiting: "null" },
        tail: {
          open: "t.status in ('queued', 'sending', 'sent', 'receiving') and not t.closed",
          // What the account may change in the new cell is left as it has it there.
          update: `status = e.status, error_code = e.error_code, sent_at = e.sent_at, closed = e.closed,
            delivery = e.delivery, updated_at = greatest(t.updated_at, e.updated_at), media = coalesce(t.media, e.media)`,
          marginMs: 15_000,
        },
        blobs: blobsOf,
      },
    ],
    records: [optOuts(deps), bulkRequests(deps)],
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

function optOuts({ state, cell }: MessagingMovableDeps): MovableRecords {
  const commit = async (record: OptOutsMoved): Promise<void> => void (await cell().commit(record, "progress"));
  return {
    name: "opt-outs",
    list: ({ numbers }) => optOutKeys(state, numbers).map((key): MovableEntry => [key, state.optOuts.get(key)]),
    put: (family, entries, isFirst) =>
      commit({
        kind: "message.opt-outs-moved",
        forget: isFirst ? family.numbers : [],
        entries: entries as OptOutsMoved["entries"],
      }),
    forget: (family) => commit({ kind: "message.opt-outs-moved", forget: family.numbers, entries: [] }),
  };
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
